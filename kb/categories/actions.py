"""What curators do with the tree. The only code here that commits."""

import re
import unicodedata
from collections.abc import Callable

from sqlalchemy import select

from kb import audit
from kb.accounts.rules import Viewer
from kb.categories.models import Category
from kb.categories.tree import Branch, grow, with_below
from kb.db import db, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.web.forms import is_shown

DEEPEST = 5

# Filled by kb.app: (category ids, where the items go) -> None, for the nouns whose rows point to a category.
on_items_moved: list[Callable[[list[str], str | None], None]] = []
# (viewer) -> {category id: how many items directly in it that this viewer may see}.
count_items: list[Callable[[Viewer], dict[str, int]]] = []
# Called with the ids of categories whose name or place changed, so that the words of their items are indexed again.
on_changed: list[Callable[[list[str]], None]] = []


def every() -> list[Category]:
    return list(db.session.scalars(select(Category)))


def tree(viewer: Viewer) -> list[Branch]:
    """The roots of the whole tree, counting what this viewer may see."""
    counts: dict[str, int] = {}
    for count in count_items:
        counts |= count(viewer)
    return grow(every(), counts)


def get(category_id: str) -> Category:
    """By id or, for addresses that people type, by slug."""
    category = db.session.get(Category, category_id) or db.session.scalar(
        select(Category).where(Category.slug == category_id).limit(1)
    )
    if not category:
        raise NotFound("This category is gone. The library shows the ones that are there.")
    return category


def path_of(category: Category | None) -> list[Category]:
    """From the root to the category itself."""
    path: list[Category] = []
    while category:
        path.insert(0, category)
        category = category.parent
    return path


def add(name: str, *, by: str, parent_id: str | None = None) -> Category:
    name = _name(name)
    with writing() as session:
        parent = get(parent_id) if parent_id else None
        if len(path_of(parent)) >= DEEPEST:
            raise Invalid("That is too deep.", errors={"parent": [f"The tree has at most {DEEPEST} levels."]})
        category = Category(name=name, slug=_free_slug(name, parent), parent=parent, position=_last(parent))
        session.add(category)
        session.flush()
        audit.record("added", "category", category.id, by=by, name=name)
    return category


def change(
    category_id: str,
    *,
    by: str,
    name: str | None = None,
    move: bool = False,
    parent_id: str | None = None,
    position: int | None = None,
) -> Category:
    """Rename, or (move) hang it below another parent, or give it a place among its siblings (position, from 0)."""
    with writing():
        category = get(category_id)
        if name is not None and _name(name) != category.name:
            category.name = _name(name)
            category.slug = _free_slug(category.name, category.parent, but=category)
        if move and (parent_id or None) != category.parent_id:
            _hang(category, get(parent_id) if parent_id else None)
        if position is not None:
            _place(category, position)
        for tell in on_changed:
            tell(with_below(grow(every()), category.id))
        audit.record("changed", "category", category.id, by=by, name=category.name, parent=category.parent_id)
    return category


def remove(category_id: str, *, by: str, items_go_to: str | None) -> None:
    """Delete a category; its items go to another category or to none; its children move up with theirs."""
    with writing() as session:
        category = get(category_id)
        target = get(items_go_to).id if items_go_to else None
        if target == category.id:
            raise Invalid("Choose where its screencasts go.", errors={"items_go_to": ["Choose another category."]})
        for tell in on_items_moved:
            tell([category.id], target)
        for tell_of in on_changed:
            tell_of(with_below(grow(every()), category.id))
        parent = category.parent
        for child in list(category.children):
            slug = _free_slug(child.name, parent, but=child)
            child.parent, child.slug = parent, slug
        session.flush()
        session.delete(category)
        audit.record("deleted", "category", category_id, by=by, name=category.name, items_go_to=target)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80 or not all(map(is_shown, name)):
        raise Invalid("The name needs a correction.", errors={"name": ["Write 1 to 80 characters."]})
    return name


def _hang(category: Category, parent: Category | None) -> None:
    below = with_below(grow(every()), category.id)
    if parent and parent.id in below:
        raise Conflict("A category can't hang below itself.", errors={"parent": ["Choose another place."]})
    if len(path_of(parent)) + _height(category) > DEEPEST:
        raise Invalid("That is too deep.", errors={"parent": [f"The tree has at most {DEEPEST} levels."]})
    # Both are looked up before anything is set: what is set is written by the next look-up, half as it may be.
    slug, position = _free_slug(category.name, parent, but=category), _last(parent)
    category.parent, category.slug, category.position = parent, slug, position


def _height(category: Category) -> int:
    return 1 + max((_height(child) for child in category.children), default=0)


def _place(category: Category, position: int) -> None:
    siblings = [each for each in _siblings(category.parent) if each.id != category.id]
    siblings.insert(max(0, min(position, len(siblings))), category)
    for place, each in enumerate(siblings):
        each.position = place


def _siblings(parent: Category | None) -> list[Category]:
    where = Category.parent_id == parent.id if parent else Category.parent_id.is_(None)
    return list(db.session.scalars(select(Category).where(where).order_by(Category.position, Category.name)))


def _last(parent: Category | None) -> int:
    return max((each.position for each in _siblings(parent)), default=-1) + 1


def _free_slug(name: str, parent: Category | None, *, but: Category | None = None) -> str:
    """A slug that no sibling has; letters of every script stay, so that no name ends up empty."""
    plain = unicodedata.normalize("NFKC", name).lower()
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:70] or "category"
    taken = {each.slug for each in _siblings(parent) if but is None or each.id != but.id}
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free
