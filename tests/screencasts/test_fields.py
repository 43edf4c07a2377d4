"""What a person says of a screencast, read from forms and JSON alike; and what a file's name says. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.screencasts.fields import TITLE_LENGTH, Upload, Words, clean_filename, title_of
from kb.web.forms import is_shown, parse


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("2026-03-04_reset-vpn.final.mp4", "Reset vpn final"),
        ("Screen Recording 2026-03-04 at 14.03.22.mov", "Screen Recording"),
        ("screen-recording.webm", "Screen recording"),
        ("C:\\Users\\ada\\my_clip.mov", "My clip"),
        ("a\r\nb.mp4", "A b"),
        ("...", "Untitled"),
        ("", "Untitled"),
        ("___.mp4", "Untitled"),
        ("日本.mp4", "日本"),
    ],
)
def test_a_title_is_guessed_from_the_name(filename: str, title: str) -> None:
    assert title_of(filename) == title


@given(st.text(max_size=400))
def test_a_cleaned_name_has_no_path_no_control_signs_and_a_bounded_length(filename: str) -> None:
    cleaned = clean_filename(filename)
    assert len(cleaned) <= 255
    assert not set("/\\") & set(cleaned)
    assert all(map(is_shown, cleaned))
    title = title_of(filename)
    assert 0 < len(title) <= TITLE_LENGTH
    assert all(map(is_shown, title))


@pytest.mark.parametrize(
    ("given_tags", "tags"),
    [("a, b,,c", ["a", " b", "c"]), (["a,b", "c"], ["a", "b", "c"]), ([], []), ("", []), (None, [])],
)
def test_tags_are_repeated_fields_or_stand_between_commas(given_tags: object, tags: list[str]) -> None:
    assert parse(Words, {"tags": given_tags}).tags == tags


@pytest.mark.parametrize("values", [5, True, {"a": 1}, 1.5, [["a"]], [None], [{}], [1]])
def test_tags_of_another_kind_are_a_fault_of_the_field(values: object) -> None:
    with pytest.raises(Invalid) as caught:
        parse(Words, {"tags": values})
    assert list(caught.value.errors) == ["tags"]


def test_null_takes_away_and_nothing_leaves_as_it_is() -> None:
    fields = ("purpose", "description", "category", "tags")
    assert [getattr(parse(Words, dict.fromkeys(fields)), field) for field in fields] == ["", "", "", []]
    assert [getattr(parse(Words, {}), field) for field in fields] == [None] * 4


@pytest.mark.parametrize(
    ("given_draft", "draft"),
    [("true", True), ("on", True), ("1", True), ("yes", True), ("TRUE", True), (True, True), ("false", False),
     ("off", False), ("0", False), ("no", False), ("", False), (False, False)],
)  # fmt: skip
def test_a_draft_is_one_by_the_usual_words(given_draft: object, draft: bool) -> None:
    assert parse(Words, {"draft": given_draft}).draft is draft


@pytest.mark.parametrize("value", ["perhaps", "draft", [], {}, 7])
def test_another_word_for_draft_is_a_fault_and_not_a_no(value: object) -> None:
    """What somebody meant to keep to themselves would be published."""
    with pytest.raises(Invalid) as caught:
        parse(Words, {"draft": value})
    assert list(caught.value.errors) == ["draft"]


@given(
    st.dictionaries(
        st.sampled_from(sorted(Upload.model_fields)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
            max_leaves=5,
        ),
    )
)
def test_whatever_is_sent_is_read_or_refused_by_field(values: dict[str, object]) -> None:
    try:
        read = parse(Upload, values)
    except Invalid as refused:
        assert set(refused.errors) <= set(values)
        return
    for text in (read.title, read.purpose, read.description, *(read.tags or ())):
        assert "\x00" not in (text or "").encode().decode()


def test_notes_keep_their_lines_and_lose_what_no_one_can_see() -> None:
    read = parse(Words, {"description": "a\r\n\tb\x00\x07c\u202ed 🎬"})
    assert read.description == "a\n\tbcd 🎬"


def test_words_and_emoji_that_are_joined_stay_joined() -> None:
    family, persian = "👩\u200d👩\u200d👧", "می\u200cخواهم"
    read = parse(Words, {"title": f"{persian} {family}", "description": persian, "purpose": family})
    assert (read.title, read.description, read.purpose) == (f"{persian} {family}", persian, family)
