"""How the house spells its names, and what engines and colleagues make of them. The verbs of curators alone commit."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app
from sqlalchemy import select

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.models import AccessVersion
from kb.audit import AuditEntry
from kb.categories.actions import changing_the_tree
from kb.categories.models import GlossaryWord
from kb.categories.spellings import Spellings, key
from kb.db import db, now
from kb.errors import Invalid, NotFound
from kb.web.forms import is_shown

P = ParamSpec("P")
R = TypeVar("R")
LONGEST = 80
HEARD_AT_MOST = 50
WORDS_AT_MOST = 2_000


@dataclass(frozen=True)
class Known:
    """A word of the glossary as it was when it was read."""

    id: str
    written: str
    heard: tuple[str, ...]


@dataclass(frozen=True)
class Glossary:
    words: tuple[Known, ...]
    spellings: Spellings

    def found(self, typed: str) -> list[Known]:
        """Those that hold what was typed, in what is written or heard."""
        part = key(typed)
        return [word for word in self.words if any(part in key(form) for form in (word.written, *word.heard))]


def written() -> list[str]:
    """The names as the house spells them."""
    return [word.written for word in glossary().words]


def glossary() -> Glossary:
    """By name. Kept until the next change of it, each of which is told as a change of who may see what."""
    version = db.session.scalar(select(AccessVersion.number)) or 0
    kept: dict[str, tuple[int, Glossary]] = current_app.extensions.setdefault("kb.glossary", {})
    if kept.get("", (None,))[0] != version:
        kept[""] = (version, _load())
    return kept[""][1]


def get(word_id: str) -> GlossaryWord:
    if word := db.session.get(GlossaryWord, word_id):
        return word
    raise NotFound("This word is not in the glossary (any more).")


def _alone(verb: Callable[P, R]) -> Callable[P, R]:
    """Waits for any other who changes the glossary, and then finds it as that has left it."""

    @wraps(verb)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with changing_the_tree():
            return verb(*args, **kwargs)

    return done


@_alone
def add(written: str, heard: Collection[str] = (), *, by: str) -> GlossaryWord:
    """A new word; or more that is heard for one that is there. Raises Invalid where nothing would be new."""
    return _add(_Words(), written, heard, by)


@_alone
def change(word_id: str, *, by: str, written: str | None = None, heard: Iterable[str] | None = None) -> GlossaryWord:
    """What is None stays as it is."""
    word = get(word_id)
    name = word.written if written is None else _clean(written, "written")
    return _change(_Words(), word, name, word.heard if heard is None else heard, by)


@_alone
def remove(word_id: str, *, by: str) -> Known:
    """-> what it was. Texts that it has put right stay so."""
    word = get(word_id)
    was = _known(word)
    db.session.delete(word)
    access_changed()
    audit.record("deleted", "glossary", word.id, by=by, name=was.written, heard=was.heard)
    return was


@_alone
def bring_back(word_id: str, *, by: str) -> GlossaryWord:
    """As it was when it was deleted. Raises NotFound if it was not, Invalid if its words have another spelling now."""
    entry = db.session.scalar(
        select(AuditEntry)
        .filter_by(kind="glossary", act="deleted", subject_id=word_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    is_there = db.session.get(GlossaryWord, word_id) is not None
    if not entry or is_there:
        raise NotFound("There is nothing to bring back.")
    word = _Words().put(GlossaryWord(id=word_id), entry.details["name"], entry.details["heard"])
    audit.record("brought-back", "glossary", word.id, by=by, name=word.written)
    return word


@_alone
def take_in(rows: Iterable[tuple[int, str, list[str]]], *, by: str) -> int:
    """Add many: of each its line, what is written and what is heard. -> how many were new or had something new.

    Raises Invalid naming each line at fault: nothing is taken in by halves.
    """
    faults: dict[str, list[str]] = {}
    words = _Words()
    changed = set()
    for line, name, heard in rows:
        there = words.written(name)
        try:
            if not there or not {key(form) for form in heard if form.strip()} <= set(there.heard):
                changed.add(_add(words, name, heard, by).id)
        except Invalid as error:
            faults[f"line {line}"] = [text for texts in error.errors.values() for text in texts]
    if faults:
        raise Invalid("Nothing was taken in: some lines need a correction.", errors=faults)
    return len(changed)


def _add(words: "_Words", written: str, heard: Collection[str], by: str) -> GlossaryWord:
    written = _clean(written, "written")
    if there := words.written(written):
        if set(_forms(heard)) <= set(there.heard):
            raise Invalid(f"“{there.written}” is there already.", errors={"written": ["It is there already."]})
        return _change(words, there, there.written, [*there.heard, *heard], by)
    word = words.put(GlossaryWord(), written, heard)
    audit.record("added", "glossary", word.id, by=by, name=written, heard=word.heard)
    return word


def _change(words: "_Words", word: GlossaryWord, written: str, heard: Iterable[str], by: str) -> GlossaryWord:
    words.put(word, written, heard)
    audit.record("changed", "glossary", word.id, by=by, name=written, heard=word.heard)
    return word


class _Words:
    """All words, each found by what is written or heard; read once, however many are put in."""

    def __init__(self) -> None:
        self._written: dict[str, GlossaryWord] = {}
        self._heard: dict[str, GlossaryWord] = {}
        for word in db.session.scalars(select(GlossaryWord)):
            self._enter(word)

    def written(self, name: str) -> GlossaryWord | None:
        return self._written.get(key(name))

    def put(self, word: GlossaryWord, written: str, heard: Iterable[str]) -> GlossaryWord:
        """New, or as it is from now on. Raises Invalid where its words have another spelling."""
        forms = _forms(heard)
        is_new = word not in db.session
        if is_new and len(self._written) >= WORDS_AT_MOST:
            raise Invalid("The glossary is full.", errors={"written": [f"It takes at most {WORDS_AT_MOST:,} words."]})
        self._check_free(word, written, forms)
        if not is_new:
            self._leave(word)
        word.written, word.heard, word.changed_at = written, forms, now()
        db.session.add(word)
        db.session.flush()
        self._enter(word)
        access_changed()
        return word

    def _enter(self, word: GlossaryWord) -> None:
        self._written[key(word.written)] = word
        self._heard |= {key(form): word for form in word.heard}

    def _leave(self, word: GlossaryWord) -> None:
        self._written.pop(key(word.written), None)
        for form in word.heard:
            self._heard.pop(key(form), None)

    def _check_free(self, word: GlossaryWord, written: str, forms: list[str]) -> None:
        """Each word leads to one spelling, and that stays as it is. Raises Invalid."""
        errors: dict[str, list[str]] = {}
        if (other := self._written.get(key(written))) and other is not word:
            errors["written"] = [f"“{other.written}” is there already."]
        elif (other := self._heard.get(key(written))) and other is not word:
            errors["written"] = [f"“{written}” becomes “{other.written}” here. Take it out there first."]
        heard = {form: other for form in forms if (other := self._heard.get(form)) and other is not word}
        names = {form: other for form in forms if (other := self._written.get(form)) and other is not word}
        faults = [f"“{form}” becomes “{other.written}” already." for form, other in heard.items()]
        faults += [f"“{other.written}” is how the house writes it." for other in names.values()]
        if faults:
            errors["heard"] = faults
        if errors:
            raise Invalid("Some of these words have another spelling here.", errors=errors)


def _forms(heard: Iterable[str]) -> list[str]:
    forms = list(dict.fromkeys(key(_clean(form, "heard")) for form in heard if form.strip()))
    if len(forms) > HEARD_AT_MOST:
        raise Invalid("Too many words.", errors={"heard": [f"Take at most {HEARD_AT_MOST}."]})
    return forms


def _clean(typed: str, field: str) -> str:
    text = " ".join("".join(sign for sign in typed if is_shown(sign) or sign.isspace()).split())
    if not 1 <= len(text) <= LONGEST:
        raise Invalid("A word needs a correction.", errors={field: [f"Write 1 to {LONGEST} characters."]})
    if field == "heard" and len(text) < 2:
        raise Invalid("A word needs a correction.", errors={field: ["One letter alone is too little to go by."]})
    if not re.search(r"\w", text) or re.search(r"[,→]|->", text):
        raise Invalid("A word needs a correction.", errors={field: ["Write words, without commas or arrows in them."]})
    return text


def _known(word: GlossaryWord) -> Known:
    return Known(word.id, word.written, tuple(word.heard))


def _load() -> Glossary:
    words = sorted(map(_known, db.session.scalars(select(GlossaryWord))), key=lambda word: key(word.written))
    return Glossary(tuple(words), Spellings((word.written, word.heard) for word in words))
