"""What curators do with tags, and how typed words become tags. The verbs of curators alone commit."""

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.rules import Viewer
from kb.categories.actions import changing_the_tree
from kb.categories.models import Synonym, Tag
from kb.categories.vocabulary import Known, known, meanings_in, tag_name, vocabulary
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.web.filters import counted

P = ParamSpec("P")
R = TypeVar("R")
TAGS_AT_MOST = 30
SYNONYMS_AT_MOST = 50
LONGEST = 60

# Filled by kb.app: (names, into) -> None: every item with one of these tags has `into` instead, and is indexed again.
move_uses: list[Callable[[list[str], str], None]] = []
# (name) -> whether any item has it, whoever may see that.
is_used: list[Callable[[str], bool]] = []


def _alone(verb: Callable[P, R]) -> Callable[P, R]:
    """Waits for any other who changes tags or categories, and then finds them as that has left them."""

    @wraps(verb)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with changing_the_tree():
            return verb(*args, **kwargs)

    return done


class TagInUse(Conflict):
    code = "tag-in-use"
    title = "That tag is in use"


class TagThere(Conflict):
    """The new name is a tag, or means one: the two can be merged."""

    code = "tag-there"
    title = "There is such a tag"

    def __init__(self, into: str, detail: str) -> None:
        super().__init__(detail, errors={"name": [detail]})
        self.into = into


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these very names, made if they are new; inside the caller's transaction."""
    wanted = list(dict.fromkeys(filter(None, map(tag_name, names))))
    _make(wanted)
    there = {tag.name: tag for tag in db.session.scalars(select(Tag).where(Tag.name.in_(wanted)))}
    return [there[name] for name in wanted]


def taken(typed: Iterable[str], *, had: Iterable[Tag] = (), leave_out_retired: bool = False) -> list[str]:
    """The names of the tags that the house takes these words for. Raises Invalid for too many, too long, or retired.

    had: the tags that the item has: they stay as they are. leave_out_retired: instead of refusing, where the words come
    with a recording, which must not be lost for a word.
    """
    kept = {tag.name for tag in had}
    names = list(dict.fromkeys(filter(None, map(tag_name, typed))))
    # Before the database is asked for each: somebody may send a million.
    if len(names) > TAGS_AT_MOST:
        raise Invalid("Too many tags.", errors={"tags": [f"Take at most {TAGS_AT_MOST}."]})
    meanings = _meanings(names)
    meant = dict.fromkeys(name if name in kept else meanings.get(name, name) for name in names)
    retired = _retired(meant.keys() - kept)
    if retired and not leave_out_retired:
        raise Invalid("A tag is retired.", errors={"tags": [_is_retired(name) for name in retired]})
    names = [name for name in meant if name not in retired]
    if any(len(name) > LONGEST for name in names):
        raise Invalid("A tag is too long.", errors={"tags": [f"Take at most {LONGEST} characters each."]})
    return names


@_alone
def rename(viewer: Viewer, name: str, to: str, *, by: str) -> str:
    """Return the new name; the old one becomes a synonym. Raises TagThere if it is that of another tag."""
    tag, to = get(viewer, name), _checked(to)
    if to == tag.name:
        return to
    meaning = vocabulary().meanings.get(to, to)
    if meaning != tag.name and meaning in known(viewer):
        means = "is a tag already" if meaning == to else f"means “{meaning}” here"
        raise TagThere(meaning, f"“{to}” {means}. Merge the two, or choose another name.")
    with writing() as session:
        _merge([tag.name], to)
        if tag.is_retired:
            session.execute(update(Tag).where(Tag.name == to).values(retired_at=now()))
        if tag.instead:
            session.add(Synonym(word=to, tag_name=tag.instead))
        audit.record("renamed", "tag", to, by=by, name=tag.name, to=to)
    return to


@_alone
def merge(viewer: Viewer, names: Iterable[str], into: str, *, by: str) -> str:
    """Give every item with one of these tags the tag `into` instead; return its name. The old names become synonyms."""
    others, into = merging(viewer, names, into)
    with writing():
        _merge(others, into)
        audit.record("merged", "tag", into, by=by, names=others, into=into)
    return into


def merging(viewer: Viewer, names: Iterable[str], into: str) -> tuple[list[str], str]:
    """Which tags would go, and the one that stays. Raises what `merge` would."""
    tags = {get(viewer, name).name for name in names}
    into = _checked(into, "into")
    meaning = vocabulary().meanings.get(into, into)
    into = into if meaning in tags else meaning
    if not tags - {into}:
        raise Invalid("Nothing to merge.", errors={"into": ["Choose another tag than these."]})
    if into in vocabulary().retired:
        raise Invalid("That tag is retired.", errors={"into": [_is_retired(into)]})
    return sorted(tags - {into}), into


def get(viewer: Viewer, name: str) -> Known:
    """Raises NotFound alike for what is not there and for what this viewer may not know of."""
    tag = known(viewer).get(tag_name(name))
    if not tag:
        raise NotFound("There is no such tag (any more). The list of tags shows those that are there.")
    return tag


@_alone
def retire(viewer: Viewer, name: str, *, by: str, instead: str = "") -> None:
    """From now on nobody is offered it or can add it; what has it keeps it. instead: what its word becomes."""
    tag = get(viewer, name)
    other = _alternative(viewer, tag, instead) if tag_name(instead) else None
    with writing() as session:
        session.execute(update(Tag).where(Tag.name == tag.name).values(retired_at=now()))
        session.execute(delete(Synonym).where(Synonym.word == tag.name))
        if other:
            session.add(Synonym(word=tag.name, tag_name=other))
        access_changed()
        audit.record("retired", "tag", tag.name, by=by, name=tag.name, instead=other)


