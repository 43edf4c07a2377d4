"""What one ffmpeg process makes of a recording in one decode, as ffmpeg-python builds it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from kb.media.audio import as_one
from kb.media.convert import AAC, BT709, CLEAN, THREADS, opened
from kb.media.frames import FRAME_SIZE, FRAME_STEP_MS
from kb.media.kinds import Kind
from kb.media.packets import Measured
from kb.media.probe import Probe

BOX = (1920, 1080)
TILE_WIDTH = 192
# Ten rows of them must fit into a WebP, whose sides are 16,383 at most.
MOST_TILE_HEIGHT = 640
COLUMNS = 10
MOST_TILES = 100
CLOCK = 90_000


@dataclass(frozen=True)
class Storyboard:
    """Sheets of tiles, row by row; tile n is what was on the screen at n * interval_ms."""

    sheets: tuple[Path, ...]
    interval_ms: int
    tile_width: int
    tile_height: int
    columns: int
    rows: int
    tiles: int
    duration_ms: int


class Graph:
    """What one ffmpeg process makes of a source: the graph's outputs, and where they go.

    gain_db: for the sound. has_bars: pictures of another shape than the first get bars at their sides, which costs a
    copy of every picture; else they are pulled to its shape.
    """

    def __init__(
        self,
        source: Path,
        kind: Kind,
        found: Probe,
        measured: Measured,
        shop: Path,
        *,
        encode: bool,
        gain_db: float = 0.0,
        has_bars: bool = False,
    ) -> None:
        self.found, self.measured, self.encode = found, measured, encode
        self.gain_db, self.has_bars = gain_db, has_bars
        # A browser's recording changes its size when the recorded window does. The filters must live through that
        # rather than be built anew: built anew they forget the tiles and the clock that they have so far.
        self.input = opened(source, kind, **{"reinit_filter:v": 0})
        self.video, self.frames = shop / "video.mp4", shop / "frames.gray"
        self.sheet = shop / "storyboard-0.webp"
        self.fitted = fit(found.width, found.height)
        self.width, self.height = map(even, self.fitted)
        self.interval_ms = max(1000, math.ceil(measured.duration_ms / MOST_TILES))
        self.tiles = math.ceil(measured.duration_ms / self.interval_ms)
        self.tile_height = min(MOST_TILE_HEIGHT, max(2, even(round(TILE_WIDTH * found.height / found.width))))

    def outputs(self) -> list[Any]:
        pictures = self._fitted().filter_multi_output("split", 3 if self.encode else 2)
        made = [self._frames_from(pictures[0]), self._sheet_from(pictures[1])]
        if self.encode:
            made.append(self._video_from(pictures[2], self._sounds()))
        return made

    def storyboard(self, sheet: Path) -> Storyboard:
        return Storyboard(
            sheets=(sheet,),
            interval_ms=self.interval_ms,
            tile_width=TILE_WIDTH,
            tile_height=self.tile_height,
            columns=min(COLUMNS, self.tiles),
            rows=math.ceil(self.tiles / COLUMNS),
            tiles=self.tiles,
            duration_ms=self.measured.duration_ms,
        )

    # -- pictures ---------------------------------------------------------------------------------------

    def _fitted(self) -> Any:
        """All pictures at one even size that fits the box, never blown up, as 8-bit 4:2:0."""
        width, height = self.fitted
        picture = self.input[str(self.found.video_index)]
        if self.has_bars:
            upper = (width + width % 2, height + height % 2)
            picture = picture.filter(
                "scale", width, height, force_original_aspect_ratio="decrease", eval="frame", **self._colours()
            )
            picture = picture.filter("format", "yuv420p")
            picture = picture.filter("pad", *upper, "(ow-iw)/2", "(oh-ih)/2", eval="frame")
        else:
            picture = picture.filter("scale", width, height, **self._colours()).filter("format", "yuv420p")
        if (self.width, self.height) != self.fitted:
            # A column is cut off rather than scaled away: scaling by one pixel would blur all letters.
            picture = picture.filter("crop", self.width, self.height, 0, 0)
        picture = picture.filter("setsar", 1)
        # The first picture stands from the start, also where the sound began before it.
        return picture.filter("setpts", "if(N,PTS,0)")

    def _colours(self) -> dict[str, str]:
        # Without a word about it RGB would become BT.601.
        return {"out_color_matrix": "bt709", "out_range": "tv"} if self._is_rgb else {}

    @property
    def _is_rgb(self) -> bool:
        return self.found.pixel_format.startswith(("gbr", "rgb", "bgr", "argb", "abgr", "0rgb", "0bgr", "pal8"))

    def _frames_from(self, picture: Any) -> Any:
        return frames_of(picture, self.measured, self.frames)

    def _sheet_from(self, picture: Any) -> Any:
        picture = every(picture, self.interval_ms, self.tiles, self.measured)
        picture = picture.filter("scale", TILE_WIDTH, self.tile_height, flags="area")
        board = self.storyboard(self.sheet)
        picture = picture.filter("tile", f"{board.columns}x{board.rows}")
        return picture.output(
            str(self.sheet), f="image2", update=1, vcodec="libwebp", quality=60, fps_mode="passthrough", **CLEAN
        )

    def _video_from(self, picture: Any, sounds: list[Any]) -> Any:
        # The last picture is made another than the one before, invisibly, so that it is kept: players stop after the
        # last one that there is, however long it should stay (Chromium 15x), and a still ending would be cut off.
        last = f"gte(t,{(self.measured.last_picture_us - 8) / 1_000_000})"
        picture = picture.filter("lutyuv", y="if(gt(val,128),val-4,val+4)", enable=last)
        # Screens stand still: dropping what repeats halves the work. A picture is kept every two seconds all the same.
        picture = picture.filter("mpdecimate", hi=200, lo=100, frac=0.02, max=max(2, round(2 * self.measured.fps)))
        return ffmpeg.output(picture, *sounds, str(self.video), **self._video_options())

    def _video_options(self) -> dict[str, Any]:
        # The last picture stays until the end. PTS and DTS must be named, or setts makes them the same (ffmpeg 5.1).
        ending = f"if(eq(NEXT_PTS,NOPTS),{self.measured.duration_ms}/1000/TB-PTS,DURATION)"
        return {
            "f": "mp4",
            "vcodec": "libx264",
            "preset": "veryfast",
            "crf": 21,
            "profile:v": "high",
            "g": 300,
            # Screens gain next to nothing by B-frames: -14 % time without, +3 % bytes; and no picture out of order.
            "bf": 0,
            # Scrolled pages move far and by whole pixels: -10 % time, and -4 % bytes at most.
            "motion-est": "umh",
            "subq": 1,
            "threads": THREADS,
            "fps_mode": "vfr",
            # Not the rate of the pictures, which keep their own times, but what x264 reckons level and quality with:
            # a browser's recording claims 1000 and would get a level that no phone plays.
            "x264-params": f"fps={60 if self.measured.fps > 31 else 30}",
            # One clock for filter, encoder, setts and file; ffmpeg 5.1 tells setts another than its packets have.
            "enc_time_base": f"1:{CLOCK}",
            "video_track_timescale": CLOCK,
            "bsf:v": f"setts=pts=PTS:dts=DTS:duration={ending}".replace(",", r"\,"),
            "movflags": "+faststart",
            # Not told, players guess by the size.
            **(BT709 if self._is_rgb else {}),
            **AAC,
            "ac": channels(self.found),
            **CLEAN,
        }

    def _sounds(self) -> list[Any]:
        if not self.found.audio_indexes:
            return []
        sound = as_one(self.input, self.found, self.measured)
        return [sound.filter("volume", f"{self.gain_db:.1f}dB") if self.gain_db else sound]


def every(picture: Any, interval_ms: int, count: int, measured: Measured) -> Any:
    """Exactly count pictures: what was on the screen at 0, interval_ms, 2 * interval_ms ...

    Rounded up, a slot gets the last picture before it: the time of a tile is its number, whatever the source's
    frame rate does. `fps` forgets the last picture where no later one follows, so a copy of it is put after the
    end; and `tpad` fills what is missing, should that copy have gone.
    """
    # Its copy follows a picture's usual time later, which may be a tick of a clock of 90,000 a second (11 us).
    is_copy = f"gt(T,{(measured.last_picture_us + 8) / 1_000_000})"
    after_s = (measured.duration_ms + 2 * interval_ms) / 1000
    picture = picture.filter("tpad", stop_mode="clone", stop=1)
    picture = picture.filter("setpts", f"if({is_copy},{after_s}/TB,PTS)")
    picture = picture.filter("fps", f"1000/{interval_ms}", start_time=0, round="up")
    return picture.filter("tpad", stop_mode="clone", stop=-1).filter("trim", end_frame=count)


def frames_of(picture: Any, measured: Measured, target: Path) -> Any:
    """The output that writes the small gray pictures of `kb.media.frames`."""
    count = math.ceil(measured.duration_ms / FRAME_STEP_MS)
    picture = every(picture, FRAME_STEP_MS, count, measured).filter("scale", *FRAME_SIZE, flags="area")
    # Each at once: its length tells how far all of it is.
    options = {"f": "rawvideo", "pix_fmt": "gray", "fps_mode": "passthrough", "flush_packets": 1}
    return picture.output(str(target), **options, **CLEAN)


def fit(width: int, height: int) -> tuple[int, int]:
    """Return the size at which a picture fits the box, upright ones the upright box; never larger than it is."""
    across, down = BOX if width >= height else BOX[::-1]
    if width <= across and height <= down:
        return max(2, width), max(2, height)
    share = min(across / width, down / height)
    return max(2, even(round(width * share))), max(2, even(round(height * share)))


def even(length: int) -> int:
    """H.264 halves the colours, so it wants even sides."""
    return length - length % 2


def channels(found: Probe) -> int:
    return 1 if found.audio_channels == 1 and found.audio_streams == 1 else 2
