"""What is in a recording: a cheap look at its header, and a measure of all its packets."""

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb import tools
from kb.errors import ToolFailed
from kb.media import bounds
from kb.media.bounds import MAX_PIXELS, MAX_STREAMS, PROBE_MEMORY_BYTES, input_options
from kb.media.kinds import GIF, Kind
from kb.media.languages import on_the_web
from kb.media.packets import PACKETS, Clock, Measured
from kb.media.run import Finished, Limits, run

ENTRIES = (
    "format=duration,bit_rate,size:stream=index,codec_type,codec_name,profile,width,height,sample_aspect_ratio,pix_fmt,"
    "bits_per_raw_sample,nb_frames,nb_read_packets,duration,channels:stream_disposition=attached_pic,timed_thumbnails:"
    "stream_tags=rotate,language:stream_side_data=rotation"
)
PYAV = Path(__file__).with_name("pyav.py")
# What is asked: ffprobe's options by pyav's word for it. Only its packets tell a moving GIF from a still one.
QUESTIONS = {
    "header": ("-of", "json", "-show_entries", ENTRIES),
    "counted": ("-of", "json", "-show_entries", ENTRIES, "-count_packets"),
    "packets": PACKETS,
}
# What ffmpeg says of a picture above MAX_PIXELS, and of one whose size would not fit its numbers.
TOO_MANY_PIXELS = re.compile(r"exceeds specified max pixel count|Picture size \d+x\d+ is invalid")
TOO_MANY_STREAMS = "exceeds max_streams"
# A still that a music player or a video editor puts beside the sound is no video.
COVER_CODECS = {"mjpeg", "png", "bmp", "webp"}


@dataclass(frozen=True)
class Subtitles:
    """A track of them. language: as the web writes it, "" where nothing is said of it."""

    index: int
    codec: str
    language: str


@dataclass(frozen=True)
class Probe:
    """What the header says. width and height are as displayed: after rotation, with square pixels, perhaps odd.

    duration_ms is None where the header doesn't say it (a browser's recording); video_frames and fps then too: fps is
    never taken from what the container claims as its rate. notes are sentences for a colleague.
    """

    duration_ms: int | None
    width: int
    height: int
    video_codec: str
    pixel_format: str
    bits: int
    video_frames: int | None
    fps: float | None
    rotation: int
    audio_codec: str | None
    audio_channels: int
    audio_streams: int
    bit_rate: int | None
    notes: tuple[str, ...]
    video_profile: str
    audio_profile: str
    video_index: int
    audio_indexes: tuple[int, ...]
    has_square_pixels: bool
    subtitles: tuple[Subtitles, ...] = ()


def probe(path: Path, kind: Kind, *, deadline_s: float = 20) -> Probe:
    """Read the header; about 0.1 CPU s, whatever the length.

    Raises ToolFailed(permanent=True): "no-picture", "picture-too-big", "too-many-streams", "unreadable"; and those of
    `run`.
    """
    finished = _ask(path, kind, "counted" if kind is GIF else "header", deadline_s=deadline_s)
    return read(json.loads(finished.stdout), kind, log=finished.stderr)


def measure(
    path: Path,
    kind: Kind,
    found: Probe | None = None,
    *,
    deadline_s: float = 120,
    should_stop: Callable[[], bool] | None = None,
) -> Measured:
    """Read every packet without decoding; about 0.1 CPU s for a minute, and as much reading as the file is long.

    Raises ToolFailed(permanent=True): "unreadable" if there is no picture at any time, "too-many-pictures".
    """
    found = found or probe(path, kind)
    clock = Clock(found.video_index, found.audio_indexes)
    _ask(path, kind, "packets", deadline_s=deadline_s, on_line=clock.take, should_stop=should_stop)
    measured = clock.measured()
    if not measured:
        raise unreadable("There is no picture in what arrived of it. Upload it again from the start.")
    bounds.check(found.width, found.height, measured)
    return measured


# -- ffprobe, or PyAV in its place -------------------------------------------------------------------------


