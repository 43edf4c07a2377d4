"""The search page."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person_or_none, signed_in, viewer, visitors
from kb.categories import actions as categories
from kb.categories.present import choices
from kb.screencasts import actions as screencasts
from kb.screencasts.queries import visible_ids
from kb.search.answers import Answer, Asked, answer
from kb.search.present import hits_for_page
from kb.search.tag_suggestions import suggested
from kb.web.paging import cursor_of, read_cursor

bp = Blueprint("search", __name__)
ORDER = "search page"
PAGE = 10


@bp.get("/screencasts/<screencast_id>/suggested-tags")
@signed_in
def suggested_tags(screencast_id: str) -> ResponseReturnValue:
    """Chips to press, for the pages on which its tags are chosen."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    return render_template("search/_suggested_tags.html", suggestions=suggested(viewer(), screencast))


@bp.get("/search")
@visitors
def page() -> ResponseReturnValue:
    query = request.args.get("q", "").strip()
    category = request.args.get("category") or None
    select = bool(person_or_none() and request.args.get("select"))
    state = {"q": query, "category": category, "select": 1 if select else None}
    place = read_cursor(ORDER, request.args.get("cursor"))
    found = answer(viewer(), Asked(query, category=category), offset=place[0] if place else 0, limit=PAGE)
    template = "search/_results.html" if "HX-Request" in request.headers and place else "search/page.html"
    return render_template(
        template,
        query=query,
        hits=hits_for_page(found, viewer()),
        total=found.total,
        took_ms=found.took_ms,
        corrected=_corrected(found),
        categories_facet=[
            {
                "name": each.label,
                "count": each.count,
                "url": _url(state, category=None if each.value == category else each.value),
                "active": each.value == category,
            }
            for each in found.facets.get("category", [])
        ],
        all_categories_url=_url(state, category=None),
        category=category,
        next_url=None if found.next_offset is None else _url(state, cursor=cursor_of(ORDER, found.next_offset)),
        degraded=found.degraded,
        is_empty_site=not found.total and not visible_ids(viewer()),
        select=select,
        select_url=_url(state, select=None if select else 1),
        choices=choices(categories.tree(viewer())) if select else [],
    )


def _corrected(found: Answer) -> dict[str, str] | None:
    text = found.did_you_mean
    return {"text": text, "url": url_for("search.page", q=text)} if text else None


def _url(state: dict[str, Any], **other: Any) -> str:
    return url_for("search.page", **(state | other))
