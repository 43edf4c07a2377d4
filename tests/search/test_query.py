from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.contract import Query
from kb.index.memory import MemoryIndex
from kb.search.query import FILTERS, Typed, Wanted, item_is, parse, to_query, wanted, with_words, without


def test_words_of_a_question_are_dropped() -> None:
    assert parse("How do I restart the pod?").words == ("restart", "pod?")
    assert parse("what\u2019s my branch").words == ("branch",)


def test_a_question_of_question_words_alone_keeps_them() -> None:
    assert parse("how to").words == ("how", "to")


def test_quotes_make_phrases_straight_or_curly() -> None:
    assert parse('"access denied" windows “event viewer”').phrases == (("access", "denied"), ("event", "viewer"))
    assert parse('"access denied" windows').words == ("windows",)


def test_an_unbalanced_quote_is_nothing() -> None:
    assert parse('access "denied') == Typed(words=("access", "denied"), last_is_prefix=True)


def test_a_minus_excludes_words_and_phrases_but_options_of_commands_are_words() -> None:
    assert parse('git -merge -"fast forward" now').excluded == ("merge", "fast", "forward")
    assert parse("tar -xzf rm -rf kubectl -n git --force").words == (
        *("tar", "-xzf", "rm", "-rf", "kubectl", "-n", "git", "--force"),
    )


def test_filters_are_kept_as_text() -> None:
    typed = parse('Tag:git category:"Dev tools" by:anna rebase')
    assert typed.filters == (("tag", "git"), ("category", "Dev tools"), ("by", "anna"))
    assert typed.words == ("rebase",)


@pytest.mark.parametrize("word", ["C:\\Users", "http://example.org", "tag:", "std::vector"])
def test_what_only_looks_like_a_filter_is_a_word(word: str) -> None:
    assert parse(word).words == (word,)


@pytest.mark.parametrize(
    ("typed", "is_prefix"),
    [
        ("reb", True),
        ("git reb", True),
        ("git reb ", False),
        ('reb "a b"', False),
        ("reb tag:x", False),
        ("reb the", False),
    ],
)
def test_only_a_word_that_is_still_being_typed_is_a_prefix(typed: str, is_prefix: bool) -> None:
    assert parse(typed).last_is_prefix is is_prefix


def test_a_pasted_log_is_cut_to_its_first_words() -> None:
    typed = parse("error " * 5_000)
    assert len(typed.words) <= 24
    assert not typed.last_is_prefix


def test_of_a_flood_of_filters_the_first_are_taken_each_once() -> None:
    flood = " ".join(f"tag:{at} by:a" for at in range(90))
    assert parse(flood).filters == (("tag", "0"), ("by", "a"), *(("tag", str(at)) for at in range(1, 11)))


def test_control_characters_part_words_and_are_never_kept() -> None:
    assert parse("git\x00merge\u202e\ud800rebase").words == ("git", "merge", "rebase")


def test_nothing_typed_is_empty() -> None:
    assert parse(" \t ").is_empty
    assert parse('""').is_empty
    assert not parse("tag:git").is_empty


@given(st.text(max_size=200) | st.text('"-: tagby\u202e\x00\n', max_size=200))
def test_nothing_that_is_typed_fails(text: str) -> None:
    typed = parse(text)
    index = MemoryIndex()
    query = replace(to_query(typed), tags=tuple(value for key, value in typed.filters if key == "tag"))
    index.search(query, visible=frozenset())
    wanted(query, {}, index.analyse)
    assert all(key in FILTERS and value for key, value in typed.filters)
    rest = text
    for key, value in typed.filters:
        rest = without(rest, item_is(key, value))
    assert not parse(rest).filters
    assert parse(rest).words == typed.words
    assert all(phrase for phrase in typed.phrases)


def test_one_filter_is_taken_out_of_what_was_typed() -> None:
    typed = 'reset category:"Dev tools" "access denied" TAG:git'
    assert without(typed, item_is("category", "Dev tools")) == 'reset "access denied" TAG:git'
    assert without(typed, item_is("tag", "git")) == 'reset category:"Dev tools" "access denied"'


def test_corrected_words_stand_in_the_place_of_those_typed_and_nowhere_else() -> None:
    assert with_words('brnach "brnach b" tag:brnach brnaches', {"brnach": "branch"}) == (
        'branch "brnach b" tag:brnach brnaches'
    )


def test_wanted_are_the_corrected_words_and_those_of_phrases_with_their_parts() -> None:
    query = Query(("brnach", "snake_case", "reb"), phrases=(("access", "denied"),), last_is_prefix=True)
    found = wanted(query, {"brnach": "branch"}, MemoryIndex().analyse)
    assert Wanted("branch", "branch", written="branch") in found
    assert {"snake_case", "snake", "case", "access", "denied"} <= {word.exact for word in found}
    assert [word.exact for word in found if word.prefix] == ["reb"]
