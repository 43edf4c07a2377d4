"""What is meant by what somebody asked: filters in words and beside them become what the index is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.vocabulary import meant
from kb.db import db
from kb.errors import NotFound
from kb.hands import hands
from kb.index.contract import IndexBroken, Query
from kb.screencasts import queries
from kb.screencasts.languages import language_name, language_tag, languages_to_choose
from kb.screencasts.models import Screencast
from kb.search.asked import AGES, LENGTHS, SOURCES, Asked
from kb.search.dates import start_of
from kb.search.facets import SOURCE_LABELS
from kb.search.findable import findable
from kb.search.pasted import Line, is_pasted, lines, stems_of, telling
from kb.search.query import Typed, item_is, parse, to_query, without
from kb.search.results import Narrowing
from kb.search.synonyms import synonyms_of

# How a filter is written in words → its name in the address.
NAMES = {"tag": "tag", "category": "category", "by": "author", "in": "source", "lang": "language"}
NAMES |= {"before": "before", "after": "after"}


@dataclass(frozen=True)
class Meaning:
    """query: None where nothing can be found: nothing was asked, or a filter names what is not there.

    notes: sentences about what could not be taken as it was asked. lines: of something pasted, what is searched of it.
    """

    typed: Typed
    query: Query | None
    narrowings: tuple[Narrowing, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


def understand(viewer: Viewer, asked: Asked) -> Meaning:
    told = _telling_lines(viewer, asked.typed) if is_pasted(asked.typed) else ()
    typed = Typed(tuple(dict.fromkeys(word for line in told for word in line.words))) if told else parse(asked.typed)
    reading = _Reading(viewer, asked)
    for name, value in _chosen(asked):
        reading.take(name, value)
    for key, text in typed.filters:
        reading.read(key, text)
    query = reading.query(typed)
    return Meaning(typed, query, tuple(reading.narrowings), tuple(reading.notes), told)


def _telling_lines(viewer: Viewer, pasted: str) -> tuple[Line, ...]:
    """By what the index holds that the viewer may see; none if it can't answer, or knows none of the words."""
    index, ids, every = hands().index, findable(viewer), lines(pasted)
    try:
        spread = index.spread(stems_of(every, index.analyse), visible=ids)
    except IndexBroken:
        # Told of where it is searched.
        return ()
    return tuple(telling(every, spread, len(ids), index.analyse))


def _chosen(asked: Asked) -> Iterable[tuple[str, str]]:
    """The filters beside the words: (name, value)."""
    yield from (("tag", tag) for tag in asked.tags)
    for name in ("category", "author", "language", "length", "age", "source"):
        if value := getattr(asked, name):
            yield name, value


