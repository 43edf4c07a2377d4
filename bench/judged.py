"""Searches whose right answer is known, made from the rows of bench/corpus.py as people remember what they saw.

Eight kinds, each from rows of its own. Two seeds draw from disjoint halves of the sessions: what was chosen on one is
reported on the other. No person wrote these; they compare engines and recipes, and don't foretell a colleague's luck.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

from same import PAIRS

from kb.search.query import QUESTION_WORDS

Row = dict[str, Any]

KINDS = ("title", "how-to", "title prefix", "description", "cue", "typo", "inflected", "synonym")
# Of these the second is known, too.
SPOKEN = ("cue", "typo", "inflected", "synonym")
# With sixty of each, the mean of a kind is off by .03 from one seed to the next.
OF_EACH = 200
# Words that can be said; of names as programs write them a part would be found nowhere.
WORD = re.compile(r"(?<![^\s(\[\"'])[A-Za-z]+(?:['-][A-Za-z]+)*(?![^\s.,:;!?)\]\"'])")
# Who remembers a talk remembers what was special in it: words that at most one in so many holds.
COMMON = 10
LETTERS = "abcdefghijklmnopqrstuvwxyz"
QUESTIONS = ("how do I {}", "how can I {}?", "what is {}", "how does {} work", "where do I find {}", "how to use {}")


@dataclass(frozen=True)
class Judged:
    """row, session: what is right. at_s: when its words begin to be said together, for each time that they are."""

    kind: str
    typed: str
    row: str
    session: str
    at_s: tuple[float, ...] = ()


class Words:
    """In how many of the rows each word stands."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = len(rows)
        self.spread: Counter[str] = Counter()
        for row in rows:
            self.spread.update(set(words(" ".join((row["title"], row["description"], *_said(row))))))

    def is_telling(self, word: str) -> bool:
        return len(word) > 3 and word not in QUESTION_WORDS and self.spread[word] <= self.rows / COMMON

    def telling(self, text: str) -> list[str]:
        return list(dict.fromkeys(filter(self.is_telling, words(text))))


def words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def judged(rows: Sequence[Row], *, seed: int, of_each: int = OF_EACH) -> list[Judged]:
    known = Words(rows)
    chance = Random(seed)
    half = [row for row in rows if crc32(row["session"].encode()) % 2 == seed % 2]
    chance.shuffle(half)
    left = iter(half)
    made = []
    for kind in KINDS:
        found = _of_kind(kind, left, known, chance)
        made += [query for query, _ in zip(found, range(of_each), strict=False)]
    return made


def _of_kind(kind: str, rows: Iterator[Row], known: Words, chance: Random) -> Iterator[Judged]:
    make: dict[str, Callable[[Row, Words, Random], str | None]] = {
        "title": _title,
        "how-to": _how_to,
        "title prefix": _title_prefix,
        "description": _description,
    }
    for row in rows:
        if kind in SPOKEN:
            spoken = _spoken(kind, row, known, chance)
            if spoken:
                yield Judged(kind, spoken[0], row["id"], row["session"], spoken[1])
        elif typed := make[kind](row, known, chance):
            yield Judged(kind, typed, row["id"], row["session"])


def _title(row: Row, known: Words, chance: Random) -> str | None:
    said = [word for word in dict.fromkeys(words(row["title"])) if word not in QUESTION_WORDS and len(word) > 1]
    return " ".join(said[:6]) if len(said) > 1 and any(map(known.is_telling, said)) else None


def _how_to(row: Row, known: Words, chance: Random) -> str | None:
    said = known.telling(row["title"])
    return chance.choice(QUESTIONS).format(" ".join(said[:4])) if len(said) > 1 else None


def _title_prefix(row: Row, known: Words, chance: Random) -> str | None:
    """Still typing: the last of its first words has two to four letters."""
    first = words(row["title"])[:3]
    if len(first) < 2 or len(first[-1]) < 5 or not any(map(known.is_telling, first)):
        return None
    return " ".join([*first[:-1], first[-1][: chance.randint(2, 4)]])


