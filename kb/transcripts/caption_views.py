"""Pages of the words: to read them without the player; and for who may change them, all languages with their files."""

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, BaseModel

from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid
from kb.screencasts import actions as screencasts
from kb.screencasts.languages import language_name, language_tag, languages_to_choose
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.screencasts.uploads.arrivals import captions_in_request
from kb.transcripts import actions
from kb.transcripts.listing import best_of, listed
from kb.transcripts.reading import parts
from kb.web.forms import parse

bp = Blueprint("captions", __name__)


class Chosen(BaseModel):
    captions_language: Annotated[str, AfterValidator(language_tag)]


@bp.get("/screencasts/<screencast_id>/transcript")
@visitors
def read(screencast_id: str) -> ResponseReturnValue:
    """?lang=: one that it has, else the best."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = best_of(actions.of(screencast.id), request.accept_languages, request.args.get("lang", ""))
    chapters = [(each["start_ms"], each["title"]) for each in screencast.chapters]
    return render_template(
        "transcripts/page.html",
        screencast=shown(screencast, viewer()),
        transcript=transcript,
        parts=parts(actions.timed_texts(transcript), chapters) if transcript else [],
        listed=listed(screencast, viewer()),
    )


@bp.get("/screencasts/<screencast_id>/captions")
@signed_in
def page(screencast_id: str) -> ResponseReturnValue:
    return _page(screencasts.get_to_change(viewer(), screencast_id))


@bp.post("/screencasts/<screencast_id>/captions")
@signed_in
def add(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    try:
        language = parse(Chosen, request.form).captions_language
        file = captions_in_request(language)
        if not file:
            raise Invalid("A file is needed.", errors={"captions": ["Choose a .vtt or .srt file."]})
        actions.take_captions(screencast.id, file, person())
    except Invalid as error:
        return _page(screencast, error.errors), 422
    flash(f"Captions in {language_name(language)} are in. Search finds them in a moment.", "success")
    return redirect(url_for("captions.page", screencast_id=screencast.id))


@bp.post("/screencasts/<screencast_id>/captions/<language>/delete")
@signed_in
def delete(screencast_id: str, language: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    name = language_name(transcript.language)
    actions.drop(transcript, by=person())
    flash(f"The words in {name} are deleted.", "success")
    return redirect(url_for("captions.page", screencast_id=screencast.id))


def _page(screencast: Screencast, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "transcripts/captions.html",
        screencast=shown(screencast, viewer()),
        listed=listed(screencast, viewer()),
        languages=languages_to_choose(),
        errors=errors or {},
        values=request.form,
    )
