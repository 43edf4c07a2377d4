"""Images of single moments: the poster, stills for search hits, the storyboard's index."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

from kb.errors import ToolFailed
from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.graph import FRAME_SIZE, FRAME_STEP_MS, Storyboard
from kb.media.kinds import HEAD_BYTES, Kind, sniff
from kb.media.run import Limits

POSTER_WIDTH = 1280
STILL_WIDTH = 480
# A picture that differs from the next by more than this (mean of 0 to 255) is on its way to another one.
SETTLED = 4.0
MOST_LOOKED_AT = 600


def poster(
    frames: Path,
    video: Path,
    out: Path,
    *,
    width: int = POSTER_WIDTH,
    should_stop: Callable[[], bool] | None = None,
) -> int:
    """Write the most telling moment of video as WebP, at most width wide, and return it in ms.

    frames: what `render` wrote. Not blank unless all of it is; a moment that stands still before one in motion.
    """
    at_ms = telling_ms(frames)
    still(video, at_ms, out, width=width, should_stop=should_stop)
    return at_ms


def telling_ms(frames: Path) -> int:
    """Return the moment with the most to see: many shades times many edges, the earliest of equals."""
    best_score, best = -1.0, 0
    for number, picture, following in _with_following(frames):
        score = _score(picture) * (1.0 if _difference(picture, following) < SETTLED else 0.5)
        if score > best_score:
            best_score, best = score, number
    return best * FRAME_STEP_MS


def _with_following(frames: Path) -> Iterator[tuple[int, Image.Image, Image.Image]]:
    """Yield each picture with its number and the next one (the last with itself); of a long recording, some of them."""
    count = frames.stat().st_size // (FRAME_SIZE[0] * FRAME_SIZE[1])
    step = 1 + count // MOST_LOOKED_AT
    before: tuple[int, Image.Image] | None = None
    for number, picture in enumerate(read_frames(frames)):
        if before:
            yield *before, picture
        before = (number, picture) if number % step == 0 else None
    if before:
        yield *before, before[1]


def read_frames(frames: Path) -> Iterator[Image.Image]:
    """Yield the gray pictures in order; number n is what was on the screen at n * FRAME_STEP_MS."""
    size = FRAME_SIZE[0] * FRAME_SIZE[1]
    with frames.open("rb") as file:
        while len(pixels := file.read(size)) == size:
            yield Image.frombytes("L", FRAME_SIZE, pixels)


def _score(picture: Image.Image) -> float:
    edges = picture.filter(ImageFilter.FIND_EDGES).crop((1, 1, FRAME_SIZE[0] - 1, FRAME_SIZE[1] - 1))
    return float(picture.entropy() * ImageStat.Stat(edges).mean[0])


def _difference(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


def still(
    video: Path,
    at_ms: int,
    out: Path,
    *,
    width: int = STILL_WIDTH,
    kind: Kind | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Write what is on the screen at at_ms as WebP, at most width wide.

    The picture that began last before at_ms, which may be long before: a screen recording has none while nothing moves.
    """
    kind = kind or _kind_of(video)
    with workshop(out.parent) as shop:
        made = shop / "still.webp"
        # Decoding begins at the keyframe before at_ms, which is 0 then. A steady clock repeats each picture until the
        # next and the last one for ever; the first at or after 0 is the one that we want. `fps` forgets a last picture
        # that ends within its tick: hence the copies, which last for more than one even at 1000 pictures a second.
        stream = opened(video, kind, ss=f"{at_ms / 1000:.3f}", noaccurate_seek=None)
        picture = stream.video.filter("tpad", stop_mode="clone", stop=250).filter("fps", 5, round="up")
        picture = picture.filter("tpad", stop_mode="clone", stop=-1)
        picture = picture.filter("select", "gte(t,0)")
        picture = picture.filter("scale", f"min({width},iw)", "-2", flags="area")
        output = picture.output(
            str(made), f="image2", update=1, vframes=1, vcodec="libwebp", quality=80, fps_mode="passthrough", **CLEAN
        )
        convert([output], source=video, folder=shop, limits=Limits(deadline_s=60), should_stop=should_stop)
        made.replace(out)


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
