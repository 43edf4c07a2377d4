"""Captions and chapters as the player fetches them."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import viewer, visitors
from kb.screencasts import actions as screencasts
from kb.transcripts import actions
from kb.transcripts.cues import TimedText, to_vtt
from kb.web import errors
from kb.web.headers import FILE_POLICY

bp = Blueprint("transcripts", __name__)
errors.FOR_PROGRAMS.add(bp.name)


@bp.get("/screencasts/<screencast_id>/captions/<language>.vtt")
@visitors
def captions(screencast_id: str, language: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    return _vtt(actions.timed_texts(transcript))


@bp.get("/screencasts/<screencast_id>/chapters.vtt")
@visitors
def chapters(screencast_id: str) -> ResponseReturnValue:
    """Each from its start to the next one's, for the player's time bar."""
    screencast = screencasts.get(viewer(), screencast_id)
    starts = [each["start_ms"] for each in screencast.chapters]
    ends = [*starts[1:], max([screencast.duration_ms or 0, *(start + 1 for start in starts[-1:])])]
    titles = [each["title"] for each in screencast.chapters]
    return _vtt([TimedText(*each) for each in zip(starts, ends, titles, strict=False)])


def _vtt(cues: list[TimedText]) -> Response:
    response = Response(to_vtt(cues), content_type="text/vtt; charset=utf-8")
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
