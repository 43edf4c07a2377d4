"""What the steps work with: the original, what is known of it, and what the rendition leaves for later ones."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import TypeAdapter

from kb.db import db
from kb.errors import NotFound, ToolFailed
from kb.hands import hands
from kb.media import probe as probing
from kb.media import sharp
from kb.media.audio import extract
from kb.media.kinds import Kind, by_name
from kb.media.probe import Probe
from kb.screencasts import refusals
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.steps import FRAMES, SOUND
from kb.storage.contract import made, of_take

# Of a gray PNG of a screen, generously.
PIXELS_A_BYTE = 4


@contextmanager
def original_of(lease: Lease) -> Iterator[tuple[Path, Kind]]:
    """Or what stands for it, see `_best_of`."""
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    key, kind = _best_of(screencast, lease.take)
    db.session.rollback()
    if not key or not kind:
        raise ToolFailed("The original is not kept, so nothing more can be made of it.", permanent=True)
    try:
        with hands().storage.local_path(key) as path:
            yield path, by_name(kind)
    except NotFound as error:
        raise ToolFailed("The original is missing. Upload it again.", permanent=True, code="no-original") from error


def facts_of(lease: Lease, path: Path, kind: Kind) -> Probe:
    """What is in the file that `original_of` gave."""
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    return measured_of(screencast) if screencast.original_key else probing.probe(path, kind)


def measured_of(screencast: Screencast) -> Probe:
    return TypeAdapter(Probe).validate_python(screencast.measured)


def sound_of(lease: Lease, stack: ExitStack) -> Path:
    """The recording's sound as 16 kHz wav, for as long as the stack is open.

    The rendition leaves it behind; for a later try it is taken from the original again.
    """
    try:
        return stack.enter_context(hands().storage.local_path(made(lease.screencast_id, of_take(lease.take, SOUND))))
    except NotFound:
        folder = stack.enter_context(hands().work_folder(lease.screencast_id, lease.kind.name))
        path, kind = stack.enter_context(original_of(lease))
        measured = facts_of(lease, path, kind)
        if not measured.audio_indexes:
            raise ToolFailed("It has no sound.", permanent=True, code="no-audio") from None
        return extract(path, kind, measured, folder, should_stop=lease.is_over).wav


def frames_of(lease: Lease, stack: ExitStack) -> Path:
    """The recording's small gray pictures (kb.media.frames), for as long as the stack is open; made anew where gone."""
    try:
        return stack.enter_context(hands().storage.local_path(made(lease.screencast_id, of_take(lease.take, FRAMES))))
    except NotFound:
        folder = stack.enter_context(hands().work_folder(lease.screencast_id, lease.kind.name))
        path, kind = stack.enter_context(original_of(lease))
        return sharp.frames(path, kind, facts_of(lease, path, kind), folder, should_stop=lease.is_over)


def pictures_of(lease: Lease, moments_ms: Sequence[int], folder: Path) -> list[Path]:
    """What is on the screen at each of these moments, gray and at full size, made in folder."""
    with original_of(lease) as (path, kind):
        facts = facts_of(lease, path, kind)
        refusals.check_room_to_make(len(moments_ms) * facts.width * facts.height // PIXELS_A_BYTE)
        return sharp.pictures(path, kind, facts, moments_ms, folder, should_stop=lease.is_over)


def _best_of(screencast: Screencast, take: int) -> tuple[str | None, str | None]:
    """The original, or where it is not kept what every browser plays: sound and pictures can be taken from that too."""
    if screencast.original_key:
        return screencast.original_key, screencast.kind
    best = next((each for each in screencast.sources if each.rank == 0 and each.take == take), None)
    return (made(screencast.id, best.name), "mp4") if best else (None, None)
