"""What curators do with the tree. With `merging` and `tending` the only code here that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.models import Site
from kb.accounts.rules import VISIBILITIES, Viewer
from kb.categories.icons import ICONS
from kb.categories.models import Category, CategoryAlias
from kb.categories.naming import (
    clean_description,
    clean_name,
    free_slug,
    namesake,
    refuse_namesake,
    remember,
    siblings,
)
from kb.categories.tree import Branch, Placed, grow, in_order, with_below
from kb.db import db, writing
from kb.errors import Conflict, Invalid, NotFound

DEEPEST = 5

# Filled by kb.app: (category ids, where the items go) -> None, for the nouns whose rows point to a category.
on_items_moved: list[Callable[[list[str], str | None], None]] = []
# (viewer) -> {category id: how many items directly in it that this viewer may see}.
count_items: list[Callable[[Viewer], dict[str, int]]] = []
# Called with the ids of categories whose place in the tree changes, while their items are still in them: the index
# knows the whole path of each item (and no name).
on_path_changed: list[Callable[[list[str]], None]] = []


def every() -> list[Category]:
    return list(db.session.scalars(select(Category)))


def placed() -> list[Placed]:
    """All of them in the order of the tree."""
    rows = db.session.execute(select(Category.id, Category.name, Category.parent_id, Category.position))
    return in_order(map(Placed._make, rows))


def tree(viewer: Viewer) -> list[Branch]:
    """The roots of the whole tree, counting what this viewer may see."""
    counts: dict[str, int] = {}
    for count in count_items:
        counts |= count(viewer)
    return grow(every(), counts)


def get(address: str) -> Category:
    """By id, by slug, or by an address of old: of what was merged into it, or from before it was renamed."""
    category = _living(address)
    if not category and (alias := db.session.get(CategoryAlias, address)):
        category = db.session.get(Category, alias.category_id)
    if not category:
        raise NotFound("This category is gone. The library shows the ones that are there.")
    return category


def get_itself(address: str) -> Category:
    """As `get`, for what takes the category away: one that was merged doesn't stand for the other here."""
    category = get(address)
    if not _living(address):
        raise Conflict(f"This one is “{category.name}” now: it was merged or renamed. Go on from there.")
    return category


def path_of(category: Category | None) -> list[Category]:
    """From the root to the category itself."""
    path: list[Category] = []
    while category:
        path.insert(0, category)
        category = category.parent
    return path


def visibility_of_new(category: Category | None) -> str | None:
    """What a new screencast in it begins with: what it says itself, or what the nearest above it says."""
    return next((each.default_visibility for each in reversed(path_of(category)) if each.default_visibility), None)


@contextmanager
def changing_the_tree() -> Iterator[Session]:
    """A write that waits for any other here: two moves at once could make a ring, or siblings of one name."""
    with writing() as session:
        session.execute(select(Site.id).with_for_update())
        yield session


def add(
    name: str,
    *,
    by: str,
    parent_id: str | None = None,
    description: str = "",
    icon: str = "",
    default_visibility: str | None = None,
) -> Category:
    name = clean_name(name)
    with changing_the_tree() as session:
        parent = get(parent_id) if parent_id else None
        if len(path_of(parent)) >= DEEPEST:
            raise too_deep()
        refuse_namesake(name, parent)
        category = Category(name=name, slug=free_slug(name, parent), parent=parent, position=_last(parent))
        _describe(category, description=description, icon=icon, default_visibility=default_visibility)
        session.add(category)
        session.flush()
        audit.record("added", "category", category.id, by=by, name=name)
    return category


def change(
    category_id: str,
    *,
    by: str,
    name: str | None = None,
    description: str | None = None,
    icon: str | None = None,
    default_visibility: str | None = None,
    move: bool = False,
    parent_id: str | None = None,
    position: int | None = None,
) -> Category:
    """Change what is given; leave what is None. An empty default_visibility: as the category above it.

    move: hang it below another parent. position: its place among its siblings, from 0.
    """
    with changing_the_tree():
        category = get(category_id)
        was = _words(category)
        _describe(category, description=description, icon=icon, default_visibility=default_visibility)
        parent = (get(parent_id) if parent_id else None) if move else category.parent
        moves = parent != category.parent
        if moves or name is not None:
            _hang(category, parent, clean_name(name) if name is not None else category.name)
        if position is not None:
            moves = _place(category, position) or moves
        if changed := [field for field, text in _words(category).items() if text != was[field]]:
            audit.record("changed", "category", category.id, by=by, name=category.name, was=was["name"], fields=changed)
        if moves:
            above = category.parent.name if category.parent else None
            audit.record("moved", "category", category.id, by=by, name=category.name, below=above)
    return category


