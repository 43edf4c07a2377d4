from datetime import timedelta

import pytest

from kb.errors import ToolFailed
from kb.screencasts.pipeline.tries import HELD_UP_FOR, KILLED_TRIES, next_try, ring_again_after


def wait_s(
    code: str = "deadline",
    *,
    permanent: bool = False,
    attempt: int = 1,
    held_up_for: timedelta = timedelta(),
    chance: float = 0.0,
) -> float | None:
    error = ToolFailed("It failed.", permanent=permanent, code=code)
    wait = next_try(error, attempt=attempt, attempts=3, held_up_for=held_up_for, chance=chance)
    return wait.total_seconds() if wait else None


def test_what_can_not_help_is_not_tried_again() -> None:
    assert wait_s(permanent=True) is None


def test_each_wait_is_longer_than_the_last_until_the_tries_are_used_up() -> None:
    assert [wait_s(attempt=attempt) for attempt in (1, 2, 3)] == [10, 20, None]


def test_what_was_killed_from_outside_gets_more_tries_but_not_for_ever() -> None:
    waits = [wait_s("killed", attempt=attempt) for attempt in range(1, KILLED_TRIES + 1)]
    assert waits[-1] is None
    assert waits[-2] == 300, "never longer than five minutes"


def test_what_failed_together_does_not_come_back_together() -> None:
    assert [wait_s(chance=chance) for chance in (0.0, 0.5, 1.0)] == [10, 12.5, 15]


@pytest.mark.parametrize("code", ["no-room", "no-database"])
def test_what_is_held_up_waits_with_patience_whatever_its_tries(code: str) -> None:
    waited = [timedelta(), timedelta(minutes=2), timedelta(days=1)]
    assert [wait_s(code, attempt=99, held_up_for=each) for each in waited] == [15, 60, 600]
    assert wait_s(code, held_up_for=HELD_UP_FOR) is None


def test_a_message_counts_as_lost_soon_at_first_and_later_where_the_queue_is_long() -> None:
    assert [ring_again_after(timedelta(seconds=each)).total_seconds() for each in (0, 100, 86400)] == [10, 50, 600]
