"""A search as an Atom feed (RFC 4287): what is new in it, for readers of feeds."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kb.accounts.sessions import viewer, visitors
from kb.screencasts.as_json import absolute, instant
from kb.search.asked import Asked
from kb.search.news import newest
from kb.search.present import moment_url
from kb.search.results import AnsweredHit
from kb.search.understanding import understand

bp = Blueprint("feeds", __name__)
MOST = 30
# What a feed says that has nothing in it yet: it has to name a time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# Signs that no XML may hold, however they are written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@bp.get("/feeds/search")
@visitors
def search() -> ResponseReturnValue:
    """Takes what the search page takes; holds what has all the words and its reader may see, newest first."""
    asked = replace(Asked.from_args(request.args), sort="best")
    entries = [_entry(hit, asked) for hit in newest(viewer(), asked, MOST)]
    updated = max((each["updated_at"] for each in entries), default=NEVER)
    feed = render_template(
        "search/feed.xml",
        title=asked.typed or ", ".join(each.label for each in understand(viewer(), asked).narrowings),
        page_url=absolute(f"{url_for('search.page')}?{asked.address()}"),
        feed_url=absolute(f"{url_for('feeds.search')}?{asked.address()}"),
        updated=instant(updated),
        entries=entries,
    )
    response = make_response(_NOT_XML.sub("", feed))
    response.content_type = "application/atom+xml; charset=utf-8"
    # By its text alone: one that is edited, shared or taken away changes the feed as much as a new one does.
    response.add_etag()
    # A reader may follow the same feed for two people.
    response.vary.update(("Authorization", "Cookie"))
    return response.make_conditional(request)


def _entry(hit: AnsweredHit, asked: Asked) -> dict[str, Any]:
    screencast = hit.screencast
    at = screencast.published_at or screencast.created_at
    moment = next(iter(hit.moments), None)
    here = absolute(url_for("pages.watch", screencast_id=screencast.id))
    # Escaped by kb.search.marks.
    words = Markup(moment.html).striptags() if moment else ""  # noqa: S704
    return {
        "id": here,
        "title": screencast.title,
        "author": screencast.author.name,
        "category": screencast.category.name if screencast.category else None,
        "updated_at": at,
        "published": instant(at),
        "url": absolute(moment_url(screencast, moment, q=asked.typed)) if moment else here,
        "summary": "\n".join(filter(None, (screencast.purpose, words))),
    }
