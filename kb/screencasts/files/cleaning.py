"""What goes by itself: the old in the trash, originals where they are not kept, what killed tries left behind."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from kb.db import db, now, writing
from kb.errors import NotFound
from kb.hands import hands
from kb.screencasts import erasing
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast, State, StepState
from kb.screencasts.pipeline import transitions
from kb.screencasts.uploads import part_files

TRASH_DAYS = 30
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
