"""Transcripts in the API: WebVTT by default, SubRip or JSON by Accept; replaced in the same formats."""

from typing import Annotated, Any

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, RootModel, ValidationError

from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid, TooLarge, UnsupportedMedia
from kb.screencasts import actions as screencasts
from kb.screencasts.as_json import absolute, instant
from kb.transcripts import actions, downloads
from kb.transcripts.cues import LARGEST_BYTES, LONGEST_MS, TimedText, check_cues, read
from kb.transcripts.listing import Listed, listed
from kb.transcripts.models import Transcript as Kept
from kb.transcripts.models import WordsFrom
from kb.web.api import blueprint, takes

bp = blueprint("transcripts", __name__)
VTT, SRT, JSON = "text/vtt", "application/x-subrip", "application/json"
ANSWERS: Any = {
    200: {
        "description": "WebVTT, SubRip or JSON, by Accept",
        "content": {VTT: {}, SRT: {}, JSON: {"schema": {"$ref": "#/components/schemas/Transcript"}}},
    }
}


Second = Annotated[float, Field(ge=0, le=LONGEST_MS / 1000)]


class TimedWords(BaseModel):
    start: Second
    end: Second
    text: str


class Transcript(BaseModel):
    """source, language and draft are told, and need not be sent."""

    cues: list[TimedWords]
    source: str = ""
    language: str = ""
    draft: bool = False


class Captions(RootModel[str]):
    pass


class TranscriptListed(BaseModel):
    language: str
    name: str
    source: str = Field(description="speech, upload or edited")
    engine: str | None
    draft: bool
    by: list[str] = Field(description="Who gave or corrected the words; empty where an engine did, and for passers-by.")
    count: int = Field(description="Of captions.")
    changed_at: str
    url: str


class TranscriptPage(BaseModel):
    items: list[TranscriptListed]
    next: None


@bp.get("/screencasts/<screencast_id>/transcripts")
@bp.output(TranscriptPage)
@bp.doc(summary="In which languages there are words, and whose they are", description="The best first.")
@visitors
def index(screencast_id: str) -> dict[str, Any]:
    screencast = screencasts.get(viewer(), screencast_id)
    return {"items": [_listed_json(each, screencast.id) for each in listed(screencast, viewer())], "next": None}


@bp.get("/screencasts/<screencast_id>/transcripts/<language>")
@bp.doc(summary="The words with their times", responses=ANSWERS)
@visitors
def show(screencast_id: str, language: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    return _out(actions.find(screencast.id, language))


@bp.put("/screencasts/<screencast_id>/transcripts/<language>")
@bp.doc(summary="Replace the words", responses=ANSWERS)
@takes({VTT: Captions, SRT: Captions, JSON: Transcript})
@signed_in
def replace(screencast_id: str, language: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    cues = _cues_in()
    transcript = actions.put(
        screencast.id, actions.check_language(language), cues, source=WordsFrom.edited, by=person()
    )
    return _out(transcript)


@bp.delete("/screencasts/<screencast_id>/transcripts/<language>")
@bp.output({}, status_code=204)
@bp.doc(summary="Delete the words in one language", description="With their history. They can't be brought back.")
@signed_in
def delete(screencast_id: str, language: str) -> str:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    actions.drop(actions.find(screencast.id, language), by=person())
    return ""


def _cues_in() -> list[TimedText]:
    if (request.content_length or 0) > LARGEST_BYTES:
        raise TooLarge("The words are more than the 5 MB that fit here. Split them by language.")
    content = request.get_data(cache=False)
    kind = request.mimetype
    if kind in (VTT, SRT, "text/srt", "text/plain"):
        return read(content)
    if kind == JSON:
        return check_cues(_json_cues(content))
    raise UnsupportedMedia("Send the words as text/vtt, application/x-subrip or JSON.", code="unsupported")


def _json_cues(content: bytes) -> list[TimedText]:
    try:
        sent = Transcript.model_validate_json(content)
    except ValidationError as error:
        text = "Send {cues: [{start, end, text}]} with seconds as numbers."
        raise Invalid("The words can't be read.", code="bad-captions", errors={"cues": [text]}) from error
    return [TimedText(round(cue.start * 1000), round(cue.end * 1000), cue.text) for cue in sent.cues]


def _listed_json(transcript: Listed, screencast_id: str) -> dict[str, Any]:
    url = url_for("api_transcripts.show", screencast_id=screencast_id, language=transcript.language)
    told = {
        name: getattr(transcript, name) for name in ("language", "name", "source", "engine", "draft", "by", "count")
    }
    return told | {"changed_at": instant(transcript.changed_at), "url": absolute(url)}


def _out(transcript: Kept) -> Response:
    best = request.accept_mimetypes.best_match([VTT, SRT, JSON], default=VTT)
    if best == SRT:
        return Response(downloads.srt(transcript), content_type=f"{SRT}; charset=utf-8")
    if best == JSON:
        return jsonify(_as_json(transcript))
    return Response(downloads.vtt(transcript), content_type=f"{VTT}; charset=utf-8")


def _as_json(transcript: Kept) -> dict[str, Any]:
    cues = actions.timed_texts(transcript)
    return {
        "language": transcript.language,
        "source": transcript.source,
        "draft": transcript.draft,
        "cues": [{"start": cue.start_ms / 1000, "end": cue.end_ms / 1000, "text": cue.text} for cue in cues],
    }
