"""What goes by itself: the old in the trash, originals where they are not kept, copies, what killed tries left."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from kb.db import db, now, writing
from kb.errors import NotFound
from kb.hands import hands
from kb.screencasts import erasing
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast, Source, State, Step, StepState
from kb.screencasts.pipeline import transitions
from kb.screencasts.uploads import part_files
from kb.storage.contract import made

TRASH_DAYS = 30
# Who began with a quick copy, before there was a rendition, has watched it to the end by then.
COPIES_KEPT = timedelta(days=1)
# A folder in private/tmp that nobody touched for so long was left by a try that was killed.
LEFTOVER_AGE = timedelta(hours=24)


def clean() -> None:
    """Once an hour; also what is done at once elsewhere, should that have been missed."""
    over = now() - timedelta(days=TRASH_DAYS)
    for screencast_id in list(db.session.scalars(select(Screencast.id).where(Screencast.trashed_at <= over))):
        # One that is taken out while others are erased stays.
        with suppress(NotFound):
            erasing.erase(screencast_id, trashed_before=over)
    if not hands().settings.keep_originals:
        kept = select(Screencast.id).where(Screencast.state == State.ready, Screencast.original_key.is_not(None))
        for screencast_id in list(db.session.scalars(kept)):
            drop_original(screencast_id)
    needless = select(_needless_copies().subquery().c.screencast_id).distinct()
    for screencast_id in list(db.session.scalars(needless)):
        drop_needless_copies(screencast_id)
    for left in leftovers():
        delete_leftover(left)


def drop_original(screencast_id: str) -> None:
    """Where originals are not kept: delete this one, if all its steps ended well and every browser plays what was made.

    After a failed step it stays, so that it can be tried again with the original.
    """
    if hands().settings.keep_originals:
        return
    with writing():
        screencast = transitions.hold(screencast_id)
        if not screencast or not _is_done_with(screencast):
            return
        key, screencast.original_key = screencast.original_key, None
    if key:
        hands().storage.delete(key)
    measure(screencast_id)


def _is_done_with(screencast: Screencast) -> bool:
    plays_everywhere = any(each.rank == 0 and each.take == screencast.take for each in screencast.sources)
    has_failed = any(step.state == StepState.failed for step in screencast.steps)
    return screencast.state == State.ready and plays_everywhere and not has_failed


def drop_needless_copies(screencast_id: str) -> None:
    """Delete quick copies that are no smaller than the rendition, which every browser plays.

    A smaller one stays, as VP9 often is: it spares disk and network whoever plays it.
    """
    with writing() as session:
        screencast = transitions.hold(screencast_id)
        if not screencast:
            return
        needless = set(session.scalars(_needless_copies().where(Source.screencast_id == screencast_id)))
        keys = [made(screencast_id, copy.name) for copy in needless]
        screencast.sources = [each for each in screencast.sources if each not in needless]
    for key in keys:
        hands().storage.delete(key)
    measure(screencast_id)


def _needless_copies() -> Select[Source]:
    final = aliased(Source)
    same_recording = and_(final.screencast_id == Source.screencast_id, final.take == Source.take, final.rank == 0)
    rendition = and_(Step.screencast_id == Source.screencast_id, Step.name == "rendition")
    return (
        select(Source)
        .join(final, same_recording)
        .join(Step, rendition)
        .where(Source.rank > 0, Source.size_bytes >= final.size_bytes)
        .where(Step.state == StepState.done, Step.ended_at <= now() - COPIES_KEPT)
    )


def leftovers() -> Iterator[Path]:
    """What killed tries left in the folder for unfinished files."""
    oldest = (now() - LEFTOVER_AGE).timestamp()
    for path in hands().settings.tmp_dir.iterdir():
        # One that arrived meanwhile is not there any more.
        with suppress(FileNotFoundError):
            if path != part_files.folder() and path.lstat().st_mtime < oldest:
                yield path


def delete_leftover(path: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
