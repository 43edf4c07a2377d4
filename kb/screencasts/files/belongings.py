"""Which files belong to a screencast, and how much room they take together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import update

from kb.db import db, writing
from kb.hands import hands
from kb.screencasts.models import ENDED, Screencast
from kb.storage.contract import made, made_folder

# Made when somebody asks for it, and made again if it is gone.
ON_DEMAND = re.compile(r"(\d{1,4}-)?(still-(wide-)?\d{1,6}|preview)\.webp", re.ASCII)


@dataclass(frozen=True)
class Belonging:
    """A file that a row names. what: original, version, source, poster or storyboard.

    size_bytes, sha256: what the row says of it; None where it says nothing. row_id: of the version or source.
    """

    key: str
    what: str
    size_bytes: int | None = None
    sha256: str | None = None
    row_id: str | None = None


def belongings(screencast: Screencast) -> Iterator[Belonging]:
    if screencast.original_key:
        size_bytes, sha256 = screencast.original_bytes, screencast.original_sha256
        yield Belonging(screencast.original_key, "original", size_bytes, sha256)
    for version in screencast.versions:
        yield Belonging(version.original_key, "version", version.original_bytes, version.sha256, version.id)
    for source in screencast.sources:
        yield Belonging(made(screencast.id, source.name), "source", source.size_bytes, source.sha256, source.id)
    if screencast.poster_key:
        yield Belonging(made(screencast.id, screencast.poster_key), "poster")
    for sheet in (screencast.storyboard or {}).get("sheets", ()):
        yield Belonging(made(screencast.id, sheet), "storyboard")


def may_lie_there(screencast: Screencast) -> Callable[[str], bool]:
    """Of names that no row names: whether what was made of it may be called so, on demand or while it is in work."""
    is_in_work = not all(step.state in ENDED for step in screencast.steps if step.name != "index")
    return lambda name: is_in_work or bool(ON_DEMAND.fullmatch(name))


def stored_bytes(screencast: Screencast) -> int:
    """All its files together, as they are now: originals of all recordings, and what was made of them."""
    storage = hands().storage
    folder = made_folder(screencast.id)
    keys = {each.key for each in belongings(screencast)} | {f"{folder}/{name}" for name in storage.names(folder)}
    return sum(storage.size_bytes(key) or 0 for key in keys)


def measure(screencast_id: str) -> None:
    """Write down how much room it takes now, after files came or went."""
    screencast = db.session.get(Screencast, screencast_id, populate_existing=True)
    if not screencast or (size_bytes := stored_bytes(screencast)) == screencast.stored_bytes:
        return
    with writing() as session:
        session.execute(update(Screencast).where(Screencast.id == screencast_id).values(stored_bytes=size_bytes))
