"""Pages that join several nouns: the library, and one screencast with its words beside it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from kb.accounts.models import Person
from kb.accounts.sessions import person_or_none, viewer, visitors
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.present import shown as shown_tree
from kb.db import db
from kb.hands import hands
from kb.index.contract import Query
from kb.screencasts import actions as screencasts
from kb.screencasts import queries
from kb.screencasts.present import LANGUAGES, shown
from kb.search.marks import marked
from kb.search.query import Wanted, parse, to_query, wanted
from kb.transcripts import actions as transcripts
from kb.transcripts.models import Cue, Transcript

bp = Blueprint("pages", __name__)
PAGE = 24
# By solves too once there are some to give (`?sort=solved` works already).
SORT_NAMES = {"newest": "Newest", "title": "A–Z"}


@bp.get("/")
@visitors
def library() -> ResponseReturnValue:
    me = person_or_none()
    mine = bool(me and request.args.get("mine"))
    narrowed = queries.Wanted(
        category=request.args.get("category") or None,
        tag=request.args.get("tag") or None,
        author=me.id if me and mine else request.args.get("author") or None,
        sort=request.args.get("sort") or "newest",
    )
    cursor = request.args.get("cursor")
    page = queries.page(viewer(), narrowed, cursor=cursor, limit=PAGE)
    category = categories.get(narrowed.category) if narrowed.category else None
    is_narrowed = bool(category or narrowed.tag or narrowed.author)
    return render_template(
        "library/_cards.html" if "HX-Request" in request.headers and cursor else "library/page.html",
        cards=[shown(each, viewer()) for each in page.items],
        next_url=_url(narrowed, mine, cursor=page.next) if page.next else None,
        category=category,
        categories=shown_tree(categories.tree(viewer())),
        filters=_filters(narrowed, mine, category),
        sort=narrowed.sort,
        sorts=[
            {"value": value, "name": name, "url": _url(narrowed, mine, sort=value)}
            for value, name in SORT_NAMES.items()
        ],
        mine=mine,
        is_empty_site=not page.items and not is_narrowed and not cursor,
    )


@bp.get("/screencasts/<screencast_id>")
@visitors
def watch(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    found = transcripts.of(screencast.id)
    transcript = found[0] if found else None
    query = request.args.get("q", "").strip()
    return render_template(
        "watch/page.html",
        screencast=shown(screencast, viewer()),
        start_s=_start_s(request.args.get("t", ""), screencast.duration_ms),
        transcript=_transcript(screencast.id, transcript) if transcript else None,
        cues=_cues(transcript.cues, query) if transcript else [],
        query=query,
    )


def _start_s(given: str, duration_ms: int | None) -> float:
    """Seconds, or 1:24 as people write it; 0 for anything else or past the end."""
    seconds = 0.0
    try:
        for part in given.split(":")[:3]:
            seconds = seconds * 60 + float(part)
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds <= (duration_ms or 0) / 1000 else 0.0


def _transcript(screencast_id: str, transcript: Transcript) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "label": LANGUAGES.get(transcript.language.split("-")[0], transcript.language),
        "source": transcript.source,
        "draft": transcript.draft,
        "url_vtt": url_for("transcripts.captions", screencast_id=screencast_id, language=transcript.language),
    }


def _cues(cues: Sequence[Cue], query: str) -> list[dict[str, Any]]:
    words: list[Wanted] = []
    analyse = hands().index.analyse
    if query:
        asked: Query = to_query(parse(query))
        words = wanted(asked, {}, analyse)
    return [
        {
            "start_ms": cue.start_ms,
            "end_ms": cue.end_ms,
            "text": cue.text,
            # Escaped by kb.search.marks; <mark> is all the markup in it.
            "html": Markup(marked(cue.text, words, analyse)) if words else escape(cue.text),  # noqa: S704
            "confidence": _confidence(cue),
        }
        for cue in cues
    ]


def _confidence(cue: Cue) -> float | None:
    """The mean over the engine's words, from 0 to 1; None where people wrote them."""
    known = [word[3] for word in cue.words or () if word[3] is not None]
    return sum(known) / len(known) if known else None


def _filters(narrowed: queries.Wanted, mine: bool, category: Category | None) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the address without it."""
    filters = []
    if category:
        filters.append({"label": category.name, "remove_url": _url(narrowed, mine, category=None)})
    if narrowed.tag:
        filters.append({"label": f"#{narrowed.tag}", "remove_url": _url(narrowed, mine, tag=None)})
    if mine:
        filters.append({"label": "Mine", "remove_url": _url(narrowed, False, author=None)})
    elif narrowed.author:
        author = db.session.get(Person, narrowed.author)
        label = f"By {author.name}" if author else "By somebody who left"
        filters.append({"label": label, "remove_url": _url(narrowed, mine, author=None)})
    return filters


def _url(narrowed: queries.Wanted, mine: bool, **other: Any) -> str:
    sort = narrowed.sort if narrowed.sort != "newest" else None
    state = {
        "category": narrowed.category,
        "tag": narrowed.tag,
        "author": None if mine else narrowed.author,
        "mine": 1 if mine else None,
        "sort": sort,
    }
    return url_for("pages.library", **(state | other))
