"""A recording as steps to read, of its chapters and what is said."""

from kb.transcripts.chapters.drafting import Said
from kb.transcripts.chapters.steps import steps
from kb.transcripts.models import Chapter

SAID = [
    Said(0, 9_000, "Um, open the form."),
    Said(20_000, 29_000, "Uh, name the trip, er, and save."),
    Said(29_500, 40_000, "Then send it."),
]


def chapter(start_ms: int, title: str, text: str | None = None) -> Chapter:
    return Chapter(id=title, start_ms=start_ms, title=title, text=text)


def test_each_step_has_what_is_said_in_it_without_the_sounds_of_thinking() -> None:
    found = steps([chapter(0, "Open"), chapter(20_000, "Name")], SAID, duration_ms=45_000, scenes_ms=[])
    assert [(each.title, each.text) for each in found] == [
        ("Open", "open the form."),
        ("Name", "name the trip, and save. Then send it."),
    ]
    assert [(each.start_ms, each.end_ms) for each in found] == [(0, 20_000), (20_000, 45_000)]


def test_a_sentence_whose_first_word_is_left_out_still_begins_as_one() -> None:
    said = [Said(0, 1_000, "Open the form."), Said(1_000, 2_000, "Um, everything goes in here.")]
    assert steps([], said, duration_ms=2_000, scenes_ms=[])[0].text == "Open the form. Everything goes in here."


def test_what_people_wrote_for_it_stands_in_place_of_what_is_said() -> None:
    [found] = steps([chapter(0, "Open", "Press the blue button.")], SAID, duration_ms=45_000, scenes_ms=[])
    assert (found.text, found.is_written) == ("Press the blue button.", True)


def test_what_is_said_before_the_first_chapter_is_not_lost() -> None:
    [found] = steps([chapter(20_000, "Name")], SAID, duration_ms=45_000, scenes_ms=[])
    assert found.start_ms == 20_000
    assert "open the form" in found.text


def test_a_sentence_that_goes_on_into_the_next_step_stays_whole() -> None:
    found = steps([chapter(0, "One"), chapter(28_000, "Two")], SAID, duration_ms=45_000, scenes_ms=[])
    assert found[0].text.endswith("save.")
    assert found[1].text == "Then send it."


def test_without_chapters_all_of_it_is_one_step() -> None:
    [found] = steps([], SAID, duration_ms=45_000, scenes_ms=[])
    assert (found.start_ms, found.end_ms, found.title) == (0, 45_000, "")
    assert found.text.endswith("Then send it.")
    [nothing] = steps([], [], duration_ms=0, scenes_ms=[])
    assert (nothing.text, nothing.still_ms) == ("", 0)


def test_its_picture_is_of_the_screen_once_that_has_settled() -> None:
    chapters = [chapter(0, "One"), chapter(20_000, "Two"), chapter(22_000, "Short"), chapter(23_000, "Last")]
    found = steps(chapters, [], duration_ms=60_000, scenes_ms=[0, 23_500, 26_000, 50_000])
    assert [each.still_ms for each in found] == [2_000, 21_000, 22_500, 27_500]