@_alone
def bring_back(viewer: Viewer, name: str, *, by: str) -> None:
    tag = get(viewer, name)
    with writing() as session:
        session.execute(update(Tag).where(Tag.name == tag.name).values(retired_at=None))
        session.execute(delete(Synonym).where(Synonym.word == tag.name))
        access_changed()
        audit.record("brought-back", "tag", tag.name, by=by, name=tag.name)


@_alone
def remove(viewer: Viewer, name: str, *, by: str) -> None:
    """Forget a tag that nothing has, as far as the curator may know, with its synonyms.

    An item that they may not see keeps it, as if it had been the first to have it: nothing tells of that.
    """
    tag = get(viewer, name)
    if tag.count:
        have = "has" if tag.count == 1 else "have"
        raise TagInUse(f"{counted(tag.count)} {have} it. Merge it into another tag, or retire it.")
    with writing() as session:
        session.execute(delete(Synonym).where((Synonym.tag_name == tag.name) | (Synonym.word == tag.name)))
        if any(used(tag.name) for used in is_used):
            session.execute(update(Tag).where(Tag.name == tag.name).values(retired_at=None))
        else:
            session.execute(delete(Tag).where(Tag.name == tag.name))
        access_changed()
        audit.record("deleted", "tag", tag.name, by=by, name=tag.name)


@_alone
def say_same(viewer: Viewer, name: str, words: Iterable[str], *, by: str) -> list[str]:
    """Set the synonyms of a tag, in place of those that it has; return them as they are kept.

    A retired tag that leads here goes on leading here.
    """
    tag = get(viewer, name)
    wanted = sorted({_checked(word, "synonyms") for word in words} - {tag.name})
    if len(wanted) > SYNONYMS_AT_MOST:
        raise Invalid("Too many synonyms.", errors={"synonyms": [f"Take at most {SYNONYMS_AT_MOST}."]})
    if faults := [fault for word in wanted if (fault := _not_free(viewer, word, tag))]:
        raise Invalid("Some of these words mean something else here.", errors={"synonyms": faults})
    with writing() as session:
        session.execute(delete(Synonym).where(Synonym.word.in_(tag.synonyms), Synonym.word.not_in(wanted)))
        there = session.scalars(select(Synonym.word).where(Synonym.word.in_(wanted)))
        session.add_all(Synonym(word=word, tag_name=tag.name) for word in set(wanted) - set(there))
        access_changed()
        audit.record("explained", "tag", tag.name, by=by, name=tag.name, synonyms=wanted)
    return wanted


def _merge(names: list[str], into: str) -> None:
    session = db.session
    created_at = session.scalar(select(Tag.created_at).where(Tag.name.in_(names)).order_by(Tag.created_at).limit(1))
    _make([into], created_at=created_at or now())
    for move in move_uses:
        move(names, into)
    # What meant one of them means the other now, and so do their names; the new name means itself.
    session.execute(delete(Synonym).where(Synonym.word.in_([*names, into])))
    session.execute(update(Synonym).where(Synonym.tag_name.in_(names)).values(tag_name=into))
    session.execute(delete(Tag).where(Tag.name.in_(names)))
    session.add_all(Synonym(word=name, tag_name=into) for name in names)
    access_changed()


def _make(names: Iterable[str], **values: object) -> None:
    """Two who think of the same new word at the same moment both get it."""
    rows = [{"name": name, "created_at": now()} | values for name in names]
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    if rows:
        # In one order for all, so that no two wait for each other.
        rows.sort(key=lambda row: str(row["name"]))
        db.session.execute(insert(Tag).values(rows).on_conflict_do_nothing())


def _meanings(words: Iterable[str]) -> dict[str, str]:
    """What these words stand for, as it is in this transaction."""
    found: dict[str, str] = {}
    asked = set(words)
    while asked:
        found |= dict(db.session.execute(_SYNONYMS.where(Synonym.word.in_(asked))).all())
        asked = {found[word] for word in asked & found.keys()} - found.keys()
    return meanings_in(found)


_SYNONYMS = select(Synonym.word, Synonym.tag_name)


def _retired(names: Collection[str]) -> list[str]:
    if not names:
        return []
    return sorted(db.session.scalars(select(Tag.name).where(Tag.name.in_(names), Tag.retired_at.is_not(None))))


def _is_retired(name: str) -> str:
    return f"“{name}” is not used any more. Choose another word."


def _checked(typed: str, field: str = "name") -> str:
    # "." and ".." would be lost from an address.
    name = tag_name(typed)
    if not 1 <= len(name) <= LONGEST or not name.strip("."):
        raise Invalid("The word needs a correction.", errors={field: [f"Write 1 to {LONGEST} characters."]})
    if "," in name:
        raise Invalid("The word needs a correction.", errors={field: ["Leave out the comma: it parts tags."]})
    return name


def _alternative(viewer: Viewer, tag: Known, typed: str) -> str:
    name = _checked(typed, "instead")
    name = vocabulary().meanings.get(name, name)
    other = known(viewer).get(name)
    if not other or other.is_retired or name == tag.name:
        raise Invalid("Choose another tag.", errors={"instead": ["Choose a tag that is in use."]})
    return name


def _not_free(viewer: Viewer, word: str, tag: Known) -> str | None:
    """A sentence if the word means something else already, as far as the curator may know."""
    meaning = vocabulary().meanings.get(word)
    if meaning == tag.name:
        return None
    if meaning:
        return f"“{word}” means “{meaning}” already."
    return f"“{word}” is a tag itself. Merge it into this one instead." if word in known(viewer) else None
