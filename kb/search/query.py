"""What somebody typed into the search box, taken apart. Pure; never fails, whatever was typed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.index.contract import Query, Same, Token

# A pasted log may be any length; the first words say what it is about.
LONGEST_TYPED = 1_000
MOST_WORDS = 24
# Each is looked up by itself, and answered with a search without it.
MOST_FILTERS = 12

FILTERS = ("tag", "category", "by", "in", "lang", "before", "after")

# Words of a question that say nothing about its subject. Kept if there is nothing else ("how to").
QUESTION_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about an and any are as at be been by can could did do does doing for from had has have help how i i'd i'm if
        in is it its me my need of on one or our please shall should show so some that the their them then there these
        this to us use using want was way we were what what's when where which who why will with would you your
        """,
    )
)

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_QUOTES = re.compile("[“”„«»]")
_ITEM = re.compile(
    rf"""(?P<minus>-?)"(?P<phrase>[^"]*)"
       | (?P<key>{"|".join(FILTERS)}):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))
       | (?P<word>[^\s"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_EXCLUDED = re.compile(r"-(?=[^\W\d_]{3})(?=.*[aeiouyäöüáéíóú])(?P<word>[^\W\d_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """filters: (key, text as typed) for keys of FILTERS, for the caller to find the ids of."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    last_is_prefix: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.filters)


class Wanted(NamedTuple):
    """A word to look for in a text. prefix: also the start of a longer one.

    stands_for: the stems of the words that it is a synonym of; then: the stems that must follow it to be that.
    written: with all that must follow it, as typed; of that other languages than English make their stems.
    """

    stem: str
    exact: str
    prefix: bool = False
    stands_for: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    written: str = ""


def parse(typed: str) -> Typed:
    """Take apart words, "phrases", -excluded words and filters: `tag:x`, `category:"x y"`. What FILTERS lacks is words.

    `-n`, `-rf` and `--force` are words, for people look for those: a minus excludes only what can be spoken and has
    three letters or more.
    """
    text = _cleaned(typed)
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[str] = []
    filters: list[tuple[str, str]] = []
    last_word_ends = -1
    for item in _ITEM.finditer(text):
        if item["key"]:
            filters.append((item["key"].lower(), item["quoted"] or item["value"]))
        elif item["phrase"] is not None:
            phrase = tuple(item["phrase"].split())
            if item["minus"]:
                excluded += phrase
            elif phrase:
                phrases.append(phrase)
        elif minus := _EXCLUDED.fullmatch(item["word"]):
            excluded.append(minus["word"])
        else:
            words.append(item["word"])
            last_word_ends = item.end()
    kept = _telling(words)[:MOST_WORDS]
    still_typing = bool(kept) and last_word_ends == len(text) == len(typed) and kept[-1] == words[-1]
    return Typed(
        tuple(kept),
        tuple(phrases[:MOST_WORDS]),
        tuple(excluded[:MOST_WORDS]),
        tuple(dict.fromkeys(filters))[:MOST_FILTERS],
        still_typing,
    )


def to_query(typed: Typed, *, same: tuple[Same, ...] = ()) -> Query:
    """For the words alone. same: of `typed.words` (see kb.search.synonyms). A phrase is meant as it was typed."""
    return Query(typed.words, typed.phrases, typed.excluded, typed.last_is_prefix, same=same)


def without(typed: str, dropped: Callable[[re.Match[str]], bool]) -> str:
    """What was typed, without those items of it (see `item_is`)."""
    return " ".join(item.group() for item in _ITEM.finditer(_cleaned(typed)) if not dropped(item))


def with_words(typed: str, others: Mapping[str, str]) -> str:
    """What was typed, with other words in the place of some."""
    items = _ITEM.finditer(_cleaned(typed))
    return " ".join(others.get(item["word"], item.group()) if item["word"] else item.group() for item in items)


def unquoted(typed: str) -> str:
    """What was typed, its phrases as words."""
    items = _ITEM.finditer(_cleaned(typed))
    return " ".join(item.group() if item["minus"] else item["phrase"] or item.group() for item in items)


def is_filter(item: re.Match[str]) -> bool:
    return item["key"] is not None


def is_excluded(item: re.Match[str]) -> bool:
    return bool(item["minus"] or _EXCLUDED.fullmatch(item["word"] or ""))


def item_is(key: str, text: str) -> Callable[[re.Match[str]], bool]:
    """Whether an item of what was typed is this one of `Typed.filters`."""
    return lambda item: (item["key"] or "").lower() == key and text == (item["quoted"] or item["value"])


def wanted(query: Query, corrected: Mapping[str, str], analyse: Callable[[str], Sequence[Token]]) -> list[Wanted]:
    """Return what to mark in the texts of hits. corrected: as the index answered.

    A compound is wanted as a whole and by its parts.
    """
    words = [corrected.get(word, word) for word in query.words]
    found = [
        _wanted(word, token, prefix=query.last_is_prefix and at == len(words) - 1 and not token.part)
        for at, word in enumerate(words)
        for token in analyse(word)
    ]
    found += [_wanted(word, token) for phrase in query.phrases for word in phrase for token in analyse(word)]
    found += [synonym for same in query.same for synonym in _synonyms(query.words, same, analyse)]
    return list(dict.fromkeys(found))


def _wanted(word: str, token: Token, *, prefix: bool = False) -> Wanted:
    return Wanted(token.stem, token.exact, prefix, written=word[token.start : token.end])


def in_sequence(tokens: Sequence[Token]) -> Sequence[Token]:
    """Of the tokens of what stands between two white spaces those that follow each other: the parts of a compound."""
    return [token for token in tokens if token.part] or tokens[:1]


def _synonyms(words: Sequence[str], same: Same, analyse: Callable[[str], Sequence[Token]]) -> Iterable[Wanted]:
    stands_for = tuple(token.stem for word in words[same.first : same.end] for token in analyse(word)[:1])
    for other in same.others:
        tokens = [token for word in other for token in in_sequence(analyse(word))]
        if tokens:
            then = tuple(token.stem for token in tokens[1:])
            yield Wanted(tokens[0].stem, tokens[0].exact, False, stands_for, then, " ".join(other))


def _cleaned(typed: str) -> str:
    return _QUOTES.sub('"', _UNPRINTABLE.sub(" ", typed[:LONGEST_TYPED]))


def _telling(words: list[str]) -> list[str]:
    telling = [word for word in words if word.strip("?!.,;:").lower().replace("\u2019", "'") not in QUESTION_WORDS]
    return telling or words