class _Reading:
    """Collects filters, and sentences about those that can't hold."""

    def __init__(self, viewer: Viewer, asked: Asked) -> None:
        self._viewer = viewer
        self._asked = asked
        self._names_nothing = False
        self.narrowings: list[Narrowing] = []
        self.notes: list[str] = []

    def take(self, name: str, value: str) -> None:
        """A filter beside the words, by its value."""
        others = {"tags": tuple(tag for tag in self._asked.tags if tag != value)} if name == "tag" else {name: None}
        rest = replace(self._asked, **others)
        if name == "category":
            self._keep_category(_category(value), "There is no such category any more.", value, rest)
        elif name == "author":
            self._keep_author(value if value in self._authors else None, "this person", rest)
        elif name == "tag":
            self._keep(name, value, value, rest)
        else:
            self._keep(name, value, _label(name, value), rest)

    def read(self, key: str, text: str) -> None:
        """A filter in words."""
        rest = replace(self._asked, typed=without(self._asked.typed, item_is(key, text)))
        match key:
            case "tag":
                self._keep("tag", text, text, rest)
            case "category":
                self._keep_category(_category_named(text), f"There is no category called “{text}”.", text, rest)
            case "by":
                self._keep_author(self._person_named(text), f"anybody called “{text}”", rest)
            case "in" if text.lower() in SOURCES:
                self._keep("source", text.lower(), SOURCE_LABELS[text.lower()], rest)
            case "lang" if language := _language_named(text):
                self._keep("language", language, language_name(language), rest)
            case "before" | "after" if start_of(text):
                self._keep(key, text, f"{key.title()} {text}", rest)
            case _:
                self.notes.append(f"“{key}:{text}” was left out. {_HOW_TO_WRITE[key]}")

    def query(self, typed: Typed) -> Query | None:
        if self._names_nothing or not (typed.words or typed.phrases or self.narrowings):
            return None
        if not self._fits_together():
            return None
        length, age = self._one("length"), self._one("age")
        return replace(
            to_query(typed, same=synonyms_of(typed.words)),
            category=self._deepest(self._all("category")),
            tags=tuple(map(meant, self._all("tag"))),
            author=self._one("author"),
            fields=tuple(SOURCES[source] for source in self._all("source")),
            language=self._one("language"),
            since=max(self._dates("after"), default=None),
            until=min(self._dates("before"), default=None),
            length=list(LENGTHS).index(length) if length else None,
            age=list(AGES).index(age) if age else None,
        )

    def _keep(self, name: str, value: str, label: str, rest: Asked) -> None:
        self.narrowings.append(Narrowing(name, value, label, rest))

    def _keep_category(self, category: Category | None, missing: str, text: str, rest: Asked) -> None:
        if category:
            self._keep("category", category.id, category.name, rest)
        else:
            self._miss("category", text, missing, rest)

    def _keep_author(self, person_id: str | None, who: str, rest: Asked) -> None:
        if person_id:
            self._keep("author", person_id, self._authors[person_id], rest)
        else:
            self._miss("author", who, f"Nothing that you can see was shown by {who}.", rest)

    def _miss(self, name: str, text: str, note: str, rest: Asked) -> None:
        self._keep(name, "", text, rest)
        self._names_nothing = True
        self.notes.append(note)

    @cached_property
    def _authors(self) -> dict[str, str]:
        """By id the names of those who have shown something that the viewer may see."""
        shown = select(Screencast.author_id).where(queries.seen_by(self._viewer))
        return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(shown))).all())

    def _person_named(self, text: str) -> str | None:
        """Of those who have shown something to the asker: by the name, else by the start of a part of it."""
        known, sought = self._authors, text.casefold()
        alike = sorted(known, key=lambda each: (known[each].casefold() != sought, known[each].casefold(), each))
        found = [each for each in alike if _is_called(known[each].casefold(), sought)]
        if found and len(found) > 1 and known[found[0]].casefold() != sought:
            others = ", ".join(f"by:“{known[each]}”" for each in found[1:4])
            self.notes.append(f"“by:{text}” was taken for {known[found[0]]}. Others are called so, too: {others}.")
        return found[0] if found else None

    def _fits_together(self) -> bool:
        """Whether anything can pass all the filters; says so where not."""
        for name, what in (("author", "by two people"), ("language", "in two languages at once")):
            if len(set(self._all(name))) > 1:
                self.notes.append(f"Nothing is {what}. Take one of these filters away.")
                return False
        if len(self._all("category")) > 1 and not self._deepest(self._all("category")):
            self.notes.append("Nothing lies in two categories at once. Take one of these filters away.")
            return False
        after, before = self._dates("after"), self._dates("before")
        if after and before and max(after) >= min(before):
            dates = f"since {after[max(after)]} and before {before[min(before)]}"
            self.notes.append(f"Nothing was made both {dates}. Take one of these filters away.")
            return False
        return True

    def _deepest(self, ids: list[str]) -> str | None:
        """Of these categories the one that lies in all others; None if they are beside each other."""
        for each in ids:
            if set(ids) <= {category.id for category in categories.path_of(categories.get(each))}:
                return each
        return None

    def _dates(self, name: str) -> dict[datetime, str]:
        """When each begins, and as it was written."""
        return {date: text for text in self._all(name) if (date := start_of(text))}

    def _all(self, name: str) -> list[str]:
        return [each.value for each in self.narrowings if each.name == name]

    def _one(self, name: str) -> str | None:
        return next(iter(self._all(name)), None)


_HOW_TO_WRITE = {
    "in": f"Write in: with one of {', '.join(SOURCES)}.",
    "lang": "Write a language as lang:de or lang:german.",
    "before": "Write a date as before:2026, before:2026-05 or before:2026-05-03.",
    "after": "Write a date as after:2026, after:2026-05 or after:2026-05-03.",
}


def _category(address: str) -> Category | None:
    try:
        return categories.get(address)
    except NotFound:
        return None


def _category_named(text: str) -> Category | None:
    sought = text.casefold()
    return next((each for each in categories.every() if sought in (each.name.casefold(), each.slug)), None)


def _is_called(name: str, sought: str) -> bool:
    return name.startswith(sought) or any(part.startswith(sought) for part in name.split())


def _language_named(text: str) -> str | None:
    """Without its region: a search in a language is for all of them."""
    try:
        tag = language_tag(text)
    except ValueError:
        names = {name.casefold(): tag for group in languages_to_choose().values() for tag, name in group}
        tag = names.get(text.casefold(), "")
    return tag.partition("-")[0] or None


def _label(name: str, value: str) -> str:
    match name:
        case "language":
            return language_name(value)
        case "length":
            return LENGTHS[value]
        case "age":
            return AGES[value]
        case _:
            return SOURCE_LABELS[value]
