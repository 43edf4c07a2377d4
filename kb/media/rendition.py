"""The version that every browser plays and, from the same decode, frames to look at, a storyboard and the sound."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ffmpeg

from kb.errors import ToolFailed
from kb.media.audio import Sound, extract
from kb.media.convert import AAC, CLEAN, convert, opened, workshop
from kb.media.frames import FRAME_SIZE, FRAME_STEP_MS, read_frames, scenes_ms
from kb.media.graph import Graph, Storyboard, channels, fit
from kb.media.kinds import MP4, WEBM, Kind
from kb.media.muxed import Muxed, read_mp4, webm_duration_ms
from kb.media.packets import Measured
from kb.media.probe import Probe, measure, unreadable
from kb.media.run import Limits

__all__ = ["Quick", "Rendered", "Storyboard", "quick", "render"]

# Above this a copy costs its viewers more than an encode costs us.
MOST_BITS_PER_SECOND = 2_500_000
MOST_KEYFRAME_GAP_MS = 15_000
# Timestamps may claim days in a few bytes; nobody's screencast is this long.
LONGEST_MS = 6 * 3_600_000
# What ffmpeg warns of when a window was resized while it was recorded.
RESIZED = "Changing video frame properties on the fly"
# By the names of MP4 and WEBM: how they are written with the index in front, and the sound in them that browsers play.
CONTAINERS: dict[str, dict[str, Any]] = {
    "mp4": {"f": "mp4", "movflags": "+faststart"},
    "webm": {"f": "webm", "cues_to_front": 1},
}
COPIED_SOUNDS = {"mp4": {"aac"}, "webm": {"opus", "vorbis"}}
SOUNDS: dict[str, dict[str, Any]] = {
    "mp4": AAC,
    "webm": {"acodec": "libopus", "b:a": "64k", "ar": 48000},
}


@dataclass(frozen=True)
class Quick:
    """A copy that plays at once; is_final: in every browser and lightly enough, so no video need be encoded."""

    path: Path
    mime: str
    duration_ms: int
    width: int
    height: int
    is_final: bool


@dataclass(frozen=True)
class Rendered:
    """video is None if none was wanted; wav is None if there is no sound; note is a sentence for its owner.

    scenes_ms: when the screen becomes another one.
    """

    video: Path | None
    duration_ms: int
    width: int
    height: int
    storyboard: Storyboard | None
    frames: Path | None
    scenes_ms: list[int]
    wav: Path | None
    note: str | None


def quick(
    source: Path,
    kind: Kind,
    probe: Probe,
    folder: Path,
    *,
    should_stop: Callable[[], bool] | None = None,
) -> Quick | None:
    """Make quick.mp4 or quick.webm in folder without encoding the picture; None where no browser plays the picture so.

    The sound is encoded where the container or the browsers don't take it. The index stands in front.
    """
    into = _quick_container(kind, probe)
    if not into:
        return None
    with workshop(folder) as shop:
        made = shop / f"quick.{into.extension}"
        convert(
            [_copy(source, kind, probe, into, made)],
            source=source,
            folder=shop,
            limits=Limits(deadline_s=600, output_bytes=source.stat().st_size * 2 + 64_000_000),
            should_stop=should_stop,
        )
        index = read_mp4(made) if into is MP4 else None
        return Quick(
            duration_ms=index.duration_ms if index else webm_duration_ms(made),
            mime=_mime(into, probe, index.avc if index else None),
            width=probe.width,
            height=probe.height,
            is_final=index is not None and probe.video_codec == "h264" and _is_light(made, index, probe),
            path=_kept(made, folder),
        )


def _quick_container(kind: Kind, found: Probe) -> Kind | None:
    """Return the container in which browsers play this picture as it is."""
    # AVI counts pictures in the order of decoding, so a copy would show them in the wrong one.
    if kind.demuxer in ("avi", "gif", "ogg") or found.pixel_format not in ("yuv420p", "yuvj420p"):
        return None
    if found.video_codec == "h264":
        return MP4
    if found.video_codec in ("vp9", "av1") and found.audio_codec == "aac":
        return MP4
    return WEBM if found.video_codec in ("vp8", "vp9", "av1") else None


def _copy(source: Path, kind: Kind, found: Probe, into: Kind, made: Path) -> Any:
    stream = opened(source, kind)
    streams = [stream[str(found.video_index)]]
    options = {"vcodec": "copy", **CONTAINERS[into.name], **CLEAN}
    if found.audio_indexes:
        streams.append(stream[str(found.audio_indexes[0])])
        if found.audio_codec in COPIED_SOUNDS[into.name]:
            options["acodec"] = "copy"
        else:
            options |= SOUNDS[into.name] | {"ac": channels(found), "af": "aresample=async=1"}
    return ffmpeg.output(*streams, str(made), **options)


def _is_light(made: Path, index: Muxed, found: Probe) -> bool:
    """Whether the copy may stay: it fits the box, is small for its length, lets people jump, has all the sound."""
    bits_per_second = made.stat().st_size * 8000 / max(1, index.duration_ms)
    return (
        fit(found.width, found.height) == (found.width, found.height)
        and bits_per_second <= MOST_BITS_PER_SECOND
        and index.keyframe_gap_ms <= MOST_KEYFRAME_GAP_MS
        and found.audio_streams <= 1
    )


def _mime(into: Kind, found: Probe, avc: str | None) -> str:
    """Return the type with its codecs, where we can tell them; a wrong word would keep a browser from trying."""
    picture = {"vp8": "vp8", "vp9": "vp9", "h264": avc}.get(found.video_codec)
    sound = _sound_codec(into, found)
    if not picture or sound is None:
        return into.mime
    return f'{into.mime}; codecs="{", ".join(filter(None, (picture, sound)))}"'


def _sound_codec(into: Kind, found: Probe) -> str | None:
    """As browsers call it; "" where there is no sound, None where we can't tell."""
    if found.audio_codec is None:
        return ""
    if found.audio_codec not in COPIED_SOUNDS[into.name]:
        return {"mp4": "mp4a.40.2", "webm": "opus"}[into.name]
    if found.audio_codec == "aac":
        return "mp4a.40.2" if found.audio_profile == "LC" else None
    return found.audio_codec


