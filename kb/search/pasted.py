"""Something pasted (a log, a trace, what an error dialog says) taken apart: of its many words few tell which error it
is. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from kb.index.contract import Token
from kb.search.query import QUESTION_WORDS

Analyse = Callable[[str], Sequence[Token]]

# On one line more words than anybody types, and among them some that are no words of a language.
LONG = 12
CODE_WORDS = 2
# A log is long; its beginning and its end, each so many signs, say what happened.
LONGEST = 20_000
MOST_LINES = 60
LONGEST_LINE = 12
# What is searched of it.
TELLING_LINES = 3
WORDS_OF_LINE = 6
# So many of its words say how telling a line is.
WORDS_THAT_TELL = 3
# A line that tells much less than the best one would only bring in others' errors.
WORTH_SEARCHING = 0.5

_CODE = re.compile(r"[\\/_=<>{}()\[\]@#$]|\w[.:-]\w|[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# What differs each time: whose machine it was, when, and where in a file or in memory.
_DIFFERS = re.compile(
    rf"""\d{{4}}[-/.]\d\d[-/.]\d\d (?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?
       | \d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}
       | \b(?:{_MONTHS})[a-z]*\.?\ +\d{{1,2}}\b
       | \b\d{{1,2}}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\ ?[AP]M\b)?
       | \b[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b
       | \b0x[0-9a-f]{{9,}}\b
       | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+)?\b
       | \[\d+\]
       | \bline\ \d+,?
       | ^[\w.-]+@[\w.-]+[:\ ][^\s$#%>]*\s?[$#%>]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLACE_IN_FILE = re.compile(r"(\.\w{1,5}):\d+(?::\d+)?")
_FOLDERS = re.compile(r"""(?<![\w.:/\\])(?:[A-Za-z]:|~)?(?:[\\/][^\s\\/:"'<>|]+)*[\\/](?=[^\s\\/:"'<>|]+)""")
_PIECES = re.compile(r"\s{2,}|\t|(?<=[.;!])\s+|\s[|]\s")
_NUMBER = re.compile(r"\W*\d{1,3}\W*")
_NAMES_A_NUMBER = re.compile(r"(?:error|code|status|http|exit|errno)\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """text: as pasted, without what differs each time. words: the rarest of it, to search for, in their order."""

    text: str
    words: tuple[str, ...]


def is_pasted(typed: str) -> bool:
    lines = [line for line in _ends(typed).splitlines() if line.strip()]
    if len(lines) > 1:
        return True
    words = _ends(typed).split()
    return len(words) > LONG and sum(bool(_CODE.search(word)) for word in words) >= CODE_WORDS


def lines(typed: str) -> list[str]:
    """The different lines of it without what differs each time, from its beginning and its end. One long line is
    taken for several."""
    found = [line for line in _ends(typed).splitlines() if line.strip()]
    pieces = [piece for line in found for piece in _pieces(line)]
    cleaned = list(dict.fromkeys(filter(None, map(_cleaned, pieces))))
    half = MOST_LINES // 2
    return cleaned if len(cleaned) <= MOST_LINES else cleaned[:half] + cleaned[-half:]


def stems_of(lines: Iterable[str], analyse: Analyse) -> list[str]:
    return list(dict.fromkeys(token.stem for line in lines for token in analyse(line)))


def telling(lines: Iterable[str], spread: Mapping[str, int], of: int, analyse: Analyse) -> list[Line]:
    """The lines that tell most, the best first. spread: stem → how many of all documents hold it. of: all of them.

    A word that stands nowhere can't be found, and so tells nothing.
    """
    weighed = []
    for line in lines:
        weights = _weights(line, spread, of, analyse)
        rarest = sorted(weights, key=lambda word: -weights[word])[:WORDS_OF_LINE]
        if rarest:
            words = tuple(word for word in weights if word in rarest)
            # Squared: one word of a single error tells more than many of what every dialog says.
            weighed.append((sum(weights[word] ** 2 for word in rarest[:WORDS_THAT_TELL]), Line(line, words)))
    weighed.sort(key=lambda each: -each[0])
    return list(_apart(weighed))


def _ends(typed: str) -> str:
    return typed if len(typed) <= 2 * LONGEST else f"{typed[:LONGEST]}\n{typed[-LONGEST:]}"


def _apart(weighed: Sequence[tuple[float, Line]]) -> Iterator[Line]:
    """Those that are worth searching and say something new."""
    said: set[str] = set()
    count = 0
    for weight, line in weighed:
        if count == TELLING_LINES or weight < WORTH_SEARCHING * weighed[0][0]:
            return
        if not said.issuperset(line.words):
            said.update(line.words)
            count += 1
            yield line


def _pieces(line: str) -> Iterator[str]:
    """A line as it is or, where it is longer than one is, its sentences, cut where those are as long."""
    if len(line.split()) <= 2 * LONGEST_LINE:
        yield line
        return
    for piece in _PIECES.split(line):
        words = piece.split()
        yield from (" ".join(words[at : at + LONGEST_LINE]) for at in range(0, len(words), LONGEST_LINE))


def _cleaned(line: str) -> str:
    kept: list[str] = []
    for word in _FOLDERS.sub("", _PLACE_IN_FILE.sub(r"\1", _DIFFERS.sub(" ", line.strip()))).split():
        if not _NUMBER.fullmatch(word) or (kept and _NAMES_A_NUMBER.fullmatch(kept[-1])):
            kept.append(word)
    return " ".join(kept)


def _weights(line: str, spread: Mapping[str, int], of: int, analyse: Analyse) -> dict[str, float]:
    """Word to search for → how telling it is. Of a compound that stands nowhere as a whole those parts that do."""
    weights: dict[str, float] = {}
    for chunk in line.split():
        tokens = analyse(chunk)
        wholes = [token for token in tokens if not token.part and spread.get(token.stem)]
        parts = [token for token in tokens if token.part and spread.get(token.stem) and not token.exact.isdigit()]
        for token in wholes or parts:
            if token.exact in QUESTION_WORDS:
                continue
            word = token.exact if token.part else chunk[token.start : token.end]
            weights[word] = log(1 + of / (1 + spread[token.stem]))
    return weights
