"""Captions and chapters as the player fetches them."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import viewer, visitors
from kb.screencasts import actions as screencasts
from kb.transcripts import actions, downloads
from kb.transcripts.cues import TimedText, to_vtt
from kb.web import errors
from kb.web.headers import FILE_POLICY

bp = Blueprint("transcripts", __name__)
errors.FOR_PROGRAMS.add(bp.name)


@bp.get("/screencasts/<screencast_id>/captions/<language>.vtt")
@visitors
def captions(screencast_id: str, language: str) -> ResponseReturnValue:
    """For the player; to keep with ?download=1."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    name = downloads.filename(screencast, transcript, "vtt") if "download" in request.args else None
    return _file(downloads.vtt(transcript), "text/vtt", name)


@bp.get("/screencasts/<screencast_id>/captions/<language>.srt")
@visitors
def subrip(screencast_id: str, language: str) -> ResponseReturnValue:
    """No player takes these, so they are always to keep."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    name = downloads.filename(screencast, transcript, "srt")
    return _file(downloads.srt(transcript), "application/x-subrip", name)


@bp.get("/screencasts/<screencast_id>/chapters.vtt")
@visitors
def chapters(screencast_id: str) -> ResponseReturnValue:
    """Each from its start to the next one's, for the player's time bar."""
    screencast = screencasts.get(viewer(), screencast_id)
    starts = [each["start_ms"] for each in screencast.chapters]
    ends = [*starts[1:], max([screencast.duration_ms or 0, *(start + 1 for start in starts[-1:])])]
    titles = [each["title"] for each in screencast.chapters]
    return _file(to_vtt(TimedText(*each) for each in zip(starts, ends, titles, strict=False)), "text/vtt")


def _file(text: str, mime: str, name: str | None = None) -> Response:
    """name: of what is to be kept, not shown."""
    response = Response(text, content_type=f"{mime}; charset=utf-8")
    response.headers["Content-Security-Policy"] = FILE_POLICY
    if name:
        response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
