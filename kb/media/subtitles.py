"""Words that a recording brings along: its subtitle tracks, as WebVTT."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.kinds import Kind
from kb.media.probe import Probe, Subtitles
from kb.media.run import Limits

# The others are pictures of words.
TEXTS = {"mov_text", "subrip", "ass", "ssa", "webvtt", "text"}
MOST_TRACKS = 8
MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Brought:
    """language: as the web writes it; "" where the file doesn't say. vtt: whatever a stranger wrote."""

    language: str
    vtt: bytes


def extract(
    source: Path, kind: Kind, probe: Probe, folder: Path, *, should_stop: Callable[[], bool] | None = None
) -> list[Brought]:
    """Read all subtitles that are text, without decoding anything else; folder is left as it was."""
    tracks = [track for track in probe.subtitles if track.codec in TEXTS][:MOST_TRACKS]
    if not tracks:
        return []
    with workshop(folder) as shop:
        stream = opened(source, kind, vn=None, an=None)
        files = [shop / f"{track.index}.vtt" for track in tracks]
        convert(
            [
                stream[str(track.index)].output(str(file), f="webvtt", scodec="webvtt", **CLEAN)
                for track, file in zip(tracks, files, strict=True)
            ],
            source=source,
            folder=shop,
            limits=Limits(deadline_s=120, output_bytes=MOST_BYTES, nice=10),
            should_stop=should_stop,
        )
        return [_brought(track, file) for track, file in zip(tracks, files, strict=True)]


def _brought(track: Subtitles, file: Path) -> Brought:
    return Brought(track.language, file.read_bytes())
