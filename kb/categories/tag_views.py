"""The curators' pages of tags: the list, and one tag with what can be done with it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import curators_only, person, viewer
from kb.categories import tags
from kb.categories.vocabulary import found, in_order, known
from kb.errors import Invalid
from kb.web.paging import cursor_of, read_cursor

bp = Blueprint("tags", __name__)
PAGE = 100
SORT_NAMES = {"used": "Most used", "name": "A–Z", "newest": "Newest"}


@bp.get("/tags")
@curators_only
def page() -> ResponseReturnValue:
    query, sort = request.args.get("q", "").strip(), request.args.get("sort") or "used"
    if sort not in SORT_NAMES:
        raise Invalid("The order needs a correction.")
    order = f"page of tags by {sort}"
    cursor = request.args.get("cursor")
    place = read_cursor(order, cursor)
    at = place[0] if place else 0
    listed = in_order(viewer(), found(viewer(), query), sort)
    next_cursor = cursor_of(order, at + PAGE) if len(listed) > at + PAGE else None
    if "HX-Request" in request.headers:
        template = "tags/_rows.html" if cursor else "tags/_list.html"
    else:
        template = "tags/page.html"
    return render_template(
        template,
        tags=listed[at : at + PAGE],
        total=len(listed),
        any_at_all=bool(known(viewer())),
        filter=query,
        sort=sort,
        sorts=[
            {"value": value, "name": name, "url": url_for("tags.page", q=query or None, sort=value)}
            for value, name in SORT_NAMES.items()
        ],
        next_url=url_for("tags.page", q=query or None, sort=sort, cursor=next_cursor) if next_cursor else None,
    )


@bp.get("/tags/edit")
@curators_only
def edit() -> ResponseReturnValue:
    return _edit_page(request.args.get("tag", ""))


@bp.post("/tags/rename")
@curators_only
def rename() -> ResponseReturnValue:
    name, to = _tag(), request.form.get("name", "")
    try:
        name = tags.rename(viewer(), name, to, by=person().id)
    except tags.TagThere as there:
        return _merge_page([name], there.into)
    except Invalid as error:
        return _edit_page(name, error.errors), error.status
    return _done(f"The tag is “{name}” now; the old name stays as a synonym.", name)


@bp.post("/tags/synonyms")
@curators_only
def say_same() -> ResponseReturnValue:
    name = _tag()
    words = [word for word in request.form.get("synonyms", "").split(",") if word.strip()]
    try:
        tags.say_same(viewer(), name, words, by=person().id)
    except Invalid as error:
        return _edit_page(name, error.errors), error.status
    return _done("Saved. Search uses it at once.", name)


@bp.post("/tags/merge")
@curators_only
def merge() -> ResponseReturnValue:
    """Asks first, saying what would happen; the answer comes back here as `confirmed`."""
    names, into = request.form.getlist("tag"), request.form.get("into", "")
    try:
        if not request.form.get("confirmed"):
            return _merge_page(names, into)
        into = tags.merge(viewer(), names, into, by=person().id)
    except Invalid as error:
        if len(names) == 1:
            return _edit_page(names[0], error.errors), error.status
        flash(error.sentences, "error")
        return redirect(url_for("tags.page"))
    return _done(f"Merged into “{into}”.", into)


@bp.post("/tags/retire")
@curators_only
def retire() -> ResponseReturnValue:
    name = _tag()
    try:
        tags.retire(viewer(), name, by=person().id, instead=request.form.get("instead", ""))
    except Invalid as error:
        return _edit_page(name, error.errors), error.status
    return _done(f"“{name}” is retired. What has it keeps it.", name)


@bp.post("/tags/bring-back")
@curators_only
def bring_back() -> ResponseReturnValue:
    name = _tag()
    tags.bring_back(viewer(), name, by=person().id)
    return _done(f"“{name}” is offered again.", name)


@bp.post("/tags/delete")
@curators_only
def delete() -> ResponseReturnValue:
    name = _tag()
    tags.remove(viewer(), name, by=person().id)
    flash(f"The tag “{name}” is deleted.", "success")
    return redirect(url_for("tags.page"))


def _tag() -> str:
    return request.form.get("tag", "")


def _edit_page(name: str, errors: dict[str, list[str]] | None = None) -> str:
    tag = tags.get(viewer(), name)
    values = request.form if errors else {"name": tag.name, "synonyms": ", ".join(tag.synonyms)}
    return render_template("tags/edit.html", tag=tag, errors=errors or {}, values=values)


def _merge_page(names: list[str], into: str) -> str:
    others, into = tags.merging(viewer(), names, into)
    listed = known(viewer())
    return render_template(
        "tags/merge.html", tags=[listed[name] for name in others], into=into, target=listed.get(into)
    )


def _done(text: str, name: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("tags.edit", tag=name))
