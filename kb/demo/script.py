"""A script: what is said, sentence by sentence, and what is done on the screen meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.demo.screens.desk import Act, Desk

# Pictures a second that can differ: enough for a pointer to glide.
RATE = 12
LEAD_MS = 500
PAUSE_MS = 420
ENDING_MS = 1_200


@dataclass(frozen=True)
class Beat:
    """One or two sentences, and the acts that begin with them; it lasts as long as the longer of both."""

    says: str
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Script:
    """desk: as it is at the start. Acts change it, so a script is made anew each time that it is played."""

    desk: Desk
    beats: tuple[Beat, ...]


@dataclass(frozen=True)
class Recipe:
    """A screencast of the demo. play: makes its script. days: how long ago it was published, for a library that lives.

    category: names from the root. shared: a visibility, or the name of a team, or "draft".
    """

    key: str
    title: str
    purpose: str
    description: str
    category: tuple[str, ...]
    tags: tuple[str, ...]
    author: str
    days: int
    play: Callable[[], Script]
    shared: str = "everyone"

    @property
    def external_id(self) -> str:
        return f"demo:{self.key}"


@dataclass(frozen=True)
class Timeline:
    """stays: how many ticks each picture stays that differs from the last; starts_ms: when each beat's words begin."""

    stays: list[int]
    starts_ms: list[int]

    @property
    def duration_ms(self) -> int:
        return sum(self.stays) * 1000 // RATE


def timeline(script: Script, spoken_ms: Sequence[int]) -> Timeline:
    """Play a script without drawing it. spoken_ms: how long each beat's words take."""
    stays: list[int] = []
    starts: list[int] = []
    seen = None
    for tick, (beat, look) in enumerate(_play(script, spoken_ms)):
        if beat == len(starts):
            starts.append(tick * 1000 // RATE + (LEAD_MS if beat == 0 else 0))
        if look == seen:
            stays[-1] += 1
        else:
            stays.append(1)
        seen = look
    return Timeline(stays, starts)


def pictures(script: Script, spoken_ms: Sequence[int]) -> Iterator[bytes]:
    """Play a script and draw what differs from the picture before, as packed RGB."""
    seen = None
    for _, look in _play(script, spoken_ms):
        if look != seen:
            yield script.desk.draw().image.tobytes()
        seen = look


def _play(script: Script, spoken_ms: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each tick's beat and the number of the desk's look at it."""
    last = len(script.beats) - 1
    for number, (beat, spoken) in enumerate(zip(script.beats, spoken_ms, strict=True)):
        least = spoken + PAUSE_MS + (LEAD_MS if number == 0 else 0) + (ENDING_MS if number == last else 0)
        ticks = 0
        for act in beat.acts:
            for _ in act(script.desk):
                yield number, script.desk.look
                ticks += 1
        while ticks * 1000 < least * RATE:
            yield number, script.desk.look
            ticks += 1
