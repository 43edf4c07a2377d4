"""What is left out of a text before its words are told apart must hold none of those that are wanted."""

from pathlib import Path

import pytest

from kb.index.whoosh import WhooshIndex
from kb.search.marks import Passage, finder, flat, sieve
from kb.search.query import Wanted, parse, to_query, wanted
from kb.transcripts.plain_words import PLAIN_WORDS

WHOOSH = WhooshIndex(Path("nowhere"))

ENDINGS = (
    "",
    "s",
    "es",
    "ed",
    "ing",
    "er",
    "ers",
    "ly",
    "ness",
    "ful",
    "ation",
    "ational",
    "ability",
    "ible",
    "ism",
    "'s",
)
IRREGULAR = "die dying dies lie lying tie tying sky skies skiing ski idly gently ugly early only singly news".split()
WRITTEN = [
    ("e-mail", "email"),
    ("email", "E-Mail"),
    ("café", "CAFÉ"),
    ("dont", "don’t"),
    ("force-with-lease", "--force-with-lease"),
    ("0x80070005", "(0x80070005)"),
    ("80070005", "0x80070005"),
    ("2.14.1", "v2.14.1"),
    ("nullpointerexception", "java.lang.NullPointerException:"),
    ("snake", "snake_case"),
    ("users", "C:\\Users\\anna"),
    ("日本", "日本語で"),
]


def meant(typed: str) -> list[Wanted]:
    return wanted(to_query(parse(typed)), {}, WHOOSH.analyse)


def stem(word: str) -> str:
    return WHOOSH.analyse(word, "en")[0].stem


def test_every_form_of_a_word_passes_for_every_other() -> None:
    by_stem: dict[str, set[str]] = {}
    for word in [*IRREGULAR, *(plain + ending for plain in PLAIN_WORDS for ending in ENDINGS)]:
        if word.isalpha() or word.endswith("'s"):
            by_stem.setdefault(stem(word), set()).add(word)
    assert len(by_stem) > 1_000
    for forms in by_stem.values():
        for form in forms:
            may_hold = sieve([Wanted(stem(form), WHOOSH.analyse(form, "en")[0].exact)]).search
            assert [other for other in forms if not may_hold(flat(other))] == []


@pytest.mark.parametrize(("typed", "text"), WRITTEN)
def test_what_is_written_in_another_way_is_marked(typed: str, text: str) -> None:
    found = finder(tuple(meant(typed)), WHOOSH.analyse)
    assert found.match(Passage(0, 1, f"before {text} after", language="en"))


def test_what_no_wanted_word_begins_like_is_left_out() -> None:
    assert not sieve([Wanted("kubernet", "kubernetes")]).search(flat("Open the printer's window"))
    assert not sieve([]).search("anything")
