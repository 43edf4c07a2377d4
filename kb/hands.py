"""The hands of this site, chosen by its settings: where bytes rest, what hears, what finds."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app

from kb import tools
from kb.config import Settings
from kb.db import new_id
from kb.index.contract import Index
from kb.media.run import Limits, run
from kb.screentext import choose as choose_reader
from kb.screentext.contract import Reader
from kb.speech import choose
from kb.speech.contract import Engine
from kb.storage.contract import Storage
from kb.storage.local import LocalStorage
from kb.storage.room import Filesystem, filesystems, has_room

if TYPE_CHECKING:
    # Without KB_SEMANTIC nothing of it is imported.
    from kb.meaning.local import LocalMeaning

# Models of speech are large, and ours, unlike recordings.
ENGINE_MEMORY_BYTES = 3 * 1024**3


@dataclass
class Hands:
    settings: Settings
    storage: Storage
    speech: Engine | None
    screen_text: Reader | None
    _given_index: Index | None = None

    @cached_property
    def index(self) -> Index:
        """Made when it is first asked for: most workers never search."""
        if self._given_index:
            return self._given_index
        if self.settings.search_url == "postgresql:":
            import psycopg

            from kb.index.postgres import PostgresIndex

            # Its own connections, apart from those of the sessions: it waits for none, and none for it.
            return PostgresIndex(partial(psycopg.connect, self.settings.libpq_url, connect_timeout=5))
        from kb.index.whoosh import WhooshIndex

        return WhooshIndex(self.settings.index_dir)

    @cached_property
    def meaning(self) -> "LocalMeaning | None":
        """None: searches go by words alone."""
        folder = self.settings.semantic_folder
        if not folder:
            return None
        from kb.meaning.local import LocalMeaning

        return LocalMeaning(folder, self.settings.meaning_dir, self.settings.meaning_socket)

    def filesystems(self) -> list[Filesystem]:
        """Each that the site writes to: parts of the data folder may be mounts or links."""
        return filesystems(self._folders().values())

    def has_room(self, size_bytes: int, *folders: str, spare_bytes: int) -> bool:
        """Whether so much can be made in the folder for unfinished files and then moved into these of the storage.

        folders: as the storage names them. spare_bytes: must be left on every filesystem that the site writes to.
        """
        return has_room(
            {path: size_bytes * (name == "tmp" or name in folders) for name, path in self._folders().items()},
            spare_bytes=spare_bytes,
        )

    def _folders(self) -> dict[str, Path]:
        settings = self.settings
        private = {"private": settings.private_dir, "tmp": settings.tmp_dir, "index": settings.index_dir}
        return {**self.storage.folders(), **private, "redis": settings.private_dir / "redis"}

    @contextmanager
    def work_folder(self, screencast_id: str, step: str) -> Iterator[Path]:
        """An empty folder for one try of a step, on the same filesystem as the storage; gone afterwards."""
        folder = self.settings.tmp_dir / f"{screencast_id}-{step}-{new_id()}"
        folder.mkdir(mode=0o700, parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def drop_work_folders(self, screencast_id: str, step: str = "*") -> None:
        """Remove what tries of a step, or of all steps, have left there. Where one still works, it fails."""
        for folder in self.settings.tmp_dir.glob(f"{screencast_id}-{step}-*"):
            shutil.rmtree(folder, ignore_errors=True)


def init(
    app: Flask,
    settings: Settings,
    *,
    index: Index | None = None,
    speech: Engine | None = None,
    screen_text: Reader | None = None,
) -> None:
    """index, speech, screen_text: what tests use instead of what the settings name."""
    app.extensions["kb.hands"] = Hands(
        settings=settings,
        storage=LocalStorage(settings.data_dir),
        speech=speech or choose(settings.speech, run_tool, settings.models_dir),
        screen_text=screen_text or choose_reader(settings.screen_text, run_tool, tools.has),
        _given_index=index,
    )


def hands() -> Hands:
    return cast(Hands, current_app.extensions["kb.hands"])


def run_tool(
    argv: Sequence[str], *, deadline_s: float, memory_bytes: int = ENGINE_MEMORY_BYTES, nice: int, **others: Any
) -> object:
    """The one runner, for hands that must not know the other hand it lives in."""
    return run(argv, limits=Limits(deadline_s, memory_bytes, nice=nice), **others)
