"""A recording made of drawn pictures: only those that differ are encoded, each stays for as long as it is told to."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import ffmpeg

from kb.errors import ToolFailed
from kb.media.convert import BT709, CLEAN, FEW_ARENAS, QUIET
from kb.media.run import Limits, run

# So that people can jump, and the site need not encode it again.
KEYFRAME_EVERY_S = 4


def shoot(
    pictures: Iterable[bytes],
    stays: Sequence[int],
    target: Path,
    *,
    size: tuple[int, int],
    rate: int,
    wav: Path | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Write an MP4 (H.264, AAC) that every browser plays.

    pictures: packed RGB, width * height * 3 bytes each, asked for in another thread. stays: for each of them, how many
    ticks it stays; rate: ticks a second. Raises ToolFailed, and ValueError where there are not as many of one as of the
    other.
    """
    picture = ffmpeg.input(
        "pipe:0", f="rawvideo", protocol_whitelist="pipe", pix_fmt="rgb24", s=f"{size[0]}x{size[1]}", framerate=rate
    )
    picture = picture.video.filter("setpts", f"{_starts(stays)}/({rate}*TB)")
    picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", "yuv420p")
    streams = (
        [picture, ffmpeg.input(f"file:{wav.absolute()}", f="wav", protocol_whitelist="file").audio]
        if wav
        else [picture]
    )
    encoding = {
        "vcodec": "libx264",
        "preset": "veryfast",
        "crf": 21,
        "threads": 2,
        "force_key_frames": f"expr:gte(t,n_forced*{KEYFRAME_EVERY_S})",
        "fps_mode": "passthrough",
        "movflags": "+faststart",
        **BT709,
    }
    sound = {"acodec": "aac", "b:a": "64k", "ar": 48000, "ac": 1} if wav else {}
    output = ffmpeg.output(*streams, str(target), f="mp4", **encoding, **sound, **CLEAN)
    run(
        ["ffmpeg", *QUIET, "-v", "error", *output.get_args(overwrite_output=True)],
        limits=Limits(deadline_s=600, output_bytes=256 * 1024**2),
        reads=[wav] if wav else [],
        writes=[target.parent],
        feed=_counted(pictures, len(stays)),
        should_stop=should_stop,
        env=FEW_ARENAS,
    )
    if not target.is_file():
        raise ToolFailed("The video program made no file of the drawn pictures.", permanent=True)


def _starts(stays: Sequence[int]) -> str:
    """ffmpeg's expression for the tick at which picture N starts: one a tick, and what each held one adds to that."""
    held = [f"gt(N,{number})*{ticks - 1}" for number, ticks in enumerate(stays) if ticks > 1]
    return f"({'+'.join(['N', *held])})"


def _counted(pictures: Iterable[bytes], count: int) -> Iterable[bytes]:
    drawn = 0
    for picture in pictures:
        drawn += 1
        yield picture
    if drawn != count:
        raise ValueError(f"{drawn} pictures were drawn, {count} are to be shown")
