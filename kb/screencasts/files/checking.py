"""Whether files and rows fit together: each file that a row names is there and as it was, and no other lies about.

It may look while the site works: what changed within the last hour is left alone, since it may be in the making, and
what a row said is read again before its file is called missing.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import func, select

from kb.db import ID_LENGTH, ID_SIGNS, db
from kb.errors import NotFound
from kb.hands import hands
from kb.screencasts.files import cleaning
from kb.screencasts.files.belongings import Belonging, belongings, may_lie_there
from kb.screencasts.models import Screencast
from kb.screencasts.recordings import checksum
from kb.storage.contract import Stored
from kb.web.filters import counted

SETTLED_AFTER = timedelta(hours=1)
BATCH = 500
# originals/ID.mp4, originals/ID-OTHER.mp4, media/ID, media/ID/video.mp4
OWNER = re.compile(rf"(?:originals/|media/)([{ID_SIGNS}]{{{ID_LENGTH}}})(?=[./-]|$)")


NO_FILE = " (a link, or no file at all; it was not followed)"


class Kind(StrEnum):
    missing = "missing"
    changed = "changed"
    unknown = "unknown"
    access = "access"
    leftover = "leftover"
    # No fault: nobody has written down yet what its content was.
    unmeasured = "unmeasured"
    # No fault either, or not yet: it would be one, had it not changed just now.
    fresh = "fresh"


WORDS = {
    Kind.missing: "missing",
    Kind.changed: "not as they were",
    Kind.unknown: "that belong to nothing",
    Kind.access: "with wrong permissions",
    Kind.leftover: "left by killed tries",
}


@dataclass(frozen=True)
class Finding:
    """screencast_id, belonging: what names the file, if a row does."""

    kind: Kind
    key: str
    detail: str
    screencast_id: str = ""
    belonging: Belonging | None = None

    @property
    def is_fault(self) -> bool:
        return self.kind not in (Kind.unmeasured, Kind.fresh)


def summary(findings: Sequence[Finding]) -> str:
    """All of it in a sentence or two."""
    counts = Counter(finding.kind for finding in findings)
    faults = ", ".join(f"{counts[kind]:,} {words}" for kind, words in WORDS.items() if counts[kind])
    well = "Every file is there, as it was, and belongs to something."
    if fresh := counts[Kind.fresh]:
        left = f"{counted(fresh, 'file')} changed within the last hour and may be in the making; check again later."
        sentences = [f"{faults}." if faults else "Nothing is wrong so far.", left]
    else:
        sentences = [f"{faults}." if faults else well]
    if unmeasured := counts[Kind.unmeasured]:
        sentences.append(f"{counted(unmeasured, 'file')} had no checksum yet; --repair writes it down.")
    return " ".join(sentences)


def empty_folders(findings: Sequence[Finding]) -> list[str]:
    """In which nothing at all lies, although files are missed there: as where a disk is not mounted."""
    missed = {finding.key.partition("/")[0] for finding in findings if finding.kind == Kind.missing}
    for stored in hands().storage.everything() if missed else ():
        missed.discard(stored.key.partition("/")[0])
        if not missed:
            break
    return sorted(missed)


def count_bytes() -> int:
    """About how much there is to read, for telling how far a check is."""
    return int(db.session.scalar(select(func.sum(Screencast.stored_bytes))) or 0)


def check(
    *,
    contents: bool = True,
    settled_after: timedelta = SETTLED_AFTER,
    on_read: Callable[[int], object] = lambda size_bytes: None,
) -> Iterator[Finding]:
    """Look at everything. contents: read every file whose checksum is known, else compare sizes alone.

    on_read: told of each screencast's bytes once it is done.
    """
    look = _Look(contents, time.time() - settled_after.total_seconds())
    for screencast_id in _every_id():
        named = _belongings(screencast_id)
        for belonging in named or ():
            yield from look.at(screencast_id, belonging)
        on_read(sum(each.size_bytes or 0 for each in named or ()))
    yield from look.at_storage()
    for path in cleaning.leftovers():
        yield Finding(Kind.leftover, str(path), "was left in the folder for unfinished files by a try that was killed")


def _every_id() -> Iterator[str]:
    last = ""
    while batch := db.session.scalars(
        select(Screencast.id).where(Screencast.id > last).order_by(Screencast.id).limit(BATCH)
    ).all():
        # Nothing is held open while files are read.
        db.session.rollback()
        yield from batch
        last = batch[-1]


def _belongings(screencast_id: str) -> list[Belonging] | None:
    """As the row says now; None if it is gone."""
    screencast = db.session.get(Screencast, screencast_id, populate_existing=True)
    found = list(belongings(screencast)) if screencast else None
    db.session.rollback()
    return found


@dataclass
class _Look:
    contents: bool
    settled_before: float

    def at(self, screencast_id: str, belonging: Belonging) -> Iterator[Finding]:
        stored = hands().storage.look(belonging.key)
        kind, detail = self._verdict(belonging, stored)
        if kind == Kind.changed and stored and self._is_fresh(stored):
            kind = Kind.fresh
        if not kind or (kind == Kind.unmeasured and stored and self._is_fresh(stored)):
            return
        if belonging in (_belongings(screencast_id) or ()):
            yield Finding(kind, belonging.key, detail, screencast_id, belonging)

    def _verdict(self, belonging: Belonging, stored: Stored | None) -> tuple[Kind | None, str]:
        if not stored:
            return Kind.missing, f"the {belonging.what} of a screencast, is not there"
        if stored.kind != "file":
            return Kind.changed, f"should be the {belonging.what} of a screencast" + NO_FILE
        if belonging.size_bytes is not None and stored.size_bytes != belonging.size_bytes:
            return Kind.changed, f"has {stored.size_bytes:,} bytes instead of {belonging.size_bytes:,}"
        if not belonging.sha256:
            return (Kind.unmeasured, "has no checksum yet") if belonging.size_bytes is not None else (None, "")
        try:
            is_as_it_was = not self.contents or _checksum(belonging.key) == belonging.sha256
        except NotFound:
            return Kind.missing, f"the {belonging.what} of a screencast, is not there"
        return (None, "") if is_as_it_was else (Kind.changed, "has another content than was written (checksum)")

    def at_storage(self) -> Iterator[Finding]:
        known = lru_cache(8)(_Known.of)
        unknown_folder = "/"
        for stored in hands().storage.everything():
            if stored.key.startswith(unknown_folder):
                continue
            owner = OWNER.match(stored.key)
            if not owner or not known(owner[1]).has(stored):
                kind = Kind.fresh if self._is_fresh(stored) else Kind.unknown
                yield Finding(kind, stored.key, "belongs to nothing here" + _remark(stored))
                unknown_folder = f"{stored.key}/" if stored.kind == "folder" else unknown_folder
            elif stored.fault:
                yield Finding(Kind.fresh if self._is_fresh(stored) else Kind.access, stored.key, stored.fault)

    def _is_fresh(self, stored: Stored) -> bool:
        return stored.changed_at > self.settled_before


def _checksum(key: str) -> str:
    with hands().storage.local_path(key) as path:
        return checksum(path)


def _remark(stored: Stored) -> str:
    return NO_FILE if stored.kind == "other" else ""


@dataclass(frozen=True)
class _Known:
    """What may lie there of one screencast. may_lie: of the files that no row names."""

    folder: str
    keys: frozenset[str]
    may_lie: Callable[[str], bool]

    @classmethod
    def of(cls, screencast_id: str) -> "_Known":
        screencast = db.session.get(Screencast, screencast_id, populate_existing=True)
        if not screencast:
            return cls("", frozenset(), lambda name: False)
        keys = frozenset(each.key for each in belongings(screencast))
        names = may_lie_there(screencast)
        db.session.rollback()
        return cls(f"media/{screencast_id}", keys, names)

    def has(self, stored: Stored) -> bool:
        if stored.key in self.keys or stored.kind == "folder":
            # What lies there instead of a file is told of the file.
            return stored.key in self.keys or stored.key == self.folder
        folder, _, name = stored.key.rpartition("/")
        return stored.kind == "file" and folder == self.folder and self.may_lie(name)