def remove(category_id: str, *, by: str, items_go_to: str | None) -> None:
    """Delete a category; its items go to another category or to none; its children move up with theirs."""
    with changing_the_tree() as session:
        category = get_itself(category_id)
        target = get(items_go_to).id if items_go_to else None
        if target == category.id:
            raise Invalid("Choose where its screencasts go.", errors={"items_go_to": ["Choose another category."]})
        path_changes(category)
        for tell in on_items_moved:
            tell([category.id], target)
        _hand_up(category)
        session.flush()
        session.delete(category)
        access_changed()
        audit.record("deleted", "category", category_id, by=by, name=category.name, items_go_to=target)


def path_changes(category: Category) -> None:
    """Say it while the items are still in it: the index has another path for all that lies in it and below."""
    below = with_below(grow(every()), category.id)
    for tell in on_path_changed:
        tell(below)


def height(category: Category) -> int:
    return 1 + max((height(child) for child in category.children), default=0)


def too_deep() -> Invalid:
    return Invalid("That is too deep.", errors={"parent": [f"The tree has at most {DEEPEST} levels."]})


def _living(address: str) -> Category | None:
    by_slug = select(Category).where(Category.slug == address).order_by(Category.created_at, Category.id)
    return db.session.get(Category, address) or db.session.scalar(by_slug.limit(1))


def _words(category: Category) -> dict[str, str | None]:
    return {field: getattr(category, field) for field in ("name", "description", "icon", "default_visibility")}


def _describe(category: Category, *, description: str | None, icon: str | None, default_visibility: str | None) -> None:
    if icon and icon not in ICONS:
        raise Invalid("There is no such icon.", errors={"icon": [f"Choose one of {', '.join(ICONS)}."]})
    if default_visibility and default_visibility not in VISIBILITIES:
        wrong = {"default_visibility": [f"Choose one of {', '.join(VISIBILITIES)}."]}
        raise Invalid("There is no such visibility.", errors=wrong)
    if description is not None:
        category.description = clean_description(description)
    if icon is not None:
        category.icon = icon
    if default_visibility is not None:
        category.default_visibility = default_visibility or None


def _hang(category: Category, parent: Category | None, name: str) -> None:
    """Below this parent under this name; at the end of its children if it was not there before."""
    refuse_namesake(name, parent, but=category)
    # All is looked up before anything is set: what is set is written by the next look-up, half as it may be.
    slug, old_slug = free_slug(name, parent, but=category), category.slug
    if name == category.name and parent == category.parent:
        return
    if parent != category.parent:
        _check_move(category, parent)
        position = _last(parent)
        path_changes(category)
        category.parent, category.position = parent, position
        access_changed()
    category.name, category.slug = name, slug
    if slug != old_slug:
        remember(old_slug, category)


def _check_move(category: Category, parent: Category | None) -> None:
    if category in path_of(parent):
        raise Conflict("A category can't hang below itself.", errors={"parent": ["Choose another place."]})
    if len(path_of(parent)) + height(category) > DEEPEST:
        raise too_deep()


def _place(category: Category, position: int) -> bool:
    """Whether that is another place than before."""
    before = siblings(category.parent)
    after = [each for each in before if each != category]
    after.insert(max(0, min(position, len(after))), category)
    for place, each in enumerate(after):
        each.position = place
    return before != after


def _hand_up(category: Category) -> None:
    parent = category.parent
    for child in list(category.children):
        there = namesake(child.name, parent, but=category)
        if there:
            text = f"“{child.name}” is below it, and there is a “{there.name}” where it would go. Merge the two first."
            raise Invalid(text, errors={"form": [text]})
        slug, position = free_slug(child.name, parent, but=child), _last(parent)
        child.parent, child.slug, child.position = parent, slug, position


def _last(parent: Category | None) -> int:
    return max((each.position for each in siblings(parent)), default=-1) + 1
