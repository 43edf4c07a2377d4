"""The search page."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person_or_none, signed_in, viewer, visitors
from kb.categories import actions as categories
from kb.categories.present import choices
from kb.screencasts import actions as screencasts
from kb.screencasts.queries import visible_ids
from kb.search import log, saved
from kb.search.addresses import fitting, page_url
from kb.search.answers import answer
from kb.search.asked import SORTS, Asked
from kb.search.present import for_page
from kb.search.saved_present import feed_url
from kb.search.side import groups
from kb.search.tag_suggestions import suggested
from kb.web.paging import cursor_of, read_cursor

bp = Blueprint("search", __name__)
PAGE = 10
SORT_NAMES = dict(zip(SORTS, ("Best match", "Newest", "Most solved"), strict=True))


@bp.get("/screencasts/<screencast_id>/suggested-tags")
@signed_in
def suggested_tags(screencast_id: str) -> ResponseReturnValue:
    """Chips to press, for the pages on which its tags are chosen."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    return render_template("search/_suggested_tags.html", suggestions=suggested(viewer(), screencast))


@bp.get("/search")
@visitors
def page() -> ResponseReturnValue:
    asked = Asked.from_args(request.args)
    select = bool(person_or_none() and request.args.get("select"))
    order = f"search page by {asked.sort}"
    place = read_cursor(order, request.args.get("cursor"))
    found = answer(viewer(), asked, offset=place[0] if place else 0, limit=PAGE)
    if not place:
        found = replace(found, search_id=log.searched(viewer(), asked, found))

    def address(asked: Asked, **more: Any) -> str:
        return page_url(asked, **{"select": 1 if select else None} | more)

    # In the address of each hit, by which its page tells that it was opened.
    search_id = found.search_id or request.args.get("search")
    next_cursor = None if found.next_offset is None else cursor_of(order, found.next_offset)
    template = "search/_results.html" if "HX-Request" in request.headers and place else "search/page.html"
    return render_template(
        template,
        query=" ".join(asked.typed.split()),
        asked=asked,
        kept=saved.same_as(asked, person_or_none()),
        feed_url=feed_url(asked.address()),
        found=found,
        hits=for_page(found.hits, viewer(), q=asked.typed, search=search_id),
        close=for_page(found.close, viewer(), q=asked.typed, search=search_id),
        address=address,
        instead_of=partial(_instead_of, asked),
        groups=groups(found, address),
        sorts=[(value, name, address(replace(asked, sort=value))) for value, name in SORT_NAMES.items()],
        next_url=next_cursor and address(asked, cursor=next_cursor, search=search_id),
        is_empty_site=not found.total and not visible_ids(viewer()),
        select=select,
        select_url=address(asked, select=None if select else 1),
        choices=choices(categories.tree(viewer())) if select else [],
    )


@bp.post("/search")
@visitors
def paste() -> ResponseReturnValue:
    """A text of any length: leads to an address that can be shared."""
    return redirect(page_url(fitting(viewer(), Asked.from_args(request.form))), 303)


def _instead_of(asked: Asked, word: str, other: str) -> Asked:
    """The same search with another word."""
    typed = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _: other, asked.typed, flags=re.IGNORECASE)
    return replace(asked, typed=typed)
