"""The counts of an answer's facets with names that people read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from kb.accounts.models import Person
from kb.categories import actions as categories
from kb.categories.vocabulary import meant
from kb.db import db
from kb.screencasts.languages import language_name
from kb.search.asked import AGES, LENGTHS, SOURCES
from kb.search.results import Facet, Narrowing

Counts = Mapping[str, int]

MOST_TAGS = 20
MOST_AUTHORS = 10
SOURCE_LABELS = {"title": "Title", "notes": "Notes", "speech": "Said", "screen": "On the screen"}


def labelled(counts: Mapping[str, Counts], narrowings: Iterable[Narrowing]) -> dict[str, list[Facet]]:
    """By name. counts: as the index gives them. What the search is narrowed to stays, even at 0, to be taken back."""
    kept: dict[str, dict[str, str]] = {name: {} for name in _LISTED}
    for each in narrowings:
        if each.name in kept and each.value:
            kept[each.name][each.value] = each.label
    return {name: list_of(counts.get(name, {}), kept[name]) for name, list_of in _LISTED.items()}


def as_counted(narrowing: Narrowing, counts: Mapping[str, Counts]) -> Narrowing:
    """A synonym as the tag that it stands for, if the asker sees that in the hits; else it must not tell its name."""
    tag = meant(narrowing.value) if narrowing.name == "tag" else ""
    return replace(narrowing, value=tag, label=tag) if tag in counts.get("tag", {}) else narrowing


def _categories(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
    """In the order of the tree, each with what is below it."""
    return [
        Facet(each.id, each.name, counts.get(each.id, 0))
        for each in categories.placed()
        if each.id in counts or each.id in kept
    ]


def _tags(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
    return [Facet(tag, tag, counts.get(tag, 0)) for tag in _most(counts, kept, MOST_TAGS)]


def _authors(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
    most = _most(counts, kept, MOST_AUTHORS)
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(most))).all())
    return [Facet(each, kept.get(each) or names.get(each, ""), counts.get(each, 0)) for each in most]


def _languages(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
    return [Facet(tag, language_name(tag), counts.get(tag, 0)) for tag in _most(counts, kept, len(counts))]


def _placed(labels: Mapping[str, str]) -> Callable[[Counts, Mapping[str, str]], list[Facet]]:
    """Of a scale: the index counts by the place of a value on it."""

    def listed(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
        found = [Facet(value, label, counts.get(str(place), 0)) for place, (value, label) in enumerate(labels.items())]
        return [facet for facet in found if facet.count or facet.value in kept]

    return listed


def _sources(counts: Counts, kept: Mapping[str, str]) -> list[Facet]:
    found = [Facet(value, SOURCE_LABELS[value], counts.get(field, 0)) for value, field in SOURCES.items()]
    return [facet for facet in found if facet.count or facet.value in kept]


def _most(counts: Counts, kept: Mapping[str, str], limit: int) -> Sequence[str]:
    """The most frequent first, those that are kept among them."""
    values = sorted((counts.keys() - {""}) | kept.keys(), key=lambda value: (-counts.get(value, 0), value))
    return [value for place, value in enumerate(values) if place < limit or value in kept]


_LISTED: Mapping[str, Callable[[Counts, Mapping[str, str]], list[Facet]]] = {
    "category": _categories,
    "tag": _tags,
    "author": _authors,
    "language": _languages,
    "length": _placed(LENGTHS),
    "age": _placed(AGES),
    "source": _sources,
}
