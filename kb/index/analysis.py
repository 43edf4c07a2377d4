"""Text to words, for every engine alike, so that what is highlighted is what was found.

Words are split at white space. A compound (`snake_case`, `NullPointerException`, `C:\\Users`, `v2.14.1`, `--force`) is
a word as a whole and by its parts. English stems; other scripts keep their words, and Chinese and Japanese, which
have no spaces, are cut into pairs of characters.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from kb.index.contract import Token

# Longer "words" are encoded data or run-on addresses; their parts are kept.
LONGEST_WHOLE = 64
# Of a word with its punctuation, about 400 bytes each.
CACHED_CHUNKS = 1 << 15

_CHUNK = re.compile(r"\S+")
_CJK = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['\u2019][^\W_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
# Quotation marks, brackets and stops of several scripts.
_OPENING = (
    "\"'`()[]{}<>*,;:!?|=\u2026\xbf\xa1\xab\xbb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
    "\u3001\u3002\u300c\u300d\uff08\uff09"
)
_CLOSING = _OPENING + ".-/\\&^~"
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_ACRONYM_PLURAL = re.compile(r"[A-Z]{2,}s")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_VERSION = re.compile(r"v(?=\d)", re.IGNORECASE)
_HEX = re.compile(r"0x(?=[0-9a-f]+$)", re.IGNORECASE)
_NUMBERED = re.compile(r"([^\W\d_]{3,})(\d+)")
_POSSESSIVE = re.compile(r"['\u2019]s$", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f]")


class Chunk(NamedTuple):
    """What stands between two white spaces. wholes: usually one; parts: empty unless it is a compound."""

    wholes: tuple[Token, ...]
    parts: tuple[Token, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.wholes + self.parts

    @property
    def in_sequence(self) -> tuple[Token, ...]:
        """What follows each other in a phrase."""
        return self.parts or self.wholes[:1]


class Analyser:
    """stem: a lower-case English word → its stem; called once a word, as chunks are cached."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem_english = stem
        self.chunk: Callable[[str], Chunk] = lru_cache(CACHED_CHUNKS)(self._chunk)

    def analyse(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        for match in _CHUNK.finditer(text):
            at, chunk = match.start(), self.chunk(match.group())
            if at:
                tokens += [token._replace(start=at + token.start, end=at + token.end) for token in chunk.tokens]
            else:
                tokens += chunk.tokens
        return tokens

    def placed(self, text: str) -> Iterator[tuple[Token, int]]:
        """Yield each token with its position, counted in words; a compound stands where its first part does."""
        position = 0
        for chunk in map(self.chunk, text.split()):
            for whole in chunk.wholes:
                yield whole, position
            for part in chunk.parts:
                yield part, position
                position += 1
            if chunk.wholes and not chunk.parts:
                position += 1

    def words(self, text: str) -> list[Chunk]:
        return [chunk for chunk in map(self.chunk, text.split()) if chunk.tokens]

    def _chunk(self, text: str) -> Chunk:
        start = len(text) - len(text.lstrip(_OPENING))
        core = text[start:].rstrip(_CLOSING)
        spans = [span for run in _RUN.finditer(core) for span in _spans(run.group(), run.start())]
        if not spans:
            return Chunk((), ())
        if spans == [(0, len(core))]:
            return Chunk((self._token(_fold(core), start, start + len(core), part=False),), ())
        return Chunk(
            tuple(self._token(whole, start, start + len(core), part=False) for whole in _wholes(core)),
            tuple(self._token(_fold(core[a:b]), start + a, start + b, part=True) for a, b in spans),
        )

    def _token(self, exact: str, start: int, end: int, *, part: bool) -> Token:
        is_english = exact.isascii() and exact.isalpha()
        return Token(self._stem_english(exact) if is_english else exact, exact, start, end, part)


def _wholes(core: str) -> list[str]:
    """The spellings by which a compound is found as a whole."""
    if len(core) > LONGEST_WHOLE:
        return []
    folded = _fold(core)
    if _HYPHENATED.fullmatch(core):
        return [folded.replace("-", "")]
    if _VERSION.match(core):
        return [folded, folded[1:]]
    return [folded]


def _spans(run: str, at: int) -> list[tuple[int, int]]:
    """Cut a run of letters and digits into words."""
    if _IS_CJK.match(run):
        return [(at + i, at + i + 2) for i in range(len(run) - 1)] or [(at, at + 1)]
    if prefix := _VERSION.match(run) or _HEX.match(run):
        return [(at + prefix.end(), at + len(run))]
    if numbered := _NUMBERED.fullmatch(run):
        return [(at + a, at + b) for a, b in (numbered.span(1), numbered.span(2))]
    humps = [(at + hump.start(), at + hump.end()) for hump in _CAMEL.finditer(run)] if _is_camel(run) else []
    # iPhone and OAuth are one word: a single letter is no part.
    if sum(b - a > 1 for a, b in humps) > 1:
        return humps
    return [(at, at + len(run))]


def _is_camel(run: str) -> bool:
    return run.isascii() and run.isalnum() and not run[1:].islower() and not _ACRONYM_PLURAL.fullmatch(run)


def _fold(word: str) -> str:
    """Lower case, without accents, apostrophes and a possessive s."""
    if word.isascii() and "'" not in word:
        return word.lower()
    word = _POSSESSIVE.sub("", word).replace("'", "").replace("\u2019", "")
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
