"""What a category may be called, and the addresses that lead to it. Inside the caller's transaction."""

import re
import unicodedata

from sqlalchemy import select

from kb.categories.models import Category, CategoryAlias
from kb.db import db
from kb.errors import Invalid
from kb.web.forms import is_shown

DESCRIPTION_LENGTH = 500


def clean_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not 1 <= len(name) <= 80 or not all(map(is_shown, name)):
        raise Invalid("The name needs a correction.", errors={"name": ["Write 1 to 80 characters."]})
    return name


def clean_description(typed: str) -> str:
    text = " ".join("".join(sign if is_shown(sign) else " " for sign in typed).split())
    if len(text) > DESCRIPTION_LENGTH:
        wrong = {"description": [f"Take at most {DESCRIPTION_LENGTH} characters."]}
        raise Invalid("The description is too long.", errors=wrong)
    return text


def siblings(parent: Category | None) -> list[Category]:
    where = Category.parent_id == parent.id if parent else Category.parent_id.is_(None)
    return list(db.session.scalars(select(Category).where(where).order_by(Category.position, Category.name)))


def namesake(name: str, parent: Category | None, *, but: Category | None = None) -> Category | None:
    """A category below this parent that people would take for the same, whatever the case it is written in."""
    return next((each for each in siblings(parent) if each != but and _heard(each.name) == _heard(name)), None)


def refuse_namesake(name: str, parent: Category | None, *, but: Category | None = None) -> None:
    if there := namesake(name, parent, but=but):
        where = f"below “{parent.name}”" if parent else "at the top level"
        text = f"“{there.name}” is {where} already. Choose another name, or merge the two."
        raise Invalid(text, errors={"name": [text]})


def free_slug(name: str, parent: Category | None, *, but: Category | None = None) -> str:
    """A slug that no sibling has; letters of every script stay, so that no name ends up empty."""
    plain = unicodedata.normalize("NFKC", name).lower()
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:70] or "category"
    taken = {each.slug for each in siblings(parent) if each != but}
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def remember(alias: str, category: Category) -> None:
    """An address of old leads to this category from now on, unless a living one has it."""
    db.session.merge(CategoryAlias(alias=alias, category_id=category.id))


def _heard(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