def render(
    source: Path,
    kind: Kind,
    probe: Probe,
    folder: Path,
    *,
    encode: bool,
    longest_ms: int = LONGEST_MS,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Rendered:
    """Make video.mp4 (if encode), frames.gray, storyboard-0.webp and audio.wav (if there is sound) in folder.

    Sound that is encoded is brought to the loudness of other recordings.
    A failure leaves folder as it was. Raises ToolFailed: "unreadable" if no picture of it can be decoded, "too-long".
    """
    measured = measure(source, kind, probe, should_stop=should_stop)
    if measured.duration_ms > longest_ms:
        raise _too_long(measured.duration_ms, longest_ms)
    with workshop(folder) as shop:
        sound = _heard(source, kind, probe, shop, measured, should_stop)
        gain_db = sound.gain_db if sound and encode else 0.0
        drawn = partial(
            convert,
            source=source,
            folder=shop,
            limits=_limits(measured.duration_ms),
            log_level="warning",
        )
        graph = Graph(source, kind, probe, measured, shop, encode=encode, gain_db=gain_db)
        watch = _watching(graph.frames, measured, on_progress, should_stop)
        if RESIZED in drawn(graph.outputs(), should_stop=watch).stderr and probe.has_square_pixels:
            graph = Graph(source, kind, probe, measured, shop, encode=encode, gain_db=gain_db, has_bars=True)
            drawn(graph.outputs(), should_stop=watch)
        _check_pictures(graph.frames)
        if encode:
            _check(graph.video, measured)
        return Rendered(
            video=_kept(graph.video, folder) if encode else None,
            duration_ms=measured.duration_ms,
            width=graph.width if encode else probe.width,
            height=graph.height if encode else probe.height,
            storyboard=graph.storyboard(_kept(graph.sheet, folder)),
            scenes_ms=scenes_ms(read_frames(graph.frames)),
            frames=_kept(graph.frames, folder),
            wav=_kept(sound.wav, folder) if sound else None,
            note=_note(probe.duration_ms, measured.duration_ms, sound),
        )


def _watching(
    frames: Path,
    measured: Measured,
    on_progress: Callable[[float], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Callable[[], bool]:
    """should_stop, which is asked all the time, and tells how far it is by the frames that are written."""
    whole_bytes = FRAME_SIZE[0] * FRAME_SIZE[1] * max(1, measured.duration_ms // FRAME_STEP_MS)
    told = 0.0

    def look() -> bool:
        nonlocal told
        share = min(0.99, frames.stat().st_size / whole_bytes) if frames.exists() else 0.0
        if on_progress and share > told:
            told = share
            on_progress(share)
        return should_stop() if should_stop else False

    return look


def _heard(
    source: Path, kind: Kind, found: Probe, shop: Path, measured: Measured, should_stop: Callable[[], bool] | None
) -> Sound | None:
    if not found.audio_indexes:
        return None
    return extract(source, kind, found, shop, measured=measured, should_stop=should_stop)


def _too_long(duration_ms: int, longest_ms: int) -> ToolFailed:
    return ToolFailed(
        f"It is {duration_ms // 60_000} minutes long, and {longest_ms // 60_000} is the most. "
        "Show one thing per recording, or cut it into parts.",
        permanent=True,
        code="too-long",
    )


def _limits(duration_ms: int) -> Limits:
    seconds = duration_ms / 1000
    # 3 MB a second is more than any screen needs; what grows beyond it is an attack or an accident.
    return Limits(deadline_s=60 + 10 * seconds, output_bytes=int(64_000_000 + 3_000_000 * seconds), nice=10)


def _kept(made: Path, folder: Path) -> Path:
    return made.replace(folder / made.name)


def _check_pictures(frames: Path) -> None:
    """ffmpeg before 6.1 is content where no picture could be decoded."""
    if not frames.stat().st_size:
        raise unreadable(
            "None of its pictures can be decoded. See if it plays on your computer; "
            "if it does, export it as MP4 and upload that."
        )


def _check(video: Path, measured: Measured) -> None:
    """Raises ToolFailed if the finished video is not as long as its source."""
    made_ms = read_mp4(video).duration_ms
    if abs(made_ms - measured.duration_ms) > max(500, measured.duration_ms // 50):
        raise ToolFailed(
            "The finished video is not as long as the recording, so it was thrown away.",
            permanent=False,
            code="wrong-length",
            log=f"made {made_ms} ms of {measured.duration_ms} ms",
        )


def _note(said_ms: int | None, measured_ms: int, sound: Sound | None) -> str | None:
    notes = []
    if said_ms and said_ms > measured_ms * 1.02 + 500:
        notes.append(
            f"It was cut short: {said_ms / 1000:.0f} s were recorded, {measured_ms / 1000:.0f} s of them arrived."
        )
    if sound and sound.is_silent:
        notes.append("Nothing can be heard in it: the microphone was off or muted.")
    return " ".join(notes) or None
