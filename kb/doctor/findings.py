"""Looks at this machine and this site; changes nothing."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb import tools
from kb.db import db, now
from kb.errors import ToolFailed
from kb.hands import hands
from kb.meaning.contract import MeaningUnavailable
from kb.media.launch import confinement
from kb.media.run import Limits, run
from kb.search import learning, upkeep
from kb.speech.whisper import faults_of_models
from kb.web.filters import ago, counted, size
from kb.web.views import redis_check, workers_check

GIBIBYTE = 1024**3
# The index takes a change in within seconds, and within minutes after thousands of them.
LONGEST_WAITING = timedelta(minutes=15)
DONE = {"rebuild": "made", "reconcile": "compared", "optimize": "merged"}
INSTALL = "apt-get install --no-install-recommends"
# As Debian's package fonts-dejavu-core has it.
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. Where ok is false, command is what adds or mends it, or mend says in words what does.

    is_needed: the site doesn't work without it; else it has less to offer, or could be better kept.
    """

    name: str
    ok: bool
    detail: str
    mend: str = ""
    command: str = ""
    is_needed: bool = True


def examine() -> list[Finding]:
    """Return what was found, what is needed first. Starts a few short programs."""
    needed = (
        _ffmpeg(),
        _ffprobe(),
        *_redis_server(),
        _database(),
        *_redis_and_workers(),
        _index(),
        *_room(),
        _privacy(),
    )
    return [
        *needed,
        _address(),
        *_meaning(),
        _speech(),
        *_models(),
        *_confinement(),
        *_tools_of_the_demo(),
        _tesseract(),
    ]


def _ffmpeg() -> Finding:
    return _tool("ffmpeg", "ffmpeg", "nothing can be played", version="-version")


def _ffprobe() -> Finding:
    if not tools.find("ffprobe") and tools.has_pyav():
        return Finding("ffprobe", True, "PyAV does its work")
    return _tool("ffprobe", "ffmpeg", "no recording can be looked into", version="-version")


def _redis_server() -> Iterator[Finding]:
    if not hands().settings.redis_url:
        without = "no work is passed on, unless KB_REDIS_URL names a Redis elsewhere"
        yield _tool("redis-server", "redis-server", without, version="--version")


def _tools_of_the_demo() -> Iterator[Finding]:
    yield _tool("flite", "flite", "make demo can't speak", is_needed=False)
    detail = FONT.stem if FONT.exists() else "is not installed: make demo can't draw words"
    yield Finding("font", FONT.exists(), detail, command=f"{INSTALL} fonts-dejavu-core", is_needed=False)


def _tesseract() -> Finding:
    if hands().settings.screen_text == "none":
        return Finding("tesseract", True, "reading the screen is switched off by KB_SCREEN_TEXT")
    without = "no words are read off the screen"
    return _tool("tesseract", "tesseract-ocr", without, is_needed=False)


def _tool(name: str, package: str, without: str, *, version: str = "", is_needed: bool = True) -> Finding:
    """version: the option by which it says its version, if that is worth a look."""
    command = f"{INSTALL} {package}"
    path = tools.find(name)
    if not path:
        return Finding(name, False, f"is not installed: {without}", command=command, is_needed=is_needed)
    source = "from PyPI, because the system has none" if tools.is_brought(path) else str(path)
    try:
        said = f"{_version(path, version)} " if version else ""
    except ToolFailed as failure:
        return Finding(name, False, f"{path} does not start ({failure.code})", command=command, is_needed=is_needed)
    return Finding(name, True, said + source, is_needed=is_needed)


def _version(path: Path, option: str) -> str:
    said = run([str(path), option], limits=Limits(deadline_s=10)).stdout.decode(errors="replace")
    found = re.search(r"\bv(?:ersion |=)([\w.]+)", said)
    return found[1] if found else ""


def _database() -> Finding:
    try:
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        return Finding("database", False, type(error).__name__, "check KB_DATABASE_URL and that the server runs")
    return Finding("database", True, f"{db.engine.dialect.name}, revision {revision}")


def _redis_and_workers() -> Iterator[Finding]:
    fault = redis_check()
    yield Finding("redis", fault is None, fault or "answers", "start the site (make run), or check KB_REDIS_URL")
    if not fault:
        silent = workers_check()
        yield Finding("workers", silent is None, silent or "work", "see what the log says, or start the site anew")


