"""Images of moments: the poster, stills for search hits, a preview that moves, the storyboard's index."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from kb.errors import ToolFailed
from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.frames import telling_ms
from kb.media.graph import Storyboard
from kb.media.kinds import HEAD_BYTES, Kind, sniff
from kb.media.run import Limits

POSTER_WIDTH = 1280
STILL_WIDTH = 480
PREVIEW_S = 4
PREVIEW_FPS = 8


def poster(
    frames: Path,
    video: Path,
    out: Path,
    *,
    width: int = POSTER_WIDTH,
    should_stop: Callable[[], bool] | None = None,
) -> int:
    """Write the most telling moment of video as WebP, at most width wide, and return it in ms.

    frames: what `render` wrote.
    """
    at_ms = telling_ms(frames)
    still(video, at_ms, out, width=width, should_stop=should_stop)
    return at_ms


def still(
    video: Path,
    at_ms: int,
    out: Path,
    *,
    width: int = STILL_WIDTH,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Write what is on the screen at at_ms as WebP, at most width wide.

    The picture that began last before at_ms, which may be long before: a screen recording has none while nothing moves.
    """
    with workshop(out.parent) as shop:
        made = shop / "still.webp"
        # Decoding begins at the keyframe before at_ms, which is 0 then: the first picture at or after 0 is ours.
        picture = _steady(_from(video, at_ms).video, 5).filter("select", "gte(t,0)")
        picture = picture.filter("scale", f"min({width},iw)", "-2", flags="area")
        # A seventh more bytes than at level 4, for a tenth of the time.
        encoding = {"vcodec": "libwebp", "quality": 80, "compression_level": 1, "vframes": 1}
        output = picture.output(str(made), f="image2", update=1, fps_mode="passthrough", **encoding, **CLEAN)
        convert([output], source=video, folder=shop, limits=Limits(deadline_s=60), should_stop=should_stop)
        made.replace(out)


def _steady(picture: Any, fps: int) -> Any:
    """A steady clock, which repeats each picture until the next and the last one for ever.

    `fps` forgets a last picture that ends within its tick: hence the copies, which last for more than one even at 1000
    pictures a second.
    """
    picture = picture.filter("tpad", stop_mode="clone", stop=250).filter("fps", fps, round="up")
    return picture.filter("tpad", stop_mode="clone", stop=-1)


def preview(video: Path, moments_ms: Sequence[int], out: Path, *, width: int = STILL_WIDTH) -> None:
    """Write an animated WebP that shows a second of video from each of these moments on, at most width wide."""
    with workshop(out.parent) as shop:
        made = shop / "preview.webp"
        parts = [_second_from(video, at_ms) for at_ms in moments_ms]
        picture = ffmpeg.concat(*parts) if len(parts) > 1 else parts[0]
        picture = picture.filter("scale", f"min({width},iw)", "-2", flags="area")
        output = picture.output(
            str(made), f="webp", vcodec="libwebp_anim", quality=50, loop=0, fps_mode="passthrough", **CLEAN
        )
        convert([output], source=video, folder=shop, limits=Limits(deadline_s=60))
        made.replace(out)


def _second_from(video: Path, at_ms: int) -> Any:
    """As in `still`, but for a second, in which perhaps nothing comes: what is there stays."""
    picture = _steady(_from(video, at_ms).video, PREVIEW_FPS).filter("trim", start=0, end=1)
    return picture.filter("setpts", "PTS-STARTPTS")


def preview_moments_ms(scenes_ms: Sequence[int], duration_ms: int) -> list[int]:
    """Return where the seconds of a preview begin: spread over the recording, at another screen where there is one."""
    count = max(1, min(PREVIEW_S, duration_ms // 1000))
    part = duration_ms / count
    moments = []
    for begin in (number * part for number in range(count)):
        # Of the first screen people see the poster already, and often it is blank.
        others = [at for at in scenes_ms if at > 0 and begin <= at <= begin + part - 1000]
        moments.append(max(others, default=round(begin + max(0, part - 1000) / 2)))
    return moments


def _from(video: Path, at_ms: int) -> Any:
    """ffmpeg-python's input from the keyframe before at_ms on. So few pictures are decoded faster by one thread."""
    return opened(video, _kind_of(video), ss=f"{at_ms / 1000:.3f}", noaccurate_seek=None, threads=1)


def _kind_of(video: Path) -> Kind:
    with video.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    if not kind:
        raise ToolFailed("There is no video to take a picture from.", permanent=True, code="unreadable")
    return kind


def storyboard_vtt(storyboard: Storyboard, url_of_sheet: Callable[[int], str]) -> str:
    """Return WebVTT whose cues name a part of an image; url_of_sheet takes a sheet's number, from 0."""
    cues = [_cue(storyboard, tile, url_of_sheet) for tile in range(storyboard.tiles)]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(board: Storyboard, tile: int, url_of_sheet: Callable[[int], str]) -> str:
    start_ms = tile * board.interval_ms
    end_ms = min(start_ms + board.interval_ms, board.duration_ms)
    sheet, place = divmod(tile, board.columns * board.rows)
    row, column = divmod(place, board.columns)
    box = (column * board.tile_width, row * board.tile_height, board.tile_width, board.tile_height)
    return f"{_clock(start_ms)} --> {_clock(end_ms)}\n{url_of_sheet(sheet)}#xywh={','.join(map(str, box))}"


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
