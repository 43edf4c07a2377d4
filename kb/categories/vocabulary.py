"""What the house says about its tags: which words mean the same, which are retired, and what each viewer may know.

A viewer knows a tag by a screencast that they may see. What a curator wrote down (a synonym, a retired tag) is the
house's own word, which every curator knows; a tag of something private is nobody's but its author's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import select

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer
from kb.categories.models import Synonym, Tag
from kb.db import db
from kb.web.forms import is_shown

SORTS = ("used", "name", "newest")
NEVER = datetime.min.replace(tzinfo=UTC)
# Lists of tags kept in one process, one for each viewer; some 200 kB each where there are two thousand tags.
MOST_KEPT = 64

# (viewer) -> {tag's name: how many items with it this viewer may see}. Filled by kb.app.
count_tags: list[Callable[[Viewer], Mapping[str, int]]] = []
# (viewer) -> {tag's name: when the first item with it was made that this viewer may see}. Filled by kb.app.
first_uses: list[Callable[[Viewer], Mapping[str, datetime]]] = []


@dataclass(frozen=True, slots=True)
class Known:
    """A tag as one viewer knows it. instead: the tag that a retired one leads to.

    synonyms: what was written down for it. words: those, and what leads here by way of a retired tag, with its name.
    """

    name: str
    count: int
    is_retired: bool = False
    instead: str | None = None
    synonyms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All that is written down, whoever may see it. synonyms: word → tag; meanings: word → where that leads at last."""

    created_at: Mapping[str, datetime]
    retired: frozenset[str]
    synonyms: Mapping[str, str]
    meanings: Mapping[str, str]

    def same(self) -> list[tuple[str, ...]]:
        """The words that mean the same, each tag's together."""
        together: dict[str, set[str]] = {}
        for word, tag in self.meanings.items():
            together.setdefault(tag, {tag}).add(word)
        return [tuple(sorted(words)) for words in together.values()]


def tag_name(typed: str) -> str:
    text = "".join(sign for sign in typed if is_shown(sign)).strip().lstrip("#").lower()
    return " ".join(text.split())


def meant(typed: str) -> str:
    """The name of the tag that a typed word stands for, whether or not there is one."""
    name = tag_name(typed)
    return vocabulary().meanings.get(name, name)


def known(viewer: Viewer) -> Mapping[str, Known]:
    """By name. A retired tag is known to curators, who can bring it back, and not offered to others."""
    return _kept(viewer)


def suggest(viewer: Viewer, typed: str, limit: int) -> list[Known]:
    """What somebody may mean who typed this much: what begins so, then what holds it, the most used first.

    A synonym leads to its tag. Nothing typed: the most used.
    """
    return sorted(found(viewer, typed, retired=False), key=_likeliest(tag_name(typed)))[:limit]


def found(viewer: Viewer, typed: str = "", *, retired: bool = True) -> list[Known]:
    """The tags whose name or a synonym holds what was typed."""
    part = tag_name(typed)
    return [
        tag
        for tag in known(viewer).values()
        if (retired or not tag.is_retired) and (part in tag.name or any(part in word for word in tag.words))
    ]


def in_order(viewer: Viewer, tags: Iterable[Known], sort: str) -> list[Known]:
    """The newest by what the viewer may see with it: when a tag was made tells of who had it in private before."""
    by_name = sorted(tags, key=lambda tag: tag.name)
    if sort == "name":
        return by_name
    if sort == "used":
        return sorted(by_name, key=lambda tag: tag.count, reverse=True)
    firsts: dict[str, datetime] = {}
    for first in first_uses:
        firsts |= first(viewer)
    return sorted(by_name, key=lambda tag: firsts.get(tag.name, NEVER), reverse=True)


def vocabulary() -> Vocabulary:
    """Kept until the next change of who may see what, which every change of tags is."""
    version = _version()
    kept: dict[str, tuple[int, Vocabulary]] = current_app.extensions.setdefault("kb.vocabulary", {})
    if kept.get("", (None,))[0] != version:
        kept[""] = (version, _load())
    return kept[""][1]


def meanings_in(synonyms: Mapping[str, str]) -> dict[str, str]:
    """Each word's tag at the end of the way: a retired tag may lead on to another. A circle leads nowhere."""
    found = {}
    for word in synonyms:
        at, passed = word, {word}
        while at in synonyms and synonyms[at] not in passed:
            at = synonyms[at]
            passed.add(at)
        found[word] = at
    return found


def _likeliest(part: str) -> Callable[[Known], tuple[bool, int, str]]:
    def place(tag: Known) -> tuple[bool, int, str]:
        begins = any(word.startswith(part) for word in (tag.name, *tag.words))
        return not begins, -tag.count, tag.name

    return place


def _kept(viewer: Viewer) -> Mapping[str, Known]:
    version = _version()
    # By viewer, which is a value. In one process: a change elsewhere shows in the version.
    kept: dict[Viewer, tuple[int, Mapping[str, Known]]] = current_app.extensions.setdefault("kb.tags", {})
    mine = kept.get(viewer)
    if not mine or mine[0] != version:
        mine = (version, _known(viewer))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[viewer] = mine
    return mine[1]


def _known(viewer: Viewer) -> dict[str, Known]:
    counts: dict[str, int] = {}
    for count in count_tags:
        counts |= count(viewer)
    house = vocabulary()
    synonyms = _by_tag((word, tag) for word, tag in house.synonyms.items() if word not in house.retired)
    words = _by_tag(house.meanings.items())
    names = counts.keys() | (house.retired | words.keys() if viewer.is_curator else set())
    return {
        name: Known(
            name,
            counts.get(name, 0),
            name in house.retired,
            house.meanings.get(name),
            tuple(synonyms.get(name, ())),
            tuple(words.get(name, ())),
        )
        for name in names
        if viewer.is_curator or name not in house.retired
    }


def _by_tag(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word, tag in sorted(pairs):
        words.setdefault(tag, []).append(word)
    return words


def _load() -> Vocabulary:
    tags = db.session.execute(select(Tag.name, Tag.created_at, Tag.retired_at)).all()
    synonyms = dict(db.session.execute(select(Synonym.word, Synonym.tag_name)).all())
    return Vocabulary(
        created_at={name: created_at for name, created_at, _ in tags},
        retired=frozenset(name for name, _, retired_at in tags if retired_at),
        synonyms=synonyms,
        meanings=meanings_in(synonyms),
    )


def _version() -> int:
    return db.session.scalar(select(AccessVersion.number)) or 0
