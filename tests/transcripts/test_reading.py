"""Words as a text with paragraphs and chapters. Pure."""

from kb.transcripts.cues import TimedText
from kb.transcripts.reading import LONGEST_SIGNS, Paragraph, Part, parts


def said(*cues: tuple[int, int, str]) -> list[TimedText]:
    return [TimedText(start_ms, end_ms, text) for start_ms, end_ms, text in cues]


def test_what_is_said_in_one_breath_is_one_paragraph() -> None:
    words = said((500, 2_000, "Open the\nsettings"), (2_100, 4_000, "and wait."), (6_000, 7_000, "Then restart."))
    assert parts(words) == [
        Part(0, None, [Paragraph(500, "Open the settings and wait."), Paragraph(6_000, "Then restart.")])
    ]


def test_a_chapter_begins_a_paragraph_below_its_title() -> None:
    words = said((0, 900, "Hello."), (1_000, 2_000, "First open it."), (2_000, 3_000, "Then save it."))
    assert parts(words, [(1_200, "Open"), (2_000, "Save")]) == [
        Part(0, None, [Paragraph(0, "Hello.")]),
        Part(1_200, "Open", [Paragraph(1_000, "First open it.")]),
        Part(2_000, "Save", [Paragraph(2_000, "Then save it.")]),
    ]


def test_a_chapter_without_words_is_there() -> None:
    assert parts(said((9_000, 9_500, "Done.")), [(0, "Watch"), (9_000, "End")]) == [
        Part(0, "Watch"),
        Part(9_000, "End", [Paragraph(9_000, "Done.")]),
    ]


def test_who_never_stops_is_given_paragraphs() -> None:
    sentences = said(*((n * 1_000, n * 1_000 + 1_000, "This is a sentence of forty-one letters.") for n in range(60)))
    endless = said(*((n * 1_000, n * 1_000 + 1_000, "and then there is more of it and") for n in range(90)))
    for words in (sentences, endless):
        (part,) = parts(words)
        assert len(part.paragraphs) > 2
        assert all(len(each.text) < LONGEST_SIGNS + 50 for each in part.paragraphs)
        assert " ".join(each.text for each in part.paragraphs) == " ".join(each.text for each in words)


def test_no_words_are_no_parts() -> None:
    assert parts([]) == []