def _ask(
    path: Path,
    kind: Kind,
    question: str,
    *,
    deadline_s: float,
    on_line: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Finished:
    try:
        return run(
            _command(path, kind, question),
            limits=Limits(deadline_s=deadline_s, memory_bytes=PROBE_MEMORY_BYTES),
            reads=[path],
            on_line=on_line,
            should_stop=should_stop,
        )
    except ToolFailed as failure:
        raise _in_plain_words(failure) from failure


def _command(path: Path, kind: Kind, question: str) -> Sequence[str]:
    file, options = f"file:{path.absolute()}", input_options(kind)
    if not tools.find("ffprobe") and tools.has_pyav():
        given = [f"{name}={value}" for name, value in options.items()]
        return [sys.executable, "-I", "-S", str(PYAV), str(tools.WHEELS), question, file, *given]
    given = [word for name, value in options.items() for word in (f"-{name}", str(value))]
    return ["ffprobe", "-hide_banner", "-v", "error", *QUESTIONS[question], *given, file]


def _in_plain_words(failure: ToolFailed) -> ToolFailed:
    if TOO_MANY_STREAMS in failure.log:
        return ToolFailed(
            f"It holds more than {MAX_STREAMS} tracks. Export it with its picture and its sound alone.",
            permanent=True,
            code="too-many-streams",
            log=failure.log,
        )
    if failure.code != "tool-failed":
        return failure
    if "moov atom not found" in failure.log:
        return unreadable(
            "The file was cut short: its end, which says where everything is, is missing. "
            "Copy or export it once more and upload it again.",
            log=failure.log,
        )
    if TOO_MANY_PIXELS.search(failure.log):
        return _too_big(failure.log)
    return unreadable(
        "This can't be read as a video: it is damaged, or not what its first bytes say. "
        "See if it plays on your computer; if it does, export it as MP4 and upload that.",
        log=failure.log,
    )


def unreadable(detail: str, log: str = "") -> ToolFailed:
    return ToolFailed(detail, permanent=True, code="unreadable", log=log)


def _too_big(log: str = "") -> ToolFailed:
    return ToolFailed(
        "Its picture is too big: more than 36 million pixels. Export it at 4K (3840 x 2160) or smaller.",
        permanent=True,
        code="picture-too-big",
        log=log,
    )


# -- what the header says ----------------------------------------------------------------------------------


def read(found: dict[str, Any], kind: Kind, log: str = "") -> Probe:
    """Make a Probe of ffprobe's JSON. Raises as `probe` does."""
    streams = found.get("streams", [])
    video = _moving_picture(streams, kind, log)
    audio = [stream for stream in streams if stream.get("codec_type") == "audio" and stream.get("codec_name")]
    container = found.get("format", {})
    duration_ms = _milliseconds(container.get("duration"))
    frames = _whole(video.get("nb_read_packets") or video.get("nb_frames"))
    rotation = _rotation(video)
    width, height = _displayed(video, rotation)
    return Probe(
        duration_ms=duration_ms,
        width=width,
        height=height,
        video_codec=video["codec_name"],
        pixel_format=video.get("pix_fmt", ""),
        bits=_bits(video),
        video_frames=frames,
        fps=round(frames * 1000 / duration_ms, 3) if frames and duration_ms else None,
        rotation=rotation,
        audio_codec=audio[0]["codec_name"] if audio else None,
        audio_channels=int(audio[0].get("channels", 0)) if audio else 0,
        audio_streams=len(audio),
        bit_rate=_whole(container.get("bit_rate")),
        notes=() if duration_ms else ("It does not say how long it is, so its length is measured.",),
        video_profile=str(video.get("profile", "")),
        audio_profile=str(audio[0].get("profile", "")) if audio else "",
        video_index=int(video["index"]),
        audio_indexes=tuple(int(stream["index"]) for stream in audio),
        has_square_pixels=video.get("sample_aspect_ratio", "1:1") in ("1:1", "0:1", "N/A"),
        subtitles=tuple(_subtitles(stream) for stream in streams if stream.get("codec_type") == "subtitle"),
    )


def _subtitles(stream: dict[str, Any]) -> Subtitles:
    language = on_the_web(stream.get("tags", {}).get("language", ""))
    return Subtitles(int(stream["index"]), stream.get("codec_name", ""), language)


def _moving_picture(streams: list[dict[str, Any]], kind: Kind, log: str) -> dict[str, Any]:
    """Return the first stream that is a video. Raises if there is none, or one that can't be used."""
    videos = [stream for stream in streams if stream.get("codec_type") == "video" and not _is_cover(stream)]
    if not videos:
        raise ToolFailed(
            "There is no picture in this recording, only sound. Record the screen and upload that.",
            permanent=True,
            code="no-picture",
        )
    # A codec of stills comes second, where the container doesn't mark a cover as one.
    video = min(videos, key=lambda stream: stream.get("codec_name") in COVER_CODECS)
    if kind is GIF and (_whole(video.get("nb_read_packets")) or 0) < 2:
        raise ToolFailed(
            "This GIF is a still picture. Record the screen and upload the recording.",
            permanent=True,
            code="no-picture",
        )
    width, height = int(video.get("width") or 0), int(video.get("height") or 0)
    if width * height > MAX_PIXELS or TOO_MANY_PIXELS.search(log):
        raise _too_big(log)
    if not width or not height or not video.get("codec_name") or not video.get("pix_fmt"):
        raise unreadable(
            "Its picture is in a form that this server can't read. Export it as MP4 (H.264) and upload that.", log
        )
    return video


def _is_cover(stream: dict[str, Any]) -> bool:
    marks = stream.get("disposition", {})
    lone = stream.get("codec_name") in COVER_CODECS and _whole(stream.get("nb_frames")) == 1
    return bool(marks.get("attached_pic") or marks.get("timed_thumbnails") or lone)


def _rotation(video: dict[str, Any]) -> int:
    """Return 0, 90, 180 or 270: how far players turn the picture clockwise."""
    turns = [side["rotation"] for side in video.get("side_data_list", []) if "rotation" in side]
    # The display matrix counts the other way round than the old tag.
    clockwise = -float(turns[0]) if turns else float(video.get("tags", {}).get("rotate", 0))
    return round(clockwise / 90) * 90 % 360


def _displayed(video: dict[str, Any], rotation: int) -> tuple[int, int]:
    width, height = int(video["width"]), int(video["height"])
    across, _, down = video.get("sample_aspect_ratio", "1:1").partition(":")
    if across.isdigit() and down.isdigit() and int(across) and int(down):
        width = max(1, round(width * int(across) / int(down)))
    return (height, width) if rotation in (90, 270) else (width, height)


def _bits(video: dict[str, Any]) -> int:
    """Return the bits of one colour of one pixel."""
    named = re.search(r"p0?(\d\d)(?:le|be)$|gray(\d\d)", video.get("pix_fmt", ""))
    if named:
        return int(named[1] or named[2])
    return _whole(video.get("bits_per_raw_sample")) or 8


def _milliseconds(seconds: str | None) -> int | None:
    return round(float(seconds) * 1000) or None if seconds and seconds != "N/A" else None


def _whole(number: str | int | None) -> int | None:
    return int(number) if number is not None and str(number).isdigit() else None
