"""What Whoosh keeps of a document, and how its words are found: by our analysis, not by Whoosh's."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from kb.index.analysis import VERSION
from kb.index.contract import Document
from kb.index.corrections import is_ordinary
from kb.index.facets import facts_of
from kb.index.ranking import BOOSTS, starts_of, weight
from kb.index.stemming import ANALYSER
from kb.index.whoosh.codec import places_of

with warnings.catch_warnings():
    # Whoosh 2.7.4 was written before Python warned of unknown escapes in strings; every start would say so.
    warnings.simplefilter("ignore")
    from whoosh import fields, formats  # type: ignore[import-untyped]

# Say another number whenever the fields change: an index of the former is then rebuilt.
FORMAT = f"whoosh-5 of words {VERSION}"

# Between texts of several languages, so that no phrase goes from one to the next.
GAP = 10

# As Whoosh wants the words of a field: each with how often, its weight, and its places in bytes.
Values = Iterator[tuple[str, int, float, bytes]]


class Stems(formats.Existence):  # type: ignore[misc]
    """Each stem with its places. These formats find the words themselves: Whoosh's analysers cost twice the time.

    They get pairs of a language and a text.
    """

    def word_values(self, value: Sequence[tuple[str, str]], analyzer: None, **kwargs: Any) -> Values:
        places: defaultdict[str, list[int]] = defaultdict(list)
        position = 0
        for language, text in value:
            first = position
            for token, at in ANALYSER.placed(text, language):
                position = first + at
                places[token.stem].append(position)
            position += GAP
        for stem, positions in places.items():
            yield stem, len(positions), float(len(positions)), places_of(positions)


class Spoken(Stems):
    """The first pair holds those words of the second that the engine was not sure of."""

    def word_values(self, value: Sequence[tuple[str, str]], analyzer: None, **kwargs: Any) -> Values:
        (language, doubtful), *spoken = value
        doubts = Counter(token.stem for token, _ in ANALYSER.placed(doubtful, language))
        for stem, count, _, places in super().word_values(spoken, analyzer, **kwargs):
            yield stem, count, weight(count, doubts[stem]), places


class OrdinaryWords(formats.Existence):  # type: ignore[misc]
    """The words as written, for corrections."""

    def word_values(self, value: str, analyzer: None, **kwargs: Any) -> Values:
        return ((word, 1, 1.0, b"") for word in ANALYSER.written(value) if is_ordinary(word))


class Starts(formats.Existence):  # type: ignore[misc]
    def word_values(self, value: str, analyzer: None, **kwargs: Any) -> Values:
        for start, count in Counter(starts_of(ANALYSER, value)).items():
            yield start, count, float(count), b""


def schema() -> Any:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        version=fields.STORED,
        facts=fields.STORED,
        title=fields.FieldType(Stems(), None, scorable=True),
        about=fields.FieldType(Stems(), None, scorable=True),
        spoken=fields.FieldType(Spoken(), None, scorable=True),
        screen=fields.FieldType(Stems(), None, scorable=True),
        starts=fields.FieldType(Starts(), None, scorable=True),
        words=fields.FieldType(OrdinaryWords(), None),
    )


def values(document: Document) -> dict[str, Any]:
    """What `schema` takes of a document."""
    texts = {name: [(document.language, getattr(document, name))] for name in BOOSTS}
    texts["spoken"] += document.translations
    written = "\n".join(text for pairs in texts.values() for _, text in pairs)
    return {
        **texts,
        "spoken": [(document.language, document.doubtful), *texts["spoken"]],
        "starts": document.title,
        "words": written,
        "id": document.id,
        "version": document.version,
        "facts": tuple(facts_of(document)),
    }
