"""Who did what, as a page: for admins and, of what has to do with curating, for curators."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kb.accounts.models import Person
from kb.accounts.sessions import curators_only, person, viewer
from kb.db import db
from kb.pages.audit import CURATING, KINDS, SENTENCES, Asked, page

bp = Blueprint("audit", __name__)
PAGE = 50


@bp.get("/audit")
@curators_only
def show() -> ResponseReturnValue:
    asked = Asked(**{name: request.args.get(name) or None for name in ("person", "kind", "act", "subject")})
    curating_only = not person().is_admin
    cursor = request.args.get("cursor")
    entries, following = page(viewer(), asked, curating_only=curating_only, cursor=cursor, limit=PAGE)
    chosen = {name: value for name, value in vars(asked).items() if value}
    kinds = {kind: words for kind, words in KINDS.items() if not curating_only or kind in CURATING}
    return render_template(
        "audit/_entries.html" if "HX-Request" in request.headers and cursor else "audit/page.html",
        entries=entries,
        next_url=url_for("audit.show", **chosen, cursor=following) if following else None,
        asked=asked,
        is_narrowed=bool(chosen),
        curating_only=curating_only,
        people=db.session.execute(select(Person.id, Person.name).order_by(Person.name)).all(),
        kinds=kinds,
        acts=sorted({act for kind, act in SENTENCES if kind in kinds}),
    )
