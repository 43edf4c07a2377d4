"""When a step is tried again, and when it is given up: what happened goes in, how long to wait comes out."""

from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from kb.errors import ToolFailed
from kb.media.verdict import no_room
from kb.storage.room import ran_full

# Nobody's recording is at fault: it goes on when an admin has made room, or the database answers again.
HELD_UP = frozenset({"no-room", "no-database"})
HELD_UP_LEAST = timedelta(seconds=15)
HELD_UP_MOST = timedelta(minutes=10)
HELD_UP_FOR = timedelta(days=7)

BACK_OFF = timedelta(seconds=5)
BACK_OFF_MOST = timedelta(minutes=5)
# What was killed from outside may be unlucky a few times in a row. What kills its worker each time ends here.
KILLED = "killed"
KILLED_TRIES = 8

RING_LEAST = timedelta(seconds=10)
RING_MOST = timedelta(minutes=10)


def failure_of(error: Exception) -> ToolFailed:
    """As what a failed try counts, with a sentence for people."""
    if ran_full(error):
        return no_room()
    if isinstance(error, ToolFailed):
        return error
    if isinstance(error, DBAPIError):
        return ToolFailed("The database did not answer. It goes on by itself.", permanent=False, code="no-database")
    return ToolFailed("Something went wrong on our side. Try again, or tell an admin.", permanent=False, code="broke")


def next_try(
    error: ToolFailed, *, attempt: int, attempts: int, held_up_for: timedelta, chance: float
) -> timedelta | None:
    """How long to wait after a failure; None to give up.

    attempt: how often it was tried, this try counted. attempts: how often a step of its kind is. held_up_for: since
    when it fails for what is in HELD_UP. chance: 0 to 1, so that what failed together does not come back together.
    """
    if error.permanent:
        return None
    if error.code in HELD_UP:
        wait = _between(HELD_UP_LEAST, held_up_for / 2, HELD_UP_MOST)
        return _spread(wait, chance) if held_up_for < HELD_UP_FOR else None
    if attempt >= (KILLED_TRIES if error.code == KILLED else attempts):
        return None
    return _spread(min(BACK_OFF * 2**attempt, BACK_OFF_MOST), chance)


def ring_again_after(asked_for: timedelta) -> timedelta:
    """How long a step that was asked for may stay unclaimed until its message counts as lost.

    asked_for: how long it has waited already. Longer each time, or a long queue would fill with what stands in it.
    """
    return _between(RING_LEAST, asked_for / 2, RING_MOST)


def _spread(wait: timedelta, chance: float) -> timedelta:
    return wait * (1 + chance / 2)


def _between(least: timedelta, wanted: timedelta, most: timedelta) -> timedelta:
    return max(least, min(wanted, most))
