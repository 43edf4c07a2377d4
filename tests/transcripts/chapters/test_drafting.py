"""Where a part begins and what it is called, of what is known of a recording. Nothing but the times and words."""

from itertools import pairwise

from kb.transcripts.chapters.drafting import Draft, Said, Shown, drafts, telling

MINUTE = 60_000


def talk(*pieces: tuple[int, int, str], is_sure: bool = True) -> list[Said]:
    """Pieces of (start in seconds, end in seconds, text)."""
    return [Said(start * 1000, end * 1000, text, is_sure) for start, end, text in pieces]


def titles(found: list[Draft]) -> list[tuple[float, str]]:
    return [(each.start_ms / 1000, each.title) for each in found]


def test_a_part_begins_where_the_screen_changes_while_nobody_speaks() -> None:
    said = talk(
        (0, 38, "Open the billing page first."),
        (41, 80, "Now export the ledger, as a file."),
        (80, 118, "It takes a while."),
    )
    found = drafts(2 * MINUTE, scenes_ms=[39_500], said=said, shown=[])
    assert titles(found) == [(0, "Open the billing page first"), (39.5, "Export the ledger")]


def test_a_change_shortly_before_the_speaker_ends_belongs_to_the_next_sentence() -> None:
    said = talk((0, 38, "Click invoices on the left."), (41, 110, "These invoices are late."))
    [_, second] = drafts(2 * MINUTE, scenes_ms=[36_000], said=said, shown=[])
    assert second.start_ms == 38_000


def test_its_title_is_the_heading_that_came_with_it() -> None:
    said = talk((0, 38, "Here we go"), (41, 80, "and then export"))
    shown = [
        Shown(0, 39_000, "Accounts"),
        Shown(40_000, 80_000, "File Edit View History Bookmarks"),
        Shown(40_000, 80_000, "export_ledger(year=2024);"),
        Shown(40_000, 80_000, "Accounts"),
        Shown(40_000, 80_000, "Export the ledger"),
        Shown(40_000, 80_000, "Choose a month"),
    ]
    found = drafts(2 * MINUTE, scenes_ms=[39_500], said=said, shown=shown)
    assert titles(found) == [(0, "Accounts"), (39.5, "Export the ledger")]


def test_what_goes_on_under_the_same_heading_is_one_part() -> None:
    shown = [Shown(0, 30_000, "Accounts"), Shown(40_000, 90_000, "ACCOUNTS"), Shown(80_000, 110_000, "Reports")]
    found = drafts(2 * MINUTE, scenes_ms=[40_000, 80_000], said=[], shown=shown)
    assert ("Reports" in [each.title for each in found], [each.title for each in found].count("Accounts")) == (True, 1)


def test_what_is_short_has_parts_only_where_two_signs_speak_for_them() -> None:
    heading = [Shown(0, 30_000, "Accounts"), Shown(40_000, 70_000, "Export the ledger")]
    assert drafts(80_000, scenes_ms=[39_500], said=[], shown=[]) == []
    assert titles(drafts(80_000, scenes_ms=[39_500], said=[], shown=heading)) == [
        (0, "Accounts"),
        (39.5, "Export the ledger"),
    ]
    assert len(drafts(100_000, scenes_ms=[39_500], said=[], shown=[])) == 2


def test_parts_are_half_a_minute_long_at_least_and_a_few_in_an_hour() -> None:
    scenes_ms = list(range(5_000, 60 * MINUTE, 5_000))
    for minutes in (2, 10, 60):
        found = drafts(minutes * MINUTE, scenes_ms=scenes_ms, said=[], shown=[])
        starts = [each.start_ms for each in found] + [minutes * MINUTE]
        assert starts[0] == 0
        assert min(after - before for before, after in pairwise(starts[:-1])) >= 30_000
        assert 2 < len(found) <= 16


def test_there_is_no_list_of_one() -> None:
    assert drafts(5 * MINUTE, scenes_ms=[], said=talk((0, 290, "All in one go")), shown=[]) == []
    assert drafts(0, scenes_ms=[], said=[], shown=[]) == []


def test_what_an_engine_guessed_once_is_no_title() -> None:
    said = talk(
        (0, 38, "rhonda query"), (41, 80, "heat index ledger export"), (80, 110, "ledger export"), is_sure=False
    )
    found = drafts(2 * MINUTE, scenes_ms=[39_500], said=said, shown=[])
    assert titles(found) == [(0, "Part 1"), (39.5, "Ledger, export")]


def test_titles_are_short_and_end_where_words_end() -> None:
    long = "explain how every department receives the quarterly reconciliation statement before anybody approves it"
    said = talk((0, 38, "hello"), (41, 110, long))
    [_, second] = drafts(2 * MINUTE, scenes_ms=[39_500], said=said, shown=[])
    assert len(second.title) <= 60
    assert long.startswith(second.title.lower() + " ")


def test_words_in_every_script_may_be_titles() -> None:
    shown = [Shown(0, 9_000, "لوحة القيادة الرئيسية"), Shown(40_000, 80_000, "إعدادات الحساب")]
    assert [each.title for each in drafts(80_000, scenes_ms=[40_000], said=[], shown=shown)] == [
        "لوحة القيادة الرئيسية",
        "إعدادات الحساب",
    ]


def test_telling_words_are_those_that_not_everybody_says() -> None:
    assert telling("So now we open the Ledger, and the ledger is 2024 always there") == ["Ledger"]
