"""The forms about one category: to change it, to merge it, to delete it."""

from flask import render_template, request
from sqlalchemy import select

from kb.accounts.models import Person, Role
from kb.accounts.sessions import viewer
from kb.categories import actions, merging, tending
from kb.categories.icons import ICONS
from kb.categories.models import Category
from kb.categories.present import BEGIN_WITH, Choice, choices
from kb.categories.tree import Branch, flat, with_below
from kb.db import db
from kb.errors import KbError


def edit_page(category: Category, errors: dict[str, list[str]] | None = None) -> str:
    roots = actions.tree(viewer())
    branch = _branch(roots, category)
    return render_template(
        "categories/edit.html",
        category=category,
        path=actions.path_of(category)[:-1],
        count=branch.count,
        can_place=tending.can_place(viewer(), category),
        is_curator=viewer().is_curator,
        homes=_goals(roots, category),
        inherited=BEGIN_WITH[actions.visibility_of_new(category.parent) or "everyone"],
        visibilities=BEGIN_WITH,
        icons=ICONS,
        curators=category.curators,
        members=_members(category) if viewer().is_curator else [],
        errors=errors or {},
        values=request.form if errors else _values(category),
    )


def _values(category: Category) -> dict[str, str]:
    return {
        "name": category.name,
        "description": category.description,
        "icon": category.icon,
        "default_visibility": category.default_visibility or "",
        "parent": category.parent_id or "",
    }


def _members(category: Category) -> list[Person]:
    """Who can be given a branch: curators tend it anyway."""
    here = select(Person).where(Person.active, Person.role == Role.member).order_by(Person.name)
    found = list(db.session.scalars(here))
    return [*found, *(each for each in category.curators if each not in found)]


def merge_page(category: Category, into: str | None, errors: dict[str, list[str]] | None = None) -> str:
    roots = actions.tree(viewer())
    plan = None
    if into:
        try:
            tending.check_goal(viewer(), into)
            plan = merging.plan(category, actions.get(into))
        except KbError as error:
            errors = error.errors or {"into": [error.detail]}
    return render_template(
        "categories/merge.html",
        category=category,
        plan=plan,
        names=_told_apart(category, plan.target) if plan else None,
        count=_branch(roots, category).count,
        choices=_goals(roots, category),
        into=into or "",
        with_curators=viewer().is_curator,
        errors=errors or {},
    )


def _told_apart(one: Category, other: Category) -> tuple[str, str]:
    """What to call these two: by name, or by their paths where they have the same one."""
    if one.name != other.name:
        return one.name, other.name
    first, second = (" › ".join(each.name for each in actions.path_of(category)) for category in (one, other))
    return first, second


def remove_page(category: Category, errors: dict[str, list[str]] | None = None) -> str:
    roots = actions.tree(viewer())
    branch = _branch(roots, category)
    return render_template(
        "categories/delete.html",
        category=category,
        count=branch.count - sum(child.count for child in branch.children),
        children=category.children,
        choices=[each for each in choices(roots) if each.id != category.id and _is_goal(each.id)],
        goal=request.form.get("items_go_to", category.parent_id or ""),
        may_have_none=viewer().is_curator,
        errors=errors or {},
    )


def _branch(roots: list[Branch], category: Category) -> Branch:
    return next(each for each in flat(roots) if each.category == category)


def _goals(roots: list[Branch], category: Category) -> list[Choice]:
    """Where it may go: a category can't go below itself."""
    below = with_below(roots, category.id)
    return [each for each in choices(roots) if each.id not in below and _is_goal(each.id)]


def _is_goal(category_id: str) -> bool:
    return viewer().is_curator or category_id in viewer().curates
