"""Captions as the player fetches them."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import viewer, visitors
from kb.screencasts import actions as screencasts
from kb.transcripts import actions
from kb.transcripts.cues import to_vtt
from kb.web import errors
from kb.web.headers import FILE_POLICY

bp = Blueprint("transcripts", __name__)
errors.FOR_PROGRAMS.add(bp.name)


@bp.get("/screencasts/<screencast_id>/captions/<language>.vtt")
@visitors
def captions(screencast_id: str, language: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    response = Response(to_vtt(actions.timed_texts(transcript)), content_type="text/vtt; charset=utf-8")
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