def _description(row: Row, known: Words, chance: Random) -> str | None:
    return _some(known.telling(row["description"]), chance)


def _spoken(kind: str, row: Row, known: Words, chance: Random) -> tuple[str, tuple[float, ...]] | None:
    """Three to five of the words of a sentence or two, in their order, and when these are said.

    Documentation repeats itself, to the word: who remembers a sentence is helped wherever it is said.
    """
    at = chance.randrange(max(1, len(row["cues"]) - 2))
    cues = row["cues"][at : at + 2]
    typed = _some(known.telling(" ".join(cue["text"] for cue in cues)), chance)
    if not typed:
        return None
    chosen = typed.split()
    if kind == "typo":
        changed = _mistyped(chosen, known, chance)
    elif kind == "inflected":
        changed = _inflected(chosen, known)
    elif kind == "synonym":
        changed = _said_otherwise(chosen, row, chance)
    else:
        changed = chosen
    return (" ".join(changed), tuple(_together(chosen, row["cues"]))) if changed else None


def _together(chosen: Sequence[str], cues: Sequence[dict[str, Any]]) -> Iterator[float]:
    """When the first of the words is said, wherever two cues hold them all."""
    sought = set(chosen)
    said = [sought & set(words(cue["text"])) for cue in cues]
    for at, cue in enumerate(cues):
        if said[at] and sought <= said[at].union(*said[at + 1 : at + 2]):
            yield cue["start"]


def _some(telling: Sequence[str], chance: Random) -> str | None:
    if len(telling) < 3:
        return None
    chosen = set(chance.sample(list(telling), k=min(len(telling), chance.randint(3, 5))))
    return " ".join(word for word in telling if word in chosen)


def _mistyped(chosen: Sequence[str], known: Words, chance: Random) -> list[str] | None:
    """One slip of the fingers in one word, which nobody writes so."""
    at = chance.choice([at for at, word in enumerate(chosen) if len(word) > 4] or [-1])
    if at < 0:
        return None
    word = chosen[at]
    for _ in range(20):
        wrong = _slipped(word, chance)
        if not known.spread[wrong]:
            return [*chosen[:at], wrong, *chosen[at + 1 :]]
    return None


def _slipped(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, here, next_, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    return chance.choice(
        (
            before + next_ + here + after,
            before + next_ + after,
            before + here + here + next_ + after,
            before + chance.choice(LETTERS) + next_ + after,
        )
    )


def _inflected(chosen: Sequence[str], known: Words) -> list[str] | None:
    """Every word in another form of it that somebody uses; two at least have one."""
    changed = [next((form for form in _forms(word) if known.spread[form]), word) for word in chosen]
    return changed if sum(a != b for a, b in zip(chosen, changed, strict=True)) > 1 else None


def _forms(word: str) -> Iterator[str]:
    if word.endswith("ies"):
        yield word[:-3] + "y"
    elif word.endswith("ing"):
        yield from (word[:-3] + "ed", word[:-3], word[:-3] + "e")
    elif word.endswith("ed"):
        yield from (word[:-2] + "ing", word[:-2], word[:-1])
    elif word.endswith("s") and not word.endswith("ss"):
        yield from (word[:-1], word[:-2])
    elif word.endswith("e"):
        yield from (word[:-1] + "ing", word + "s")
    else:
        yield from (word + "s", word + "ing")


def _said_otherwise(chosen: Sequence[str], row: Row, chance: Random) -> list[str] | None:
    """One word as another house would say it, which does not stand in the row."""
    places = [at for at, word in enumerate(chosen) if word in PAIRS]
    if not places:
        return None
    at = chance.choice(places)
    other = PAIRS[chosen[at]]
    standing = set(words(" ".join((row["title"], row["description"], *_said(row)))))
    return None if other in standing else [*chosen[:at], other, *chosen[at + 1 :]]


def _said(row: Row) -> list[str]:
    return [cue["text"] for cue in row["cues"]]
