"""The page of the glossary: for everybody to read, for curators to tend in place."""

import re
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import curators_only, person, signed_in
from kb.categories import glossary
from kb.categories.glossary_files import LARGEST_BYTES, from_csv, to_csv
from kb.errors import Invalid, TooLarge
from kb.web.filters import counted
from kb.web.flashes import offer_undo
from kb.web.paging import cursor_of, read_cursor

bp = Blueprint("glossary", __name__)
PAGE = 50
ORDER = "glossary"


@bp.get("/glossary")
@signed_in
def page() -> ResponseReturnValue:
    cursor = request.args.get("cursor")
    if "HX-Request" in request.headers:
        return render_template("glossary/_rows.html" if cursor else "glossary/_list.html", **_listed())
    return _page()


@bp.post("/glossary")
@curators_only
def add() -> ResponseReturnValue:
    written, heard = _typed()
    try:
        word = glossary.add(written, heard, by=person().id)
    except Invalid as error:
        return _page(errors=error.errors), error.status
    flash(f"“{word.written}” is in the glossary. What is recorded from now on has it right.", "success")
    return redirect(url_for("glossary.page", added=word.id))


@bp.post("/glossary/<word_id>")
@curators_only
def change(word_id: str) -> ResponseReturnValue:
    written, heard = _typed()
    try:
        word = glossary.change(word_id, written=written, heard=heard, by=person().id)
    except Invalid as error:
        return _page(errors=error.errors, changing=glossary.get(word_id).id), error.status
    flash(f"“{word.written}” is saved.", "success")
    return redirect(url_for("glossary.page", added=word.id))


@bp.post("/glossary/<word_id>/delete")
@curators_only
def delete(word_id: str) -> ResponseReturnValue:
    was = glossary.remove(word_id, by=person().id)
    again = url_for("glossary.bring_back", word_id=was.id)
    offer_undo(f"“{was.written}” is out of the glossary. Texts that it has put right stay so.", again)
    return redirect(url_for("glossary.page"))


@bp.post("/glossary/<word_id>/bring-back")
@curators_only
def bring_back(word_id: str) -> ResponseReturnValue:
    try:
        word = glossary.bring_back(word_id, by=person().id)
    except Invalid as error:
        flash(error.sentences, "error")
    else:
        flash(f"“{word.written}” is in the glossary again.", "success")
    return redirect(url_for("glossary.page"))


@bp.get("/glossary.csv")
@signed_in
def export() -> ResponseReturnValue:
    named = {"Content-Disposition": 'attachment; filename="glossary.csv"'}
    return Response(to_csv(glossary.glossary().words), content_type="text/csv; charset=utf-8", headers=named)


@bp.post("/glossary/import")
@curators_only
def take_in() -> ResponseReturnValue:
    file = request.files.get("file")
    try:
        if not file or not file.filename:
            raise Invalid("Choose a file first.", errors={"file": ["Choose a file first."]})
        if (request.content_length or 0) > 2 * LARGEST_BYTES:
            raise TooLarge(f"The file is larger than {LARGEST_BYTES // 1024} kB.")
        count = glossary.take_in(from_csv(file.read()), by=person().id)
    except Invalid as error:
        return _page(errors={"file": _by_line(error)}), error.status
    flash(f"{counted(count, 'word')} taken in." if count else "All of it was there already.", "success")
    return redirect(url_for("glossary.page"))


def _typed() -> tuple[str, list[str]]:
    """What is written and what is heard; "kuber netties → Kubernetes" in the one field says both."""
    written, heard = request.form.get("written", ""), request.form.get("heard", "")
    parts = re.split(r"→|->|=>", heard, maxsplit=1)
    if len(parts) == 2 and not written.strip():
        heard, written = parts
    return written, heard.split(",")


def _by_line(error: Invalid) -> list[str]:
    found = [f"{place.capitalize()}: {' '.join(texts)}" for place, texts in error.errors.items() if place != "file"]
    return found[:20] or error.errors["file"]


def _listed() -> dict[str, Any]:
    query = request.args.get("q", "").strip()
    place = read_cursor(ORDER, request.args.get("cursor"))
    at = place[0] if place else 0
    found = glossary.glossary().found(query)
    next_cursor = cursor_of(ORDER, at + PAGE) if len(found) > at + PAGE else None
    return {
        "words": found[at : at + PAGE],
        "total": len(found),
        "filter": query,
        "next_url": url_for("glossary.page", q=query or None, cursor=next_cursor) if next_cursor else None,
        "changing": None,
        "errors": {},
        "values": {},
    }


def _page(*, errors: dict[str, list[str]] | None = None, changing: str | None = None) -> str:
    known = {word.id: word for word in glossary.glossary().words}
    return render_template(
        "glossary/page.html",
        **_listed()
        | {
            "any_at_all": bool(known),
            "added": known.get(request.args.get("added", "")),
            "errors": errors or {},
            "values": request.form,
            "changing": changing,
        },
    )
