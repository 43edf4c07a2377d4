"""The search page."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import viewer, visitors
from kb.search.answers import Answer, Asked, answer
from kb.search.present import hits_for_page
from kb.web.paging import cursor_of, read_cursor

bp = Blueprint("search", __name__)
ORDER = "search page"
PAGE = 10


@bp.get("/search")
@visitors
def page() -> ResponseReturnValue:
    query = request.args.get("q", "").strip()
    category = request.args.get("category") or None
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
                "url": url_for("search.page", q=query, category=None if each.value == category else each.value),
                "active": each.value == category,
            }
            for each in found.facets.get("category", [])
        ],
        all_categories_url=url_for("search.page", q=query),
        category=category,
        next_url=_next_url(found, category),
        degraded=found.degraded,
    )


def _corrected(found: Answer) -> dict[str, str] | None:
    text = found.did_you_mean
    return {"text": text, "url": url_for("search.page", q=text)} if text else None


def _next_url(found: Answer, category: str | None) -> str | None:
    if found.next_offset is None:
        return None
    return url_for("search.page", q=found.query, category=category, cursor=cursor_of(ORDER, found.next_offset))
