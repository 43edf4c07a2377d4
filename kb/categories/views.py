"""The pages of the tree: what everybody reads of it, and the bench of those who tend it."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import curators_only, person, signed_in, viewer
from kb.categories import actions, forms, merging, tending
from kb.categories.models import Category
from kb.categories.naming import siblings
from kb.categories.present import choices, shown, tended
from kb.categories.tree import flat, stepped
from kb.errors import Invalid, KbError

bp = Blueprint("categories", __name__)


@bp.get("/categories")
@signed_in
def page() -> ResponseReturnValue:
    return _page()


@bp.post("/categories")
@signed_in
def add() -> ResponseReturnValue:
    parent_id = request.form.get("parent") or None
    tending.check_tends_any(viewer())
    try:
        tending.check_goal(viewer(), parent_id)
        category = actions.add(request.form.get("name", ""), by=person().id, parent_id=parent_id)
    except KbError as error:
        return _page(error.errors or {"name": [error.detail]}), error.status
    return redirect(_row(category))


@bp.get("/categories/<category_id>")
@signed_in
def edit(category_id: str) -> ResponseReturnValue:
    category = tending.get_to_tend(viewer(), category_id)
    if category.id != category_id:
        return redirect(url_for("categories.edit", category_id=category.id), 301)
    return forms.edit_page(category)


@bp.post("/categories/<category_id>")
@signed_in
def update(category_id: str) -> ResponseReturnValue:
    category = tending.get_to_tend(viewer(), category_id)
    try:
        actions.change(category.id, by=person().id, **_words(), **_placing(category))
    except KbError as error:
        return forms.edit_page(category, error.errors or {"form": [error.detail]}), error.status
    flash("Saved.", "success")
    return redirect(_row(category))


@bp.post("/categories/<category_id>/name")
@signed_in
def rename(category_id: str) -> ResponseReturnValue:
    """In its row of the bench."""
    category = tending.get_to_tend(viewer(), category_id)
    was = category.name

    def act() -> str:
        actions.change(category.id, by=person().id, name=request.form.get("name", ""))
        return f"“{was}” is called “{category.name}” now."

    return _told(act, category)


@bp.post("/categories/<category_id>/place")
@signed_in
def place(category_id: str) -> ResponseReturnValue:
    """One `step`, or to a `position` below a `parent`; from the bench."""
    category = tending.get_to_place(viewer(), category_id)

    def act() -> str:
        placing = _stepping(category, request.form["step"]) if "step" in request.form else _placing(category)
        actions.change(category.id, by=person().id, **placing)
        return _where(category)

    return _told(act, category)


@bp.post("/categories/<category_id>/curators")
@curators_only
def choose_curators(category_id: str) -> ResponseReturnValue:
    category = actions.get(category_id)
    tending.choose_curators(category.id, request.form.getlist("curators"), by=person().id)
    flash("Saved.", "success")
    return redirect(url_for("categories.edit", category_id=category.id))


@bp.get("/categories/<category_id>/merge")
@signed_in
def merge_page(category_id: str) -> ResponseReturnValue:
    return forms.merge_page(tending.get_to_place(viewer(), category_id), request.args.get("into"))


@bp.post("/categories/<category_id>/merge")
@signed_in
def merge(category_id: str) -> ResponseReturnValue:
    category = tending.get_to_place(viewer(), category_id)
    into, name = request.form.get("into") or None, category.name
    if not into:
        return forms.merge_page(category, None, {"into": ["Choose the category that stays."]}), 422
    try:
        tending.check_goal(viewer(), into)
        stays = merging.merge(category.id, into, by=person().id, with_curators=viewer().is_curator)
    except KbError as error:
        return forms.merge_page(category, None, error.errors or {"into": [error.detail]}), error.status
    flash(f"“{name}” is merged into “{stays.name}”. Its old addresses lead there.", "success")
    return redirect(_row(stays))


@bp.get("/categories/<category_id>/delete")
@signed_in
def remove_page(category_id: str) -> ResponseReturnValue:
    return forms.remove_page(tending.get_to_place(viewer(), category_id))


@bp.post("/categories/<category_id>/delete")
@signed_in
def remove(category_id: str) -> ResponseReturnValue:
    category = tending.get_to_place(viewer(), category_id)
    goal, name = request.form.get("items_go_to") or None, category.name
    try:
        tending.check_goal(viewer(), goal)
        actions.remove(category.id, by=person().id, items_go_to=goal)
    except KbError as error:
        return forms.remove_page(category, error.errors or {"items_go_to": [error.detail]}), error.status
    flash(f"“{name}” is deleted.", "success")
    return redirect(url_for("categories.page"))


def _words() -> dict[str, Any]:
    return {field: request.form.get(field) for field in ("name", "description", "icon", "default_visibility")}


def _placing(category: Category) -> dict[str, Any]:
    """What the form says of parent and place; one that says nothing of them leaves the category where it is."""
    parent_id, position = request.form.get("parent", category.parent_id) or None, request.form.get("position", "")
    if parent_id == category.parent_id and not position:
        return {}
    tending.get_to_place(viewer(), category.id)
    if parent_id != category.parent_id:
        tending.check_goal(viewer(), parent_id)
    at = int(position) if re.fullmatch("[0-9]{1,6}", position) else None
    return {"move": True, "parent_id": parent_id, "position": at}


def _stepping(category: Category, step: str) -> dict[str, Any]:
    goal = stepped(actions.tree(viewer()), category.id, step)
    if not goal:
        raise Invalid(f"“{category.name}” can't go further that way.")
    if goal[0] != category.parent_id:
        tending.check_goal(viewer(), goal[0])
    return {"move": True, "parent_id": goal[0], "position": goal[1]}


def _told(act: Callable[[], str], category: Category) -> ResponseReturnValue:
    """Do it, and answer with the tree and a sentence: a script changes the tree in place, else the page comes anew."""
    told, fault, status = "", "", 200
    try:
        told = act()
    except KbError as error:
        fault, status = error.sentences, error.status
    if "HX-Request" in request.headers:
        return render_template("categories/_bench.html", told=told, fault=fault, **_tree()), status
    if fault:
        flash(fault, "error")
    return redirect(_row(category))


def _where(category: Category) -> str:
    among = siblings(category.parent)
    where = f"below “{category.parent.name}”" if category.parent else "at the top level"
    return f"“{category.name}” is {among.index(category) + 1} of {len(among)} {where}."


def _row(category: Category) -> str:
    return url_for("categories.page", _anchor=f"category-{category.id}")


def _tree() -> dict[str, Any]:
    roots = actions.tree(viewer())
    return {
        "categories": shown(roots),
        "tended": tended((branch.category for branch in flat(roots)), viewer()),
        "is_bench": viewer().is_curator or bool(viewer().curates),
        "is_curator": viewer().is_curator,
        "deepest": actions.DEEPEST,
    }


def _page(errors: dict[str, list[str]] | None = None) -> str:
    goals = choices(actions.tree(viewer()))
    return render_template(
        "categories/page.html",
        **_tree(),
        homes=[each for each in goals if viewer().is_curator or each.id in viewer().curates],
        errors=errors or {},
        values=request.form,
    )
