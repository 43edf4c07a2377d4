"""What can be done about a finding of a check: nothing that people sent is ever deleted, and no fault is hidden."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, update

from kb import audit
from kb.db import writing
from kb.hands import hands
from kb.screencasts.files.belongings import Belonging, measure
from kb.screencasts.files.checking import Finding, Kind
from kb.screencasts.files.cleaning import delete_leftover
from kb.screencasts.models import Screencast, Source, Version
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import transitions
from kb.screencasts.recordings import checksum
from kb.storage.contract import made_folder

# Of the private folder: what belongs to nothing waits here until an admin has looked at it.
ASIDE = "set-aside"
# The steps whose results a lost file was among.
REMAKES = {"source": ("quick", "rendition"), "poster": ("rendition",), "storyboard": ("rendition",)}


@dataclass(frozen=True)
class Outcome:
    """text: what was done, or why nothing could be. is_well: whether all is there again, or will be."""

    text: str
    is_well: bool = True


GONE = Outcome("gone meanwhile")


def mend(finding: Finding) -> Outcome:
    if finding.kind not in (Kind.missing, Kind.leftover) and not hands().storage.look(finding.key):
        return GONE
    match finding.kind:
        case Kind.access:
            return _restore_access(finding)
        case Kind.unknown:
            return _set_aside(finding.key)
        case Kind.leftover:
            delete_leftover(Path(finding.key))
            return Outcome("deleted")
        case Kind.unmeasured:
            return _write_checksum(finding)
        case Kind.fresh:
            return Outcome("left alone, since it changed within the last hour")
        case _:
            outcome = _replace(finding)
            measure(finding.screencast_id)
            return outcome


def aside() -> Path:
    return hands().settings.private_dir / ASIDE


def _restore_access(finding: Finding) -> Outcome:
    try:
        hands().storage.restore_access(finding.key)
    except OSError as error:
        return Outcome(f"could not be changed by this user ({error.strerror}); try as root", is_well=False)
    return Outcome("can be read by those who should, and by nobody else")


def _set_aside(key: str) -> Outcome:
    aside().mkdir(mode=0o700, exist_ok=True)
    hands().storage.set_aside(key, aside())
    return Outcome(f"moved to {aside() / key}; delete it there once you have looked at it")


def _write_checksum(finding: Finding) -> Outcome:
    """As it is now: whatever becomes of it later will be noticed."""
    assert finding.belonging
    with hands().storage.local_path(finding.key) as path:
        sha256 = checksum(path)
    match finding.belonging:
        case Belonging(what="original"):
            same = (Screencast.id == finding.screencast_id, Screencast.original_key == finding.key)
            change = update(Screencast).where(*same).values(original_sha256=sha256)
        case Belonging(what="version", row_id=row_id):
            change = update(Version).where(Version.id == row_id).values(sha256=sha256)
        case Belonging(row_id=row_id):
            change = update(Source).where(Source.id == row_id).values(sha256=sha256)
    with writing() as session:
        session.execute(change)
    return Outcome("its checksum is written down")


def _replace(finding: Finding) -> Outcome:
    assert finding.belonging
    match finding.belonging.what, finding.kind:
        case "original" | "version", Kind.changed:
            return Outcome("can't be mended: put the file itself there, from a backup", is_well=False)
        case "original", _:
            return _forget_original(finding)
        case "version", _:
            return _forget_version(finding)
        case _:
            return _make_again(finding, finding.belonging)


def _forget_original(finding: Finding) -> Outcome:
    with writing():
        screencast = transitions.hold(finding.screencast_id)
        if not screencast or screencast.original_key != finding.key:
            return GONE
        if _plays_everywhere(screencast):
            screencast.original_key = None
            return Outcome("lost; what plays is all there is now. A backup may have it", is_well=False)
    pipeline.redo(finding.screencast_id, REMAKES["source"])
    return Outcome("lost; its page asks its author to upload it again. A backup may have it", is_well=False)


def _forget_version(finding: Finding) -> Outcome:
    assert finding.belonging
    with writing() as session:
        session.execute(delete(Version).where(Version.id == finding.belonging.row_id))
        audit.record("erased-version", "screencast", finding.screencast_id, by=None)
    return Outcome("lost; this earlier recording can't be restored any more. A backup may have it", is_well=False)


def _make_again(finding: Finding, lost: Belonging) -> Outcome:
    """From the original, else from what plays everywhere; what can't be made is forgotten, and its page says so."""
    if finding.kind == Kind.changed:
        _set_aside(finding.key)
    with writing() as session:
        screencast = transitions.hold(finding.screencast_id)
        if not screencast:
            return GONE
        if lost.what == "source":
            session.execute(delete(Source).where(Source.id == lost.row_id))
            session.expire(screencast, ["sources"])
        can_be_made = _has_original(screencast) or _plays_everywhere(screencast)
        if not can_be_made and lost.what != "source":
            screencast.poster_key = screencast.storyboard = None
    if not can_be_made and lost.what != "source":
        return Outcome("lost, and there is nothing to make it from; forgotten", is_well=False)
    pipeline.redo(finding.screencast_id, REMAKES[lost.what])
    if can_be_made:
        return Outcome("is being made again")
    return Outcome("lost, and its original is not there to make it again; its page says so", is_well=False)


def _has_original(screencast: Screencast) -> bool:
    key = screencast.original_key
    return bool(key and hands().storage.size_bytes(key) == screencast.original_bytes)


def _plays_everywhere(screencast: Screencast) -> bool:
    """Whether a file that every browser plays is in place."""
    storage, folder = hands().storage, made_folder(screencast.id)
    names = [each.name for each in screencast.sources if each.rank == 0 and each.take == screencast.take]
    return any(storage.size_bytes(f"{folder}/{name}") for name in names)
