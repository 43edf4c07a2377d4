"""What each step will take, from what is known of the recording; and from that one bar and the time that is left.

The figures are CPU seconds, measured by bench/steps.py on genuine recordings (docs/performance.md). On another machine
they are all wrong by about the same factor, which the steps that have run tell: see `time_left_s`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kb.screencasts.models import ENDED, Screencast, StepState

# Starting a tool, a transaction, moving files; whatever the length.
PROBE_S = 0.05
QUICK_S = 0.2
RENDITION_S = 0.6
SPEECH_S = 0.4
SCREEN_S = 0.5
CHAPTERS_S = 0.1
INDEX_S = 0.5
# A second of recording at the usual rate, for each million pixels: looked at; and written as H.264 besides.
LOOK_S = {"h264": 0.027, "vp8": 0.020, "vp9": 0.020, "av1": 0.022, "hevc": 0.032}
LOOK_AT_OTHERS_S = 0.030
ENCODE_S = 0.100
# Above this many a second, pictures are dropped before they are encoded.
USUAL_FPS = 30.0
# A browser that writes WebM writes a picture when something has changed, and no rate in the header.
WEBM_FPS = 18.0
COPY_MB_S = 0.004
ENCODE_SOUND_S = 0.012
HEAR_S = 0.21
# What is read of a minute is bounded (kb.media.glances); most need less.
READ_S = 0.07
# A recording whose header says no length, as browsers make them, until it was read: so many bytes a second.
USUAL_BYTES_A_SECOND = 60_000
# No prediction: of a step that nothing is known about.
UNKNOWN_S = 1.0

# Less than this of work done says nothing about how fast this machine is.
TELLING_S = 1.0
SLOWEST, FASTEST = 30.0, 0.1
STANDS_STILL_S = 30.0


class Worked(Protocol):
    """What is read of a step."""

    state: Any
    progress: Any
    expected_s: Any
    started_at: Any
    moved_at: Any
    ended_at: Any


@dataclass(frozen=True)
class Facts:
    """needs_encoding: no copy that plays everywhere was or will be made without.

    is_heard, is_read: speech, words on the screen are looked for.
    """

    duration_s: float
    size_mb: float
    megapixels: float
    fps: float
    codec: str
    is_copied: bool
    needs_encoding: bool
    has_sound: bool
    is_heard: bool
    is_read: bool


def expect(screencast: Screencast, *, hears: bool, reads: bool) -> None:
    """Write what is expected on the steps that have not ended; one that was skipped counts for nothing.

    hears, reads: whether a speech engine and a reader of screens can run here.
    """
    seconds = expected_s(facts_of(screencast, hears=hears, reads=reads))
    for step in screencast.steps:
        if step.state == StepState.skipped:
            step.expected_s = 0.0
        elif step.state not in ENDED:
            step.expected_s = seconds.get(step.name, UNKNOWN_S)


def facts_of(screencast: Screencast, *, hears: bool, reads: bool) -> Facts:
    found = screencast.measured or {}
    duration_ms = screencast.duration_ms or found.get("duration_ms")
    size_bytes = screencast.original_bytes
    codec = found.get("video_codec", "")
    plays = found.get("pixel_format", "yuv420p") in ("yuv420p", "yuvj420p")
    is_final = any(source.rank == 0 for source in screencast.sources)
    quick_ended = (quick := screencast.step("quick")) is not None and quick.state in ENDED
    width, height = screencast.width or found.get("width", 1280), screencast.height or found.get("height", 720)
    return Facts(
        duration_s=duration_ms / 1000 if duration_ms else size_bytes / USUAL_BYTES_A_SECOND,
        size_mb=size_bytes / 1e6,
        megapixels=width * height / 1e6,
        fps=min(found.get("fps") or (WEBM_FPS if codec in ("vp8", "vp9", "av1") else USUAL_FPS), USUAL_FPS),
        codec=codec,
        is_copied=plays and codec in ("h264", "vp8", "vp9", "av1"),
        needs_encoding=not is_final and (quick_ended or codec != "h264" or not plays),
        has_sound=screencast.has_audio is not False and bool(found.get("audio_codec", "unknown")),
        is_heard=hears and not any(each["source"] in ("upload", "edited") for each in screencast.captions or ()),
        is_read=reads,
    )


def expected_s(facts: Facts) -> dict[str, float]:
    """Seconds for each step by name."""
    pictures = facts.duration_s * facts.megapixels * facts.fps / USUAL_FPS
    look_s = LOOK_S.get(facts.codec, LOOK_AT_OTHERS_S)
    each_picture_s = look_s + (ENCODE_S if facts.needs_encoding else 0)
    sound_s = ENCODE_SOUND_S * facts.duration_s if facts.has_sound and facts.needs_encoding else 0
    return {
        "probe": PROBE_S,
        "quick": QUICK_S + COPY_MB_S * facts.size_mb if facts.is_copied else 0.0,
        "rendition": RENDITION_S + pictures * each_picture_s + sound_s,
        "speech": SPEECH_S + HEAR_S * facts.duration_s if facts.has_sound and facts.is_heard else 0.0,
        "screen": SCREEN_S + pictures * look_s + READ_S * facts.duration_s if facts.is_read else 0.0,
        "chapters": CHAPTERS_S,
        "index": INDEX_S,
    }


def part_done(steps: Iterable[Worked]) -> float:
    """0 to 1, each step by its share of the seconds."""
    shares = [(_expected_s(step), step.progress) for step in steps]
    whole = sum(seconds for seconds, _ in shares)
    return sum(seconds * part for seconds, part in shares) / whole if whole else 1.0


def time_left_s(steps: Sequence[Worked], at: datetime) -> float | None:
    """How long it still takes, at the pace of what was done so far; None while that can't be known.

    Nothing is known while everything waits, since who knows how long the others take; nor of what stands still.
    """
    running = [step for step in steps if step.state == StepState.running and step.started_at]
    pace = _pace(steps)
    if not running or pace is None:
        return None
    rests = [_own_rest_s(step, at, pace) for step in running]
    if None in rests:
        return None
    waiting_s = sum(_expected_s(step) for step in steps if step.state == StepState.waiting)
    return max(rest for rest in rests if rest is not None) + waiting_s * pace


def _pace(steps: Iterable[Worked]) -> float | None:
    """Real seconds for each expected one."""
    spent_s = foreseen_s = 0.0
    for step in steps:
        until = step.ended_at if step.state == StepState.done else _last_moved_at(step)
        if step.started_at and until and step.state in (StepState.running, StepState.done):
            spent_s += (until - step.started_at).total_seconds()
            foreseen_s += _expected_s(step) * step.progress
    return min(max(spent_s / foreseen_s, FASTEST), SLOWEST) if foreseen_s >= TELLING_S else None


def _own_rest_s(step: Worked, at: datetime, pace: float) -> float | None:
    """By its own speed, the more the further it was when it last said how far; else by what was expected."""
    part, moved_at = float(step.progress), _last_moved_at(step)
    rest_s = _expected_s(step) * (1 - part) * pace
    if part:
        by_speed_s = (moved_at - step.started_at).total_seconds() * (1 - part) / part
        trust = min(1.0, part * 4)
        rest_s = by_speed_s * trust + rest_s * (1 - trust)
    silent_s: float = (at - moved_at).total_seconds()
    if silent_s > rest_s + STANDS_STILL_S:
        return None
    return max(rest_s - silent_s, rest_s / 4)


def _last_moved_at(step: Worked) -> Any:
    return max(step.moved_at or step.started_at, step.started_at) if step.started_at else None


def _expected_s(step: Worked) -> float:
    return UNKNOWN_S if step.expected_s is None else float(step.expected_s)


def seconds_in_words(seconds: float | None) -> str:
    """As exact as it can be known, so that it does not flicker: "about 40 s left", "about 3 min left"; "" for None."""
    if seconds is None:
        return ""
    if seconds < 7.5:
        return "a few seconds left"
    if seconds < 55:
        return f"about {max(10, _round_to(seconds, 10))} s left"
    if seconds < 60 * 90:
        return f"about {max(1, round(seconds / 60))} min left"
    return f"about {round(seconds / 3600)} h left"


def _round_to(seconds: float, step: int) -> int:
    return round(seconds / step) * step
