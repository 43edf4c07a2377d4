"""Text to words, for every engine alike, so that what is highlighted is what was found.

Words are split at white space. A compound (`snake_case`, `NullPointerException`, `C:\\Users`, `v2.14.1`, `--force`) is
a word as a whole and by its parts. Words are stemmed by the language of their text, where there is a stemmer for it;
Chinese and Japanese, which have no spaces, are cut into pairs of characters.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kb.index.contract import Token

# Another whenever the analysis gives other words: an index of the former is then rebuilt, whichever engine keeps it.
VERSION = 2
# Of texts whose language nobody knows.
DEFAULT = "en"
# Longer "words" are encoded data or run-on addresses; their parts are kept.
LONGEST_WHOLE = 64
# Of a word with its punctuation, about 400 bytes each. What is longer, and has a hundred times as many parts, seldom
# comes again: kept, a few thousand searches for such would fill the memory.
CACHED_CHUNKS, LONGEST_CACHED = 1 << 15, 40

_CHUNK = re.compile(r"\S+")
_CJK = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['\u2019][^\W_{_CJK}]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
# Quotation marks, brackets and stops of several scripts.
OPENING = (
    "\"'`()[]{}<>*,;:!?|=\u2026\xbf\xa1\xab\xbb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
    "\u3001\u3002\u300c\u300d\uff08\uff09"
)
_CLOSING = OPENING + ".-/\\&^~"
_PLAIN = re.compile("[A-Za-z][a-z]*")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_ACRONYM_PLURAL = re.compile(r"[A-Z]{2,}s")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_VERSION = re.compile(r"v(?=\d)", re.IGNORECASE)
_HEX = re.compile(r"0x(?=[0-9a-f]+$)", re.IGNORECASE)
_NUMBERED = re.compile(r"([^\W\d_]{3,})(\d+)")
_POSSESSIVE = re.compile(r"['\u2019]s$", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f]")
# Endings by which a stemmer knows forms of one word, as they are typed without accents.
LEFT_OUT = {
    "es": ((re.compile("ion$"), "ión"),),
    "pt": ((re.compile("cao$"), "ção"), (re.compile("coes$"), "ções")),
}


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
    """stemmers: primary language subtag → what makes the stem of a lower-case word; called once a word, as chunks are
    cached. They need one for English; words of languages without are their own stems.
    """

    def __init__(self, stemmers: Mapping[str, Callable[[str], str]]) -> None:
        self._stemmers = stemmers
        self._cached_chunk: Callable[[str, str], Chunk] = lru_cache(CACHED_CHUNKS)(self._made_chunk)

    def analyse(self, text: str, language: str = "") -> list[Token]:
        """language: any BCP 47 tag. The same text has the same tokens in all, but for their stems."""
        language = self._known(language)
        tokens: list[Token] = []
        for match in _CHUNK.finditer(text):
            at, chunk = match.start(), self._chunk(match.group(), language)
            if at:
                tokens += [token._replace(start=at + token.start, end=at + token.end) for token in chunk.tokens]
            else:
                tokens += chunk.tokens
        return tokens

    def placed(self, text: str, language: str = "") -> Iterator[tuple[Token, int]]:
        """Yield each token with its position, counted in words; a compound stands where its first part does."""
        position = 0
        for chunk in self.words(text, language):
            for whole in chunk.wholes:
                yield whole, position
            for part in chunk.parts:
                yield part, position
                position += 1
            if chunk.wholes and not chunk.parts:
                position += 1

    def words(self, text: str, language: str = "") -> list[Chunk]:
        language = self._known(language)
        return [chunk for each in text.split() if (chunk := self._chunk(each, language)).tokens]

    def written(self, text: str) -> set[str]:
        """Return the words as somebody would write them amid a sentence: in lower case, with their accents."""
        found: set[str] = set()
        for each in set(text.split()):
            tokens = self._chunk(each, "").tokens
            found.update(
                token.exact if each.isascii() else _as_written(each[token.start : token.end]) for token in tokens
            )
        return found

    def stems(self, text: str, languages: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return of each token, by its exact form, the stems that it has in texts of these languages."""
        found: dict[str, dict[str, None]] = {}
        for language in languages:
            for chunk in self.words(text, language):
                for token in chunk.tokens:
                    found.setdefault(token.exact, {})[token.stem] = None
        return {exact: tuple(stems) for exact, stems in found.items()}

    def _known(self, language: str) -> str:
        """Which analysis a text gets; languages without a stemmer share one, that has no name."""
        primary = primary_subtag(language) or DEFAULT
        return primary if primary in self._stemmers else ""

    def _chunk(self, text: str, language: str) -> Chunk:
        return (self._cached_chunk if len(text) <= LONGEST_CACHED else self._made_chunk)(text, language)

    def _made_chunk(self, text: str, language: str) -> Chunk:
        start = len(text) - len(text.lstrip(OPENING))
        core = text[start:].rstrip(_CLOSING)
        # As most are: what follows would find the same.
        if _PLAIN.fullmatch(core):
            exact = core.lower()
            return Chunk((Token(self._stem(core, exact, language), exact, start, start + len(core)),), ())
        spans = [span for run in _RUN.finditer(core) for span in _spans(run.group(), run.start())]
        if not spans:
            return Chunk((), ())

        def token(written: str, a: int, b: int, *, part: bool) -> Token:
            exact = fold(written)
            return Token(self._stem(written, exact, language), exact, start + a, start + b, part)

        if spans == [(0, len(core))]:
            return Chunk((token(core, 0, len(core), part=False),), ())
        # Who types java.lang.NullPointerException, or nullpointerexception, means that one word of it, too.
        named = [run.span() for run in _RUN.finditer(core) if run.group() != core and _is_name(run.group())]
        wholes = [token(whole, 0, len(core), part=False) for whole in _wholes(core)]
        return Chunk(
            tuple(wholes + [token(core[a:b], a, b, part=False) for a, b in named]),
            tuple(token(core[a:b], a, b, part=True) for a, b in spans),
        )

    def _stem(self, written: str, exact: str, language: str) -> str:
        """Stems of other languages than English bear its name: the English `die` is not the German one."""
        if not language or not exact.isalpha():
            return exact
        if language == DEFAULT:
            return self._stemmers[DEFAULT](exact) if exact.isascii() else exact
        # Stemmers know endings by their accents, and those who type leave the accents out.
        typed = _POSSESSIVE.sub("", written.lower()).replace("\u2019", "'")
        for ending, accented in LEFT_OUT.get(language, ()):
            typed = ending.sub(accented, typed)
        return f"{language}:{fold(self._stemmers[language](typed))}"


def primary_subtag(language: str) -> str:
    """Of a BCP 47 tag: `de` of `de-AT`."""
    return language.replace("_", "-").partition("-")[0].lower()


def _wholes(core: str) -> list[str]:
    """The spellings by which a compound is found as a whole."""
    if len(core) > LONGEST_WHOLE:
        return []
    folded = fold(core)
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


def _is_name(run: str) -> bool:
    """Whether it is one word to programs, though of several parts: HTTPServerError."""
    return _is_camel(run) and len(run) <= LONGEST_WHOLE and len(_spans(run, 0)) > 1


def _is_camel(run: str) -> bool:
    return run.isascii() and run.isalnum() and not run[1:].islower() and not _ACRONYM_PLURAL.fullmatch(run)


def _as_written(word: str) -> str:
    return unicodedata.normalize("NFC", _POSSESSIVE.sub("", word).lower())


def fold(word: str) -> str:
    """Lower case, without accents, apostrophes and a possessive s."""
    if "'" in word or "\u2019" in word:
        word = _POSSESSIVE.sub("", word).replace("'", "").replace("\u2019", "")
    if word.isascii():
        return word.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
