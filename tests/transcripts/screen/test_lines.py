from kb.transcripts.cues import TimedText
from kb.transcripts.screen.lines import Box, Screen, Seen

ALL: Box = (0.0, 0.0, 1.0, 1.0)


def line(text: str, row: int = 0, *, confidence: float = 0.9, left: float = 0.1) -> Seen:
    return Seen(text, (left, 0.1 * row, left + 0.01 * len(text), 0.1 * row + 0.05), confidence)


def at(ms: int):  # type: ignore[no-untyped-def]
    return lambda _: ms


def as_rows(lines: list[TimedText]) -> list[tuple[int, int, str]]:
    return [(each.start_ms, each.end_ms, each.text) for each in lines]


def test_a_line_stands_from_the_change_that_brought_it_to_the_change_that_took_it() -> None:
    screen = Screen()
    screen.read(ALL, [line("npm run build")], at(0))
    screen.read(ALL, [line("npm run build"), line("Error: out of memory", 1)], at(4000))
    screen.read(ALL, [line("npm run build")], at(9500))
    assert as_rows(screen.lines(12_000)) == [(0, 12_000, "npm run build"), (4000, 9500, "Error: out of memory")]


def test_what_is_outside_the_area_that_was_read_stands_as_before() -> None:
    screen = Screen()
    screen.read(ALL, [line("left alone"), line("replaced soon", 5)], at(0))
    screen.read((0.0, 0.45, 1.0, 1.0), [line("something else", 5)], at(3000))
    assert as_rows(screen.lines(5000)) == [
        (0, 5000, "left alone"),
        (0, 3000, "replaced soon"),
        (3000, 5000, "something else"),
    ]


def test_an_area_grows_until_it_cuts_no_line() -> None:
    screen = Screen()
    screen.read(ALL, [line("a line of thirty letters there"), line("far below", 8)], at(0))
    assert screen.widened((0.3, 0.02, 0.35, 0.04)) == (0.1, 0.0, 0.4, 0.05)
    assert screen.widened((0.6, 0.3, 0.7, 0.4)) == (0.6, 0.3, 0.7, 0.4)


def test_a_misread_letter_makes_no_new_line_and_the_surer_reading_stays() -> None:
    screen = Screen()
    screen.read(ALL, [line("connection refused", confidence=0.95)], at(0))
    screen.read(ALL, [line("connection refu5ed", confidence=0.6)], at(2000))
    assert as_rows(screen.lines(4000)) == [(0, 4000, "connection refused")]


def test_a_line_that_is_typed_is_one_from_its_first_letter() -> None:
    screen = Screen()
    for ms, text in ((1000, "git com"), (2000, "git commit -m"), (3000, 'git commit -m "Mend it"')):
        screen.read(ALL, [line(text)], at(ms))
    assert as_rows(screen.lines(5000)) == [(1000, 5000, 'git commit -m "Mend it"')]


def test_a_line_that_scrolls_is_the_same_line() -> None:
    screen = Screen()
    screen.read(ALL, [line("def settle(ask):", 4), line("return ask.solve", 5)], at(0))
    screen.read(ALL, [line("def settle(ask):", 1), line("return ask.solve", 2)], at(2000))
    assert {(start, end) for start, end, _ in as_rows(screen.lines(3000))} == {(0, 3000)}


def test_the_same_words_twice_on_a_screen_are_one_line_and_later_again_another() -> None:
    screen = Screen()
    screen.read(ALL, [line("import json"), line("import json", 5)], at(0))
    screen.read(ALL, [], at(3000))
    screen.read(ALL, [line("import json")], at(60_000))
    assert as_rows(screen.lines(61_000)) == [(0, 3000, "import json"), (60_000, 61_000, "import json")]


def test_a_reading_that_missed_a_line_does_not_cut_it_in_two() -> None:
    screen = Screen()
    for ms, lines in ((0, [line("Deploy finished")]), (4000, []), (5000, [line("Deploy finished")])):
        screen.read(ALL, lines, at(ms))
    assert as_rows(screen.lines(8000)) == [(0, 8000, "Deploy finished")]
