"""What takes how much room, as a page for admins."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import admins_only, viewer
from kb.hands import hands
from kb.pages import storage

bp = Blueprint("storage", __name__)
PAGE = 25


@bp.get("/storage")
@admins_only
def page() -> ResponseReturnValue:
    sort = request.args.get("sort") or "size"
    cursor = request.args.get("cursor")
    items, following = storage.largest(viewer(), sort, cursor=cursor, limit=PAGE)
    next_url = url_for("storage.page", sort=sort, cursor=following) if following else None
    if "HX-Request" in request.headers and cursor:
        return render_template("storage/_items.html", items=items, next_url=next_url)
    totals = storage.totals()
    return render_template(
        "storage/page.html",
        items=items,
        next_url=next_url,
        sort=sort,
        sorts=storage.SORTS,
        totals=totals,
        used_bytes=sum(part.size_bytes for part in totals),
        filesystems=storage.filesystems(),
        keeps_originals=hands().settings.keep_originals,
    )
