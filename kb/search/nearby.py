"""Where to go from a search that found nothing: by what its asker may see, as everything else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.accounts.rules import Viewer
from kb.categories.vocabulary import meant
from kb.hands import hands
from kb.index.contract import Query
from kb.screencasts import queries
from kb.search.asked import Asked
from kb.search.dates import start_of
from kb.search.query import is_excluded, is_filter, unquoted, without
from kb.search.results import Broader, Narrowing, Nearby, Shower
from kb.search.understanding import Meaning, understand

# Of a pasted log not every word is worth a search of its own, nor is each of the hundred filters of a made-up address.
MOST_WORDS = 8
MOST_FILTERS = 8
MOST_PEOPLE = 5
CLOSEST = 20
# Of a word that stands nowhere so much must begin a word of a title that is close to it.
SHORTEST_START = 4


def nearby(viewer: Viewer, asked: Asked, meaning: Meaning, ids: frozenset[str]) -> Nearby:
    """ids: what the index may be asked about. Raises IndexBroken."""
    words = _words(meaning)
    return Nearby(
        words={word: near for word in words[:MOST_WORDS] if (near := _nearest(word, ids))},
        broader=tuple(_broader(viewer, asked, meaning, ids)),
        people=tuple(_people(viewer, words, ids)),
    )


def empty_filters(narrowings: Sequence[Narrowing], ids: frozenset[str]) -> Iterator[str]:
    """Sentences about those filters by which nothing at all is left. Raises IndexBroken."""
    for each in narrowings[:MOST_FILTERS]:
        query = _alone(each)
        if query and not _total(query, ids):
            yield f"Nothing that you can see {_EMPTY[each.name].format(each)}."


_EMPTY = {"tag": "has the tag “{0.label}”", "language": "is in “{0.label}”", "category": "lies in “{0.label}”"}
_EMPTY |= {"before": "was made before {0.value}", "after": "was made since {0.value}"}


def _alone(narrowing: Narrowing) -> Query | None:
    match narrowing.name:
        case "tag":
            return Query(tags=(meant(narrowing.value),))
        case "language":
            return Query(language=narrowing.value)
        case "category" if narrowing.value:
            return Query(category=narrowing.value)
        case "before":
            return Query(until=start_of(narrowing.value))
        case "after":
            return Query(since=start_of(narrowing.value))
    return None


def _words(meaning: Meaning) -> list[str]:
    typed = meaning.typed
    return list(dict.fromkeys((*typed.words, *(word for phrase in typed.phrases for word in phrase))))


def _nearest(word: str, ids: frozenset[str]) -> tuple[str, ...]:
    corrected = hands().index.search(Query(words=(word,)), visible=ids, limit=1).corrected
    return tuple(corrected.values())


def _broader(viewer: Viewer, asked: Asked, meaning: Meaning, ids: frozenset[str]) -> Iterator[Broader]:
    """The same search without each thing that holds it back, and without all of them, where that finds something."""
    ways = [(each.label, each.without) for each in meaning.narrowings[:MOST_FILTERS]]
    if meaning.typed.phrases:
        ways.append(("the quotes", replace(asked, typed=unquoted(asked.typed))))
    if meaning.typed.excluded:
        label = " ".join(f"“-{word}”" for word in meaning.typed.excluded)
        ways.append((label, replace(asked, typed=without(asked.typed, is_excluded))))
    if len(meaning.narrowings) > 1:
        ways.append(("all filters", Asked(without(asked.typed, is_filter), sort=asked.sort)))
    for label, way in ways:
        query = understand(viewer, way).query
        if query and (total := _total(query, ids)):
            yield Broader(label, way, total)


def _people(viewer: Viewer, words: list[str], ids: frozenset[str]) -> Iterator[Shower]:
    """The authors of what holds any of the words or, where nothing does, of titles with a word that begins alike."""
    index = hands().index
    found = [hit.id for hit in index.search(Query(tuple(words)), visible=ids, limit=CLOSEST).hits] if words else []
    for word in words[:MOST_WORDS] if not found else ():
        if len(word) > SHORTEST_START:
            start = word[: max(SHORTEST_START, len(word) * 2 // 3)]
            found += index.suggest(start, visible=ids, limit=CLOSEST)
    authors = [each.author for each in queries.by_ids(viewer, list(dict.fromkeys(found))[:CLOSEST])]
    names = {author.id: author.name for author in authors}
    for person_id, count in Counter(author.id for author in authors).most_common(MOST_PEOPLE):
        yield Shower(person_id, names[person_id], count)


def _total(query: Query, ids: frozenset[str]) -> int:
    return hands().index.search(query, visible=ids, limit=1).total
