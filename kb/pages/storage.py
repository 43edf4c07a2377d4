"""What takes how much room: by kind, by screencast, and how much is left on each filesystem."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text, tuple_
from sqlalchemy.orm import joinedload

from kb.accounts.rules import Viewer
from kb.db import db
from kb.errors import Invalid
from kb.hands import hands
from kb.pages.naming import Name, name_of
from kb.screencasts.files import mending
from kb.screencasts.models import PartialUpload, Screencast, Version
from kb.screencasts.uploads import part_files
from kb.storage.room import Filesystem
from kb.web.paging import cursor_of, read_cursor

SORTS = {"size": "Largest", "newest": "Newest", "oldest": "Oldest"}


@dataclass(frozen=True)
class Part:
    """One kind of what is stored. count: of how many, where they can be counted; hint: what may be done about it."""

    name: str
    words: str
    size_bytes: int
    count: int | None = None
    hint: str = ""


@dataclass(frozen=True)
class Item:
    """size_bytes: of all its files; original_bytes: of the recording itself, 0 where it is not kept."""

    screencast_id: str
    name: Name
    author: str
    size_bytes: int
    original_bytes: int
    created_at: datetime
    is_trashed: bool


def totals() -> list[Part]:
    """Each byte is counted once; what is in the trash is counted there alone."""
    settings = hands().settings
    here, gone = Screencast.trashed_at.is_(None), Screencast.trashed_at.is_not(None)
    kept = here & Screencast.original_key.is_not(None)
    originals, original_count = _sum(Screencast.original_bytes, kept)
    all_of_them, _ = _sum(Screencast.stored_bytes, here)
    earlier, earlier_count = _sum(Version.original_bytes, here, join=Version.screencast)
    trashed, trashed_count = _sum(Screencast.stored_bytes, gone)
    uploads = db.session.scalar(select(func.count()).where(PartialUpload.screencast_id.is_(None))) or 0
    made = max(0, all_of_them - originals - earlier)
    return [
        Part("originals", "Originals", originals, original_count, "what people uploaded"),
        Part("made", "Versions and pictures", made, None, "can be made again while the original is kept"),
        Part("earlier", "Earlier recordings", earlier, earlier_count, "replaced, and can be restored"),
        Part("trash", "Trash", trashed, trashed_count, "goes by itself 30 days after it was thrown away"),
        Part("uploads", "Unfinished uploads", _size(part_files.folder()), uploads, "end by themselves if left alone"),
        Part("work", "Work in progress", _size(settings.tmp_dir, but=part_files.folder())),
        Part("aside", "Set aside", _size(mending.aside()), None, "by kb check-media; delete it once you have looked"),
        Part("database", "Database", _database_bytes()),
        Part("index", "Search index", _size(settings.index_dir)),
    ]


def filesystems() -> list[Filesystem]:
    return hands().filesystems()


def largest(viewer: Viewer, sort: str, *, cursor: str | None, limit: int) -> tuple[list[Item], str | None]:
    """Screencasts, those in the trash too, and the cursor of what follows."""
    if sort not in SORTS:
        raise Invalid("There is no such order.", errors={"sort": [f"One of {', '.join(SORTS)}."]})
    rows = list(db.session.scalars(_query(sort, cursor).limit(limit + 1)))
    following = cursor_of(f"storage-{sort}", *_place(sort, rows[limit - 1])) if len(rows) > limit else None
    return [_item(viewer, each) for each in rows[:limit]], following


def _query(sort: str, cursor: str | None) -> Select[Any]:
    query = select(Screencast).where(Screencast.stored_bytes > 0).options(joinedload(Screencast.author))
    column: Any = Screencast.stored_bytes if sort == "size" else Screencast.created_at
    place = tuple_(column, Screencast.id)
    if after := read_cursor(f"storage-{sort}", cursor):
        value = after[0] if sort == "size" else datetime.fromisoformat(after[0])
        reached = (value, after[1])
        query = query.where(place > reached if sort == "oldest" else place < reached)
    if sort == "oldest":
        return query.order_by(column, Screencast.id)
    return query.order_by(column.desc(), Screencast.id.desc())


def _place(sort: str, row: Screencast) -> tuple[Any, str]:
    return (row.stored_bytes if sort == "size" else row.created_at.isoformat()), row.id


def _item(viewer: Viewer, row: Screencast) -> Item:
    return Item(
        screencast_id=row.id,
        name=name_of(viewer, row),
        author=row.author.name,
        size_bytes=row.stored_bytes,
        original_bytes=row.original_bytes if row.original_key else 0,
        created_at=row.created_at,
        is_trashed=row.trashed_at is not None,
    )


def _sum(column: Any, where: ColumnElement[bool], join: Any = None) -> tuple[int, int]:
    query = select(func.coalesce(func.sum(column), 0), func.count(column)).where(where)
    found = db.session.execute(query.join(join) if join is not None else query).one()
    return int(found[0]), int(found[1])


def _database_bytes() -> int:
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    file = Path(db.engine.url.database or "")
    return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))


def _size(folder: Path, but: Path | None = None) -> int:
    return sum(_sizes(folder, but))


def _sizes(folder: Path, but: Path | None) -> Iterator[int]:
    """Of all plain files below, links not followed; what goes while it is looked at is not there."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if Path(entry.path) != but:
                        yield from _sizes(Path(entry.path), but)
                elif entry.is_file(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return
