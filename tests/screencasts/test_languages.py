"""Languages by their tags. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.screencasts.languages import LONGEST_TAG, language_name, language_tag, languages_to_choose


@pytest.mark.parametrize(
    ("tag", "usual", "name"),
    [
        ("EN", "en", "English"),
        ("gsw", "gsw", "Swiss German"),
        ("pt-br", "pt-BR", "Portuguese (Brazil)"),
        ("es-419", "es-419", "Spanish (Latin America)"),
        ("ZH-hans", "zh-Hans", "Chinese (Simplified)"),
        ("zh-hant-tw", "zh-Hant-TW", "Chinese (Traditional, Taiwan)"),
        ("sr-LATN", "sr-Latn", "Serbian (Latin)"),
        ("de-1996", "de-1996", "German (German orthography of 1996)"),
    ],
)
def test_a_language_is_written_in_one_way_and_has_a_name(tag: str, usual: str, name: str) -> None:
    assert (language_tag(tag), language_name(usual)) == (usual, name)


@pytest.mark.parametrize(
    "tag",
    ["", "e", "english", "xx", "qaa", "en_US", "en-", "-en", "en-ZZZZ", "en-QQ", "en-ZZ", "en-US-Latn", "en-Latn-Cyrl",
     "de-DE-AT", "und", "mul", "zxx", "root", "en\n", "en\x00", "../en", "en/../x", "%2e%2e", "ｅｎ", "еn",
     "en-" + "abcdefgh-" * 3],
)  # fmt: skip
def test_what_is_on_no_list_is_no_language(tag: str) -> None:
    with pytest.raises(ValueError, match="language"):
        language_tag(tag)


@given(st.text(max_size=30))
def test_a_language_is_a_word_that_could_never_be_a_path(tag: str) -> None:
    try:
        found = language_tag(tag)
    except ValueError:
        return
    assert len(found) <= LONGEST_TAG
    assert found.isascii()
    assert found.replace("-", "").isalnum()


def test_all_that_can_be_chosen_can_be_taken_and_has_a_name_of_its_own() -> None:
    offered = [each for group in languages_to_choose().values() for each in group]
    assert all(language_tag(tag) == tag and name != tag for tag, name in offered)
    assert len({name for _, name in offered}) == len({tag for tag, _ in offered}) == len(offered)
    assert {"en", "de", "pt-BR", "zh-Hans", "sr-Latn", "gsw", "cy"} <= {tag for tag, _ in offered}


def test_a_tag_that_nobody_knows_is_its_own_name() -> None:
    assert language_name("qaa") == "qaa"