def _index() -> Finding:
    fault, state = hands().index.is_healthy(), upkeep.state()
    held = [counted(len(hands().index.versions()))] if not fault else [fault]
    if state.rebuilding:
        done, total = state.rebuilding
        held.append(f"it is being made: {done:,} of {total:,}")
    elif fault:
        return Finding("index", False, fault, command="kb reindex")
    if state.waiting_since and now() - state.waiting_since > LONGEST_WAITING:
        detail = f"{counted(state.waiting, 'change')} have waited for 15 minutes and more, and can't be found"
        return Finding("index", False, detail, "see that the worker named index runs, and what it logs")
    held += [f"{counted(state.waiting, 'change')} waiting"] if state.waiting else []
    held += [size(state.size_bytes)] if state.size_bytes else []
    held += [f"{word} {ago(state.done_at[name])}" for name, word in DONE.items() if name in state.done_at]
    return Finding("index", True, ", ".join(held))


def _meaning() -> Iterator[Finding]:
    meaning = hands().meaning
    if not meaning:
        yield Finding("search by meaning", True, "switched off by KB_SEMANTIC", is_needed=False)
        return
    try:
        store = meaning.store_of_process()
    except MeaningUnavailable as fault:
        mend = "start the site (make run), or see what the program named meaning logs"
        yield Finding("search by meaning", False, fault.detail, mend, is_needed=False)
        return
    lacking = learning.lacking(store)
    told = [counted(len(store.versions())), *([f"{lacking:,} to learn"] if lacking else []), size(store.size_bytes())]
    yield Finding("search by meaning", True, ", ".join(told), is_needed=False)


def _speech() -> Finding:
    engine = hands().speech
    wanted = hands().settings.speech
    if engine is None and wanted == "none":
        return Finding("speech", True, "switched off by KB_SPEECH")
    fault = engine.unavailable() if engine else "no engine is installed"
    detail = fault or (f"{engine.name} ({engine.model})" if engine else "")
    mend = "put the model there, or set KB_SPEECH=auto" if wanted.startswith("whisper:") else "make run installs one"
    return Finding("speech", fault is None, detail, mend, is_needed=False)


def _models() -> Iterator[Finding]:
    """Those that lie there and can't be used, where one of them would be."""
    if hands().settings.speech == "auto":
        for reason in faults_of_models(hands().settings.models_dir):
            yield Finding("speech model", False, reason, "see docs/running.md, Speech", is_needed=False)


def _confinement() -> Iterator[Finding]:
    """The walls around ffmpeg and the speech engine; what a kernel lacks is said, and the others hold."""
    layers = confinement()
    dies = "dies with its worker" in layers
    yield Finding("walls around tools", dies, ", ".join(layers), command=f"{INSTALL} util-linux")
    for layer, without in (
        ("files", "this kernel has no Landlock, so programs are kept from other files by their options alone"),
        (
            "no network",
            "this kernel has no seccomp filter, so programs are kept from the network by their options alone",
        ),
    ):
        if layer not in layers:
            mend = "a kernel of Debian 12, Ubuntu 22.04 or later has it"
            yield Finding("walls around tools", False, without, mend, is_needed=False)


def _room() -> Iterator[Finding]:
    for each in hands().filesystems():
        where = ", ".join(folder.name for folder in each.folders)
        detail = f"{each.free_bytes / GIBIBYTE:.1f} of {each.total_bytes / GIBIBYTE:.1f} GiB free for {where}"
        yield Finding("room", each.free_bytes > GIBIBYTE, detail, "make room, or move that folder to a larger disk")


def _privacy() -> Finding:
    folder = hands().settings.private_dir
    mode = folder.stat().st_mode & 0o777
    fine = mode == 0o700 and folder.stat().st_uid == os.getuid()
    return Finding("private folder", fine, f"{folder} has mode {mode:o}", command=f"chmod 700 {folder}")


def _address() -> Finding:
    settings = hands().settings
    if not settings.leads_only_here:
        return Finding("address", True, settings.address, is_needed=False)
    port = settings.bind.rpartition(":")[2]
    mend = (
        "stop it, and start it with KB_SITE_URL set to the address that people type, "
        f"and KB_BIND=0.0.0.0:{port} if no proxy stands in front"
    )
    return Finding("address", False, f"{settings.address} can't be opened from another machine", mend, is_needed=False)
