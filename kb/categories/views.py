"""The curator's page of the tree."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import curators_only, person, signed_in, viewer
from kb.categories import actions
from kb.categories.present import choices, shown
from kb.categories.tree import flat, with_below
from kb.errors import KbError

bp = Blueprint("categories", __name__)


@bp.get("/categories")
@signed_in
def page() -> ResponseReturnValue:
    return _page()


@bp.post("/categories")
@curators_only
def add() -> ResponseReturnValue:
    try:
        actions.add(request.form.get("name", ""), by=person().id, parent_id=request.form.get("parent") or None)
    except KbError as error:
        return _page(error.errors or {"name": [error.detail]}), 422
    return redirect(url_for("categories.page"))


@bp.post("/categories/<category_id>")
@curators_only
def update(category_id: str) -> ResponseReturnValue:
    position = request.form.get("position", "")
    try:
        actions.change(
            category_id,
            by=person().id,
            name=request.form.get("name"),
            move="parent" in request.form,
            parent_id=request.form.get("parent") or None,
            position=int(position) if re.fullmatch("[0-9]{1,6}", position) else None,
        )
    except KbError as error:
        flash(" ".join([error.detail, *(text for texts in error.errors.values() for text in texts)]), "error")
    return redirect(url_for("categories.page"))


@bp.get("/categories/<category_id>/delete")
@curators_only
def remove_page(category_id: str) -> ResponseReturnValue:
    category = actions.get(category_id)
    roots = actions.tree(viewer())
    branch = next(each for each in flat(roots) if each.category.id == category.id)
    return render_template(
        "categories/delete.html",
        category=branch.category,
        item_count=branch.count - sum(child.count for child in branch.children),
        child_count=len(branch.children),
        choices=[each for each in choices(roots) if each["id"] != category.id],
        errors={},
    )


@bp.post("/categories/<category_id>/delete")
@curators_only
def remove(category_id: str) -> ResponseReturnValue:
    actions.remove(category_id, by=person().id, items_go_to=request.form.get("items_go_to") or None)
    flash("The category is deleted.", "success")
    return redirect(url_for("categories.page"))


def _page(errors: dict[str, list[str]] | None = None) -> str:
    roots = actions.tree(viewer())
    return render_template(
        "categories/page.html",
        categories=shown(roots),
        choices=choices(roots),
        below={branch.category.id: with_below(roots, branch.category.id) for branch in flat(roots)},
        errors=errors or {},
        values=request.form,
    )
