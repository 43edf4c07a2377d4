"""Which tags would suit a screencast: what stands out in its words against the rest of the library. Pure.

TF-IDF: a word counts the more the oftener it comes in the title, in what people wrote or a good engine heard, and on
the screen, and the less screencasts hold it. A tag that others with this word have is preferred to a new one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import NamedTuple

from kb.index.contract import Token
from kb.search.query import in_sequence
from kb.transcripts.plain_words import PLAIN_WORDS

Stems = tuple[str, ...]
# A tag on nothing else that has its word is worth this much of one that all of those have; a new one somewhat less.
UNUSED, NEW = 0.2, 0.1
# Those that come most are looked up in the index: of tags that are there, and of words that are none yet.
MOST_KNOWN, MOST_NEW = 20, 10
SHORTEST, LONGEST = 3, 30


class Text(NamedTuple):
    """weight: what a word in it counts. is_firm: False for a draft engine's words, which only confirm others."""

    text: str
    weight: float
    is_firm: bool = True


@dataclass(frozen=True)
class TagWords:
    """A tag that is there: how many screencasts have it, and what it is called besides."""

    name: str
    count: int
    synonyms: Sequence[str] = ()


@dataclass(frozen=True)
class Suggestion:
    """count: how many screencasts have it already; 0 for a new tag."""

    name: str
    count: int


@dataclass(frozen=True)
class Candidate:
    """places: how much its word comes, before it is known how rare it is."""

    name: str
    stems: Stems
    places: float
    count: int = 0
    is_new: bool = False


@dataclass
class Words:
    """The words of one screencast, by their stems."""

    analyse: Callable[[str], Sequence[Token]]
    # Of each text the stems one after the other, compounds told apart and whole.
    texts: list[tuple[str, str, Text]] = field(default_factory=list)
    spelled: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, text: Text) -> None:
        parts, wholes = [], []
        for chunk in text.text.split():
            tokens = self.analyse(chunk)
            parts += [token.stem for token in in_sequence(tokens)]
            # WireGuard is the tag wireguard, and of two words.
            wholes += [token.stem for token in tokens if not token.part][:1]
            for token in tokens if text.is_firm else ():
                self.spelled.setdefault(token.stem, Counter())[chunk[token.start : token.end].lower()] += 1
        self.texts.append((f" {' '.join(parts)} ", f" {' '.join(wholes)} ", text))

    def places(self, stems: Stems) -> float:
        """How much they come, side by side; 0 where a draft engine alone heard them."""
        sought = f" {' '.join(stems)} "
        counts = [(text, max(parts.count(sought), wholes.count(sought))) for parts, wholes, text in self.texts]
        if not any(count for text, count in counts if text.is_firm):
            return 0.0
        return sum(text.weight * sqrt(count) for text, count in counts)

    def stems(self, words: str) -> Stems:
        return tuple(token.stem for chunk in words.split() for token in in_sequence(self.analyse(chunk)))


def candidates(words: Words, tags: Iterable[TagWords], *, had: Iterable[str]) -> list[Candidate]:
    """The tags whose words come in it, and words that could become tags. had: tags that it has."""
    taken = {words.stems(name) for name in had}
    found = [each for each in _known(words, tags) if each.stems not in taken]
    known = taken | {each.stems for each in found}
    new = [each for each in _new(words) if each.stems not in known]
    return _most(found, MOST_KNOWN) + _most(new, MOST_NEW)


def outstanding(words: Words, limit: int = MOST_NEW) -> list[Candidate]:
    """Single words that say what it is about, those that come most first."""
    return _most(_new(words), limit)


def chosen(found: Iterable[Candidate], spread: Mapping[str, int], *, total: int, limit: int) -> list[Suggestion]:
    """The best, best first. spread: in how many of `total` screencasts each stem stands, as far as the asker sees."""
    ranked = sorted(found, key=lambda each: (-_score(each, spread, total), each.name))
    best: list[Candidate] = []
    for each in ranked:
        # `windows` says nothing beside `windows 11`.
        is_part = any(set(each.stems) <= set(other.stems) for other in best)
        if not is_part and _score(each, spread, total) > 0 and len(best) < limit:
            best.append(each)
    return [Suggestion(each.name, each.count) for each in best]


def _most(found: Iterable[Candidate], limit: int) -> list[Candidate]:
    return sorted(found, key=lambda each: (-each.places, each.name))[:limit]


def _known(words: Words, tags: Iterable[TagWords]) -> Iterator[Candidate]:
    for tag in tags:
        ways = [
            stems for name in (tag.name, *tag.synonyms) if (stems := words.stems(name)) and stems[0] in words.spelled
        ]
        best = max(ways, key=words.places, default=())
        if best and (places := words.places(best)):
            yield Candidate(tag.name, best, places, tag.count)


def _new(words: Words) -> Iterator[Candidate]:
    for stem, spellings in words.spelled.items():
        [(name, _)] = spellings.most_common(1)
        if SHORTEST <= len(name) <= LONGEST and name.isalpha() and name not in PLAIN_WORDS:
            yield Candidate(name, (stem,), words.places((stem,)), is_new=True)


def _score(candidate: Candidate, spread: Mapping[str, int], total: int) -> float:
    held = min(spread.get(stem, 0) for stem in candidate.stems)
    # A word of this one alone is a name, a number or a mistake.
    if candidate.is_new and held < 2:
        return 0.0
    rarity = log(1 + total / (1 + held))
    share = NEW if candidate.is_new else UNUSED + min(1.0, candidate.count / max(1, held))
    return candidate.places * rarity * share
