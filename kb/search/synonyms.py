"""Which of the words somebody searches for mean the same as others, as curators wrote it down: with the tags, and in
the glossary."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from flask import current_app

from kb.categories.glossary import Known, glossary
from kb.categories.vocabulary import vocabulary
from kb.hands import hands
from kb.index.contract import Same, Token
from kb.search.query import in_sequence

Stems = tuple[str, ...]
House = tuple[Mapping[str, str], tuple[Known, ...]]


def synonyms_of(words: Sequence[str]) -> tuple[Same, ...]:
    """What the house takes for the same as these words. Whether anything holds those is asked as of any other word."""
    house = (vocabulary().meanings, glossary().words)
    kept: dict[str, tuple[House, Synonyms]] = current_app.extensions.setdefault("kb.synonyms", {})
    known = kept.get("")
    if not known or known[0] != house:
        groups = [*vocabulary().same(), *((word.written, *word.heard) for word in glossary().words if word.heard)]
        known = kept[""] = (house, Synonyms(groups, hands().index.analyse))
    return known[1].of(words)


class Synonyms:
    """groups: texts of one or more words that mean the same. analyse: the index's own. Pure."""

    def __init__(self, groups: Iterable[Sequence[str]], analyse: Callable[[str], Sequence[Token]]) -> None:
        self._analyse = analyse
        # By the stem that a text begins with: all its stems, and the texts that mean the same.
        self._beginning: dict[str, list[tuple[Stems, Sequence[str]]]] = defaultdict(list)
        for group in groups:
            for text in group:
                if stems := self._stems(text):
                    self._beginning[stems[0]].append((stems, group))

    def of(self, words: Sequence[str]) -> tuple[Same, ...]:
        """Compounds are told apart into their parts, so that `multi-factor` and `multi factor` are one."""
        places = [(at, token.stem) for at, word in enumerate(words) for token in in_sequence(self._analyse(word))]
        stems = tuple(stem for _, stem in places)
        found = []
        for start, (first, stem) in enumerate(places):
            for sought, group in self._beginning.get(stem, ()):
                end = start + len(sought)
                if stems[start:end] == sought and _is_whole(places, start, end):
                    others = tuple(tuple(text.split()) for text in group if self._stems(text) != sought)
                    found.append(Same(first, places[end - 1][0] + 1, others))
        return tuple(same for same in found if same.others)

    def _stems(self, text: str) -> Stems:
        return tuple(token.stem for word in text.split() for token in in_sequence(self._analyse(word)))


def _is_whole(places: Sequence[tuple[int, str]], start: int, end: int) -> bool:
    """Whether whole words were typed: `pod` is no synonym's word within `pod_name`."""
    begins = start == 0 or places[start - 1][0] != places[start][0]
    ends = end == len(places) or places[end][0] != places[end - 1][0]
    return begins and ends
