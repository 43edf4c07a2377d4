"""What is there, what is missing, and the command that adds it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb.db import db
from kb.hands import hands
from kb.media.launch import confinement
from kb.web.views import redis_check

GIBIBYTE = 1024**3


@dataclass(frozen=True)
class Finding:
    """mend: the command or act that helps; empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def examine() -> list[Finding]:
    return [*_tools(), _database(), _redis(), _index(), _speech(), *_confinement(), _room(), _privacy()]


def _tools() -> Iterator[Finding]:
    for tool, package, what in (
        ("ffmpeg", "ffmpeg", "makes renditions"),
        ("ffprobe", "ffmpeg", "looks into recordings"),
        ("redis-server", "redis-server", "carries jobs, unless KB_REDIS_URL names another"),
    ):
        path = shutil.which(tool)
        yield Finding(tool, path is not None, path or f"is not installed ({what})", f"apt-get install {package}")


def _database() -> Finding:
    try:
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        return Finding("database", False, type(error).__name__, "check KB_DATABASE_URL and that the server runs")
    return Finding("database", True, f"{db.engine.dialect.name}, revision {revision}")


def _redis() -> Finding:
    fault = redis_check()
    return Finding("redis", fault is None, fault or "answers", "start the site (make run), or check KB_REDIS_URL")


def _index() -> Finding:
    fault = hands().index.is_healthy()
    detail = fault or f"{len(hands().index.versions())} screencasts"
    return Finding("index", fault is None, detail, "kb reindex")


def _speech() -> Finding:
    engine = hands().speech
    wanted = hands().settings.speech
    if engine is None and wanted == "none":
        return Finding("speech", True, "switched off by KB_SPEECH")
    fault = engine.unavailable() if engine else "no engine is installed"
    detail = fault or (f"{engine.name} ({engine.model})" if engine else "")
    return Finding("speech", fault is None, detail, "make run installs it")


def _confinement() -> Iterator[Finding]:
    """The walls around ffmpeg and the speech engine; what a kernel lacks is said, and the others hold."""
    layers = confinement()
    yield Finding(
        "walls around tools", "dies with its worker" in layers, ", ".join(layers), "apt-get install util-linux"
    )
    for layer, without in (
        (
            "files",
            "this kernel has no Landlock (5.13 and newer do): tools are kept from other files by their options alone",
        ),
        ("no network", "this kernel has no seccomp filter: tools are kept from the network by their options alone"),
    ):
        if layer not in layers:
            yield Finding("walls around tools", True, without)


def _room() -> Finding:
    free = hands().storage.free_bytes()
    return Finding("room", free > GIBIBYTE, f"{free / GIBIBYTE:.1f} GiB free", "make room, or move KB_DATA_DIR")


def _privacy() -> Finding:
    folder = hands().settings.private_dir
    mode = folder.stat().st_mode & 0o777
    fine = mode == 0o700 and folder.stat().st_uid == os.getuid()
    return Finding("private folder", fine, f"{folder} has mode {mode:o}", f"chmod 700 {folder}")
