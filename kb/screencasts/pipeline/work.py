"""What each media step does: read the original, make files in a folder of its own, put them in place, say so.

Results are put in place and written in one transaction with the end of the step, under names that do not change, so
that a step that runs twice leaves the same behind.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kb.db import db, writing
from kb.errors import ToolFailed
from kb.hands import hands
from kb.media import probe as probing
from kb.media import rendition as renditions
from kb.media import stills
from kb.media.kinds import by_name, fits
from kb.media.probe import Probe
from kb.media.rendition import Rendered, Storyboard
from kb.screencasts import refusals
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast, Source
from kb.screencasts.pipeline import captions_inside, leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.materials import facts_of, measured_of, original_of
from kb.screencasts.pipeline.steps import FRAMES, SOUND
from kb.screencasts.pipeline.transitions import is_wanted
from kb.screencasts.recordings import checksum
from kb.storage.contract import is_of_take, made, made_folder, of_take

FINAL = "video.mp4"
# 16,000 samples a second of two bytes.
SOUND_BYTES_PER_S = 32_000
# Two small gray pictures.
FRAMES_BYTES_PER_S = 28_800
# Poster and storyboard, generously.
PICTURES_BYTES = 16 * 1024**2


def probe(screencast_id: str) -> None:
    """The step `probe`: what is in the file, and whether it may stay."""
    leasing.perform(screencast_id, "probe", _probe)
    measure(screencast_id)


def quick(screencast_id: str) -> None:
    """The step `quick`: play at once what browsers can play without a new encoding."""
    leasing.perform(screencast_id, "quick", _quick)
    measure(screencast_id)


def rendition(screencast_id: str) -> None:
    """The step `rendition`: what every browser plays, with poster, storyboard and the sound for speech recognition."""
    leasing.perform(screencast_id, "rendition", _rendition)
    measure(screencast_id)


def _probe(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    found = measured_of(screencast) if screencast.measured else _look_at_original(lease)
    if too_long := refusals.too_long(found.duration_ms):
        raise ToolFailed(too_long, permanent=True, code="too-long")
    with writing() as session:
        screencast = session.get_one(Screencast, lease.screencast_id)
        screencast.measured = dataclasses.asdict(found)
        screencast.width, screencast.height = found.width, found.height
        screencast.has_audio = found.audio_codec is not None
        screencast.duration_ms = found.duration_ms
        notes = [*found.notes, *_notes_on(screencast, found)]
        leasing.finish(lease, note=" ".join(notes) or None, code="note" if notes else None)


def _quick(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    if not screencast.measured:
        leasing.finish(lease, skipped=True, code="needed")
        return
    measured = measured_of(screencast)
    refusals.check_room_to_make(screencast.original_bytes)
    with original_of(lease) as (path, kind), hands().work_folder(lease.screencast_id, "quick") as folder:
        made_quick = renditions.quick(path, kind, measured, folder, should_stop=lease.is_over)
        if not made_quick:
            leasing.finish(lease, skipped=True, code="needs-encoding")
            return
        if too_long := refusals.too_long(made_quick.duration_ms):
            raise ToolFailed(too_long, permanent=True, code="too-long")
        name = of_take(lease.take, FINAL if made_quick.is_final else made_quick.path.name)
        source = Source(
            screencast_id=lease.screencast_id,
            rank=0 if made_quick.is_final else 1,
            name=name,
            mime=made_quick.mime,
            width=made_quick.width,
            height=made_quick.height,
            size_bytes=made_quick.path.stat().st_size,
            sha256=checksum(made_quick.path),
            take=lease.take,
        )
        hands().storage.settle(made_quick.path)
        with leasing.results(lease) as screencast:
            hands().storage.put(made(lease.screencast_id, name), made_quick.path)
            _put_source(screencast, source)
            screencast.duration_ms = made_quick.duration_ms or screencast.duration_ms
            leasing.finish(lease)


def _rendition(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    if not screencast.measured:
        leasing.finish(lease, skipped=True, code="needed")
        return
    encode = not any(source.rank == 0 and source.take == lease.take for source in screencast.sources)
    refusals.check_room_to_make(_about_bytes(screencast, encode=encode))
    with original_of(lease) as (path, kind), hands().work_folder(lease.screencast_id, "rendition") as folder:
        found = facts_of(lease, path, kind)
        rendered = renditions.render(
            path,
            kind,
            found,
            folder,
            encode=encode,
            longest_ms=hands().settings.max_duration_s * 1000,
            on_progress=lease.report,
            should_stop=lease.is_over,
        )
        if too_long := refusals.too_long(rendered.duration_ms):
            raise ToolFailed(too_long, permanent=True, code="too-long")
        poster = _poster(lease, folder, rendered)
        captions = captions_inside.captions_in(path, kind, found, folder, lease)
        _settle(rendered, poster)
        source = _source(lease, rendered)
        with leasing.results(lease) as screencast:
            _put(lease, screencast, rendered, poster)
            if source:
                _put_source(screencast, source)
            screencast.duration_ms = rendered.duration_ms
            screencast.poster_key = of_take(lease.take, poster.name) if poster else screencast.poster_key
            screencast.storyboard = _storyboard_json(rendered, lease.take)
            captions_inside.take(screencast, captions)
            screencast.scenes = rendered.scenes_ms
            leasing.finish(lease, note=rendered.note, code="note" if rendered.note else None)
    _drop_other_takes(lease)


def _look_at_original(lease: Lease) -> Probe:
    with original_of(lease) as (path, kind):
        return probing.probe(path, kind)


def _about_bytes(screencast: Screencast, *, encode: bool) -> int:
    """What a rendition makes: a screen recording becomes no larger by it, pictures are small, sound is as it is."""
    sound_bytes = SOUND_BYTES_PER_S * (screencast.duration_ms or 0) // 1000 if screencast.has_audio else 0
    frames_bytes = FRAMES_BYTES_PER_S * (screencast.duration_ms or 0) // 1000
    return PICTURES_BYTES + frames_bytes + sound_bytes + (screencast.original_bytes if encode else 0)


def _notes_on(screencast: Screencast, found: Probe) -> Iterator[str]:
    if not found.audio_codec:
        yield "It has no sound."
    kind = by_name(screencast.kind or "")
    if not fits(kind, screencast.filename):
        yield f"Its name says something else, but it is {kind.words}, and was taken as such."


def _poster(lease: Lease, folder: Path, rendered: Rendered) -> Path | None:
    """The most telling picture, under a name that changes with it, so that no browser shows an old one."""
    if not rendered.frames:
        return None
    with ExitStack() as stack:
        video = rendered.video or stack.enter_context(hands().storage.local_path(_made(lease, FINAL)))
        drawn = folder / "poster.webp"
        at_ms = stills.poster(rendered.frames, video, drawn, should_stop=lease.is_over)
    return drawn.rename(folder / f"poster-{at_ms}.webp")


def _settle(rendered: Rendered, poster: Path | None) -> None:
    sheets = rendered.storyboard.sheets if rendered.storyboard else ()
    for file in (*sheets, rendered.wav, rendered.frames, poster, rendered.video):
        if file:
            hands().storage.settle(file)


def _source(lease: Lease, rendered: Rendered) -> Source | None:
    if not rendered.video:
        return None
    return Source(
        screencast_id=lease.screencast_id,
        rank=0,
        name=of_take(lease.take, FINAL),
        mime="video/mp4",
        width=rendered.width,
        height=rendered.height,
        size_bytes=rendered.video.stat().st_size,
        sha256=checksum(rendered.video),
        take=lease.take,
    )


def _put(lease: Lease, screencast: Screencast, rendered: Rendered, poster: Path | None) -> None:
    """Move what was made to its place; the video last, since its row makes the rest be asked for."""
    storage = hands().storage
    for sheet in rendered.storyboard.sheets if rendered.storyboard else ():
        storage.put(_made(lease, sheet.name), sheet)
    if rendered.wav and is_wanted(screencast, SOUND):
        storage.put(_made(lease, SOUND), rendered.wav)
    if rendered.frames and is_wanted(screencast, FRAMES):
        storage.put(_made(lease, FRAMES), rendered.frames)
    if poster:
        storage.put(_made(lease, poster.name), poster)
    if rendered.video:
        storage.put(_made(lease, FINAL), rendered.video)


def _made(lease: Lease, name: str) -> str:
    return made(lease.screencast_id, of_take(lease.take, name))


def _drop_other_takes(lease: Lease) -> None:
    """What was made of earlier recordings; the versions themselves are originals, which stay."""
    storage = hands().storage
    for name in storage.names(made_folder(lease.screencast_id)):
        if not is_of_take(lease.take, name):
            storage.delete(made(lease.screencast_id, name))


def _storyboard_json(rendered: Rendered, take: int) -> dict[str, Any] | None:
    if not rendered.storyboard:
        return None
    sheets = [of_take(take, sheet.name) for sheet in rendered.storyboard.sheets]
    return dataclasses.asdict(rendered.storyboard) | {"sheets": sheets}


def storyboard_of(screencast: Screencast) -> Storyboard | None:
    if not screencast.storyboard:
        return None
    return Storyboard(**screencast.storyboard | {"sheets": tuple(map(Path, screencast.storyboard["sheets"]))})


def _put_source(screencast: Screencast, source: Source) -> None:
    """The place of a source is its name: a step that ran twice has one. Those of an earlier recording go."""
    kept = [each for each in screencast.sources if each.take == source.take and each.name != source.name]
    screencast.sources = kept
    db.session.flush()
    screencast.sources.append(source)
