import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.analysis import Analyser
from kb.index.memory import light_stem

ANALYSER = Analyser({"en": light_stem})


def exact(text: str) -> set[str]:
    return {token.exact for token in ANALYSER.analyse(text)}


@pytest.mark.parametrize(
    ("written", "found_by"),
    [
        ("snake_case", {"snake_case", "snake", "case"}),
        ("NullPointerException", {"nullpointerexception", "null", "pointer", "exception"}),
        ("java.lang.NullPointerException:", {"java.lang.nullpointerexception", "nullpointerexception", "lang", "null"}),
        ("C:\\Users\\anna", {"c:\\users\\anna", "users", "anna"}),
        ("v2.14.1,", {"v2.14.1", "2.14.1", "14"}),
        ("0x80070005", {"0x80070005", "80070005"}),
        ("--force-with-lease", {"--force-with-lease", "force", "lease"}),
        ("-n", {"-n"}),
        ("foo()", {"foo"}),
        ("re-index", {"reindex", "index"}),
        ("python3", {"python3", "python"}),
        ("C++", {"c++"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("/etc/hosts", {"/etc/hosts", "hosts"}),
        ("全文检索", {"全文", "检索"}),
        ("Café", {"cafe"}),
        ("don\u2019t", {"dont"}),
        ("team's", {"team"}),
    ],
)
def test_a_compound_is_a_word_as_a_whole_and_by_its_parts(written: str, found_by: set[str]) -> None:
    assert found_by <= exact(f"see {written} here")


@pytest.mark.parametrize("word", ["iPhone", "OAuth", "IDs", "APIs", "s3", "Terminal"])
def test_a_single_letter_is_no_part(word: str) -> None:
    assert exact(word) == {word.lower()}


@pytest.mark.parametrize("nothing", ["", "  \n", "—", "🚀", "...", "\x00"])
def test_punctuation_and_emoji_are_no_words(nothing: str) -> None:
    assert ANALYSER.analyse(nothing) == []


def test_forms_of_a_word_share_their_stem() -> None:
    merging, merged = ANALYSER.analyse("Merging merged")
    assert merging.stem == merged.stem != merging.exact


@given(st.text())
def test_every_token_lies_in_the_text_and_holds_a_letter_or_digit(text: str) -> None:
    for token in ANALYSER.analyse(text):
        assert 0 <= token.start < token.end <= len(text)
        assert any(character.isalnum() for character in text[token.start : token.end])
        assert not any(character.isspace() for character in text[token.start : token.end])


@given(st.text(), st.text())
def test_a_text_is_analysed_as_its_pieces_between_white_space(left: str, right: str) -> None:
    together = [(t.exact, t.start) for t in ANALYSER.analyse(f"{left} {right}")]
    apart = [(t.exact, t.start) for t in ANALYSER.analyse(left)]
    apart += [(t.exact, t.start + len(left) + 1) for t in ANALYSER.analyse(right)]
    assert together == apart


def test_words_in_a_row_have_positions_in_a_row() -> None:
    placed = [(token.exact, position) for token, position in ANALYSER.placed("rename snake_case now")]
    assert placed == [("rename", 0), ("snake_case", 1), ("snake", 1), ("case", 2), ("now", 3)]


def test_words_without_end_are_not_kept_in_memory() -> None:
    """Each of these has a thousand parts; every search may bring another."""
    analyser = Analyser({"en": light_stem})
    tracemalloc.start()
    try:
        for at in range(100):
            analyser.analyse(f"{at}-" + "aB" * 1_000)
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept_bytes < 1_000_000
