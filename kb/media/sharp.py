"""Pictures to be read for their words: gray, at the full size of the recording, at chosen moments."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.frames import FRAME_STEP_MS
from kb.media.graph import even, every, frames_of
from kb.media.kinds import Kind
from kb.media.packets import Measured
from kb.media.probe import Probe, measure
from kb.media.run import Limits

# Larger ones are brought down to this: of a screen of 8K nobody reads single pixels.
MOST_WIDTH = 3840
# A noisy picture of the largest size takes half of it.
MOST_PICTURE_BYTES = 32_000_000


def frames(
    source: Path, kind: Kind, probe: Probe, folder: Path, *, should_stop: Callable[[], bool] | None = None
) -> Path:
    """Make frames.gray in folder, as `render` leaves it, of a recording of which it is gone."""
    measured = measure(source, kind, probe, should_stop=should_stop)
    with workshop(folder) as shop:
        made = shop / "frames.gray"
        output = frames_of(_from_start(source, kind, probe), measured, made)
        convert([output], source=source, folder=shop, limits=_limits(measured), should_stop=should_stop)
        return made.replace(folder / made.name)


def pictures(
    source: Path,
    kind: Kind,
    probe: Probe,
    moments_ms: Sequence[int],
    folder: Path,
    *,
    should_stop: Callable[[], bool] | None = None,
) -> list[Path]:
    """Make a gray PNG in folder of what was on the screen at each of these moments, in one decode up to the last.

    moments_ms: in order, multiples of FRAME_STEP_MS, so that each is the picture of that number in `frames`.
    """
    measured = measure(source, kind, probe, should_stop=should_stop)
    numbers = [at_ms // FRAME_STEP_MS for at_ms in moments_ms]
    picture = every(_from_start(source, kind, probe), FRAME_STEP_MS, numbers[-1] + 1, measured)
    picture = picture.filter("select", "+".join(f"eq(n,{number})" for number in numbers))
    # Last, or all the pictures that nobody reads would be made gray too.
    picture = picture.filter("scale", *_size(probe)).filter("format", "gray")
    output = ffmpeg.output(
        picture,
        str(folder / "picture-%d.png"),
        f="image2",
        vcodec="png",
        # A tenth more bytes for a quarter of the time.
        compression_level=1,
        fps_mode="passthrough",
        **CLEAN,
    )
    convert([output], source=source, folder=folder, limits=_limits(measured), should_stop=should_stop)
    return [folder / f"picture-{number}.png" for number in range(1, len(numbers) + 1)]


def _from_start(source: Path, kind: Kind, found: Probe) -> Any:
    """All pictures, the first from the start, as the rendition has them; one that has another size ends nothing."""
    return opened(source, kind, **{"reinit_filter:v": 0})[str(found.video_index)].filter("setpts", "if(N,PTS,0)")


def _size(found: Probe) -> tuple[int, int]:
    """At one size, whatever happened to the recorded window."""
    width = min(found.width, MOST_WIDTH)
    return width, found.height if width == found.width else even(round(found.height * width / found.width))


def _limits(measured: Measured) -> Limits:
    seconds = measured.duration_ms / 1000
    most_bytes = max(MOST_PICTURE_BYTES, int(100_000 + 30_000 * seconds))
    return Limits(deadline_s=60 + 5 * seconds, output_bytes=most_bytes, nice=10)
