"""The bar and the time left, from steps and facts alone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from kb.screencasts.models import StepState
from kb.screencasts.pipeline.forecast import Facts, expected_s, part_done, seconds_in_words, time_left_s

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VP9 = Facts(
    duration_s=60,
    size_mb=4,
    megapixels=2,
    fps=30,
    codec="vp9",
    is_copied=True,
    needs_encoding=True,
    has_sound=True,
    is_heard=True,
    is_read=True,
)


@dataclass
class Done:
    state: StepState = StepState.waiting
    progress: float = 0.0
    expected_s: float | None = 10.0
    started_at: datetime | None = None
    moved_at: datetime | None = None
    ended_at: datetime | None = None


def waiting(expected_s: float) -> Done:
    return Done(expected_s=expected_s)


def running(expected_s: float, part: float, *, since: float, moved: float) -> Done:
    return Done(StepState.running, part, expected_s, at(since), at(moved))


def done(expected_s: float, *, since: float, until: float) -> Done:
    return Done(StepState.done, 1.0, expected_s, at(since), at(until), at(until))


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_what_plays_already_takes_less_than_what_has_to_be_encoded() -> None:
    plays = expected_s(replace(VP9, codec="h264", needs_encoding=False))
    assert plays["rendition"] < expected_s(VP9)["rendition"]
    assert plays["speech"] == expected_s(VP9)["speech"]


@pytest.mark.parametrize("without", [{"has_sound": False}, {"is_heard": False}])
def test_what_nobody_listens_to_counts_for_nothing(without: dict[str, Any]) -> None:
    assert expected_s(replace(VP9, **without))["speech"] == 0


def test_longer_and_larger_takes_longer() -> None:
    sizes = [replace(VP9, duration_s=seconds, megapixels=pixels) for seconds, pixels in ((30, 1), (60, 2), (600, 2))]
    took = [sum(expected_s(size).values()) for size in sizes]
    assert took == sorted(took)
    assert took[0] < took[2] / 10


def test_each_step_moves_the_bar_by_its_share() -> None:
    steps = [done(1, since=0, until=1), running(9, 0.5, since=1, moved=5), waiting(10)]
    assert part_done(steps) == pytest.approx(5.5 / 20)


def test_a_skipped_step_that_was_expected_to_be_skipped_moves_nothing() -> None:
    before = [done(10, since=0, until=10), waiting(0), waiting(10)]
    after = [done(10, since=0, until=10), Done(StepState.skipped, 1.0, 0), waiting(10)]
    assert part_done(before) == part_done(after) == 0.5


def test_the_bar_is_full_when_nothing_is_left() -> None:
    assert part_done([]) == part_done([Done(StepState.skipped, 1.0, 0)]) == 1.0


def test_nothing_is_said_of_the_time_before_something_was_done() -> None:
    assert time_left_s([waiting(5), waiting(5)], at(0)) is None
    assert time_left_s([running(10, 0.0, since=0, moved=0)], at(1)) is None


def test_nothing_is_said_while_it_waits_for_others() -> None:
    assert time_left_s([done(5, since=0, until=5), waiting(5)], at(60)) is None


def test_a_machine_half_as_fast_needs_twice_the_time() -> None:
    steps = [done(5, since=0, until=10), running(10, 0.0, since=10, moved=10), waiting(10)]
    assert time_left_s(steps, at(10)) == pytest.approx(40)


def test_a_step_that_says_how_far_it_is_is_taken_at_its_word() -> None:
    steps = [running(10, 0.5, since=0, moved=60)]
    assert time_left_s(steps, at(60)) == pytest.approx(60)


def test_between_two_words_of_a_step_the_time_runs_down() -> None:
    steps = [running(100, 0.5, since=0, moved=50)]
    left = [time_left_s(steps, at(second)) for second in range(50, 90, 5)]
    assert all(later < sooner for sooner, later in pairwise(left) if sooner and later and sooner > 12.5)
    assert left[0] == pytest.approx(50)


def test_of_a_step_that_stands_still_nothing_is_known() -> None:
    assert time_left_s([running(10, 0.5, since=0, moved=10)], at(120)) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (2, "a few seconds left"),
        (8, "about 10 s left"),
        (44, "about 40 s left"),
        (58, "about 1 min left"),
        (400, "about 7 min left"),
        (7200, "about 2 h left"),
    ],
)
def test_the_time_is_said_as_exactly_as_it_is_known(seconds: float | None, words: str) -> None:
    assert seconds_in_words(seconds) == words
