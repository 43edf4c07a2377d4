from collections.abc import Iterator

import pytest

from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.steps import BY_NAME
from workers.guard import DEAF_S, SILENT_S, Guard


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> Guard:
    return Guard(["media"], 2, clock)


@pytest.fixture
def lease(clock: Clock) -> Iterator[Lease]:
    lease = Lease("some", BY_NAME["rendition"], "key", beaten_at=clock.now)
    leasing.leases.add(lease)
    yield lease
    leasing.leases.discard(lease)


def test_a_worker_with_nothing_to_do_is_well(guard: Guard, clock: Clock) -> None:
    clock.now += 10 * DEAF_S
    assert guard.fault(waiting=0) is None


def test_a_worker_that_hears_nothing_of_what_waits_is_not(guard: Guard, clock: Clock) -> None:
    clock.now += DEAF_S - 1
    assert guard.fault(waiting=3) is None
    clock.now += 2
    assert guard.fault(waiting=3)


def test_one_that_has_its_hands_full_lets_messages_wait(guard: Guard, clock: Clock) -> None:
    guard._begins("first")
    guard._begins("second")
    clock.now += 10 * DEAF_S
    assert guard.fault(waiting=3) is None
    guard._ends("first")
    assert guard.fault(waiting=3) is None, "it has had no time to hear of the next"
    clock.now += DEAF_S + 1
    assert guard.fault(waiting=3)


def test_a_step_that_is_never_heard_of_again_ends_its_worker(guard: Guard, clock: Clock, lease: Lease) -> None:
    guard._begins("first")
    clock.now += SILENT_S - 1
    assert guard.fault(waiting=0) is None
    clock.now += 2
    assert "rendition" in (guard.fault(waiting=0) or "")
    lease.beaten_at = clock.now
    assert guard.fault(waiting=0) is None
