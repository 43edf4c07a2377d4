"""The bytes of a screencast, each behind `can_view`: renditions, poster, storyboard, stills, the original."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.rules import can_change
from kb.accounts.sessions import viewer, visitors
from kb.db import let_go
from kb.errors import Invalid, KbError, NotAllowed, NotFound, ToolFailed
from kb.hands import hands
from kb.media import stills
from kb.screencasts import actions
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline.work import storyboard_of
from kb.storage.contract import made, of_take
from kb.web import errors
from kb.web.headers import FILE_POLICY

bp = Blueprint("files", __name__)
errors.FOR_PROGRAMS.add(bp.name)

# In one process. Each is a process of ffmpeg, and a page of hits asks for dozens: the others wait, not the machine.
MAKING = BoundedSemaphore(2)
WAIT_S = 20.0


class Busy(KbError):
    status = 503
    code = "busy"
    title = "Busy for a moment"


# What the steps make for people; the sound for speech recognition is not among it.
NAMES = re.compile(r"(\d{1,4}-)?(video\.mp4|quick\.(mp4|webm)|poster-\d{1,9}\.webp|storyboard-\d{1,3}\.webp)", re.ASCII)
TYPES = {"mp4": "video/mp4", "webm": "video/webm", "webp": "image/webp"}


@bp.get("/screencasts/<screencast_id>/files/<name>")
@visitors
def file(screencast_id: str, name: str) -> ResponseReturnValue:
    screencast = actions.get(viewer(), screencast_id)
    if not NAMES.fullmatch(name):
        raise NotFound("There is no such file.")
    return _send(made(screencast.id, name), TYPES[name.rpartition(".")[2]])


@bp.get("/screencasts/<screencast_id>/original")
@visitors
def original(screencast_id: str) -> ResponseReturnValue:
    """What was uploaded, to be saved and never shown in place: it is whatever somebody sent.

    Unlike what we make of it, it may say where and on what it was recorded, and hold what an editor only hid.
    """
    screencast = actions.get(viewer(), screencast_id)
    if not can_change(viewer(), screencast):
        raise NotAllowed(
            "Only its author and curators can download what was uploaded. What plays here is for everybody."
        )
    if not screencast.original_key:
        raise NotFound("The original was not kept.")
    name = screencast.filename or f"{screencast.id}.{screencast.kind}"
    return _send(screencast.original_key, "application/octet-stream", download_name=name)


@bp.get("/screencasts/<screencast_id>/storyboard.vtt")
@visitors
def storyboard(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get(viewer(), screencast_id)
    board = storyboard_of(screencast)
    if not board:
        raise NotFound("There is no storyboard yet.")

    def url_of_sheet(number: int) -> str:
        return url_for("files.file", screencast_id=screencast.id, name=board.sheets[number].name)

    return _closed(Response(stills.storyboard_vtt(board, url_of_sheet), content_type="text/vtt; charset=utf-8"))


@bp.get("/screencasts/<screencast_id>/still")
@visitors
def still(screencast_id: str) -> ResponseReturnValue:
    """?at=SECONDS: what is on the screen then; made when it is first asked for, and kept. &wide=1: to be read."""
    screencast = actions.get(viewer(), screencast_id)
    at_s = _whole_second(screencast)
    name, width = ("still-wide", stills.POSTER_WIDTH) if "wide" in request.args else ("still", stills.STILL_WIDTH)

    def draw(video: Path, out: Path) -> None:
        stills.still(video, at_s * 1000, out, width=width)

    return _drawn(screencast, f"{name}-{at_s}.webp", draw)


@bp.get("/screencasts/<screencast_id>/preview")
@visitors
def preview(screencast_id: str) -> ResponseReturnValue:
    """A few seconds of it, moving; made when it is first asked for, and kept."""
    screencast = actions.get(viewer(), screencast_id)
    # What is kept must show its scenes, which are not known any sooner.
    if not screencast.storyboard:
        raise NotFound("There is no preview yet.")
    moments_ms = stills.preview_moments_ms(screencast.scenes or [], screencast.duration_ms or 0)
    return _drawn(screencast, "preview.webp", lambda video, out: stills.preview(video, moments_ms, out))


def _whole_second(screencast: Screencast) -> int:
    given = request.args.get("at", "0")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", given):
        raise Invalid("Say the moment in seconds, such as at=12.", errors={"at": ["Write seconds."]})
    last_s = max(0, (screencast.duration_ms or 0) - 1) // 1000
    return min(int(float(given)), last_s)


def _drawn(screencast: Screencast, name: str, draw: Callable[[Path, Path], None]) -> Response:
    """draw: (video, the picture to write). What it wrote is kept under that name."""
    if not screencast.sources:
        raise NotFound("There is nothing to see yet.")
    screencast_id, source = screencast.id, screencast.sources[0]
    key, source_key = made(screencast_id, of_take(source.take, name)), made(screencast_id, source.name)
    if hands().storage.size_bytes(key) is None:
        # Nothing is read from the database while waiting and drawing.
        let_go()
        with _one_of_few():
            _draw_once(screencast_id, source_key, key, draw)
    return _send(key, "image/webp")


def _draw_once(screencast_id: str, source_key: str, key: str, draw: Callable[[Path, Path], None]) -> None:
    storage = hands().storage
    # Somebody else may have asked for it while this one waited.
    if storage.size_bytes(key) is not None:
        return
    try:
        with storage.local_path(source_key) as video, hands().work_folder(screencast_id, "picture") as folder:
            draw(video, folder / "picture.webp")
            storage.put(key, folder / "picture.webp")
    except (ToolFailed, OSError) as error:
        if storage.size_bytes(source_key) is None:
            raise NotFound("This was deleted or replaced a moment ago. Load the page again.") from error
        raise


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not MAKING.acquire(timeout=WAIT_S):
        raise Busy("Many pictures are being made at the moment. Load the page again in a minute.")
    try:
        yield
    finally:
        MAKING.release()


def _send(key: str, mime: str, download_name: str | None = None) -> Response:
    about: dict[str, Any] = {
        "mimetype": mime,
        "as_attachment": download_name is not None,
        "download_name": download_name,
        "max_age": 0,
    }
    with hands().storage.local_path(key) as path:
        response = _handed_over(key, about) if hands().settings.x_accel else send_file(path, conditional=True, **about)
    # Kept by the browser, asked for again each time: who may see it can change at any moment.
    response.headers["Cache-Control"] = "private, no-cache"
    return _closed(response)


def _handed_over(key: str, about: dict[str, Any]) -> Response:
    """No bytes: the nginx in front sends them, whole or in part, and answers whether the browser's copy is good."""
    response = send_file(BytesIO(), etag=False, **about)
    response.headers["X-Accel-Redirect"] = quote(hands().settings.x_accel + key)
    return response


def _closed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
