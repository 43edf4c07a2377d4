"""Pages that correct the words of a transcript: as a whole in a form, its history, and what colleagues propose."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.rules import can_change
from kb.accounts.sessions import person, signed_in, viewer
from kb.errors import Invalid, KbError
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import changes as editing
from kb.transcripts.editing import corrections, plain, proposals, revisions
from kb.transcripts.models import Revision, Transcript

bp = Blueprint("corrections", __name__)
WORDS = "/screencasts/<screencast_id>/transcripts/<language>"


@bp.route(f"{WORDS}/edit", methods=["GET", "POST"])
@signed_in
def edit(screencast_id: str, language: str) -> ResponseReturnValue:
    """For who may not change them, what they change becomes proposals."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    if request.method != "POST":
        return _edit_page(screencast, transcript, plain.written(actions.timed_texts(transcript)))
    text = request.form.get("words", "")
    try:
        changes = editing.difference(actions.timed_texts(transcript), plain.read(text))
        if not can_change(viewer(), screencast):
            return _propose(screencast, transcript, changes)
        if request.form.get("version") != str(transcript.version):
            return _edit_page(screencast, transcript, text, changes=changes), 409
        corrections.edit(transcript, changes, by=person())
        if "right" in request.form:
            corrections.confirm(transcript, by=person())
    except KbError as error:
        return _edit_page(screencast, transcript, text, errors=error.errors or {"words": [error.detail]}), error.status
    flash("Saved. Search finds the new words in a moment.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


@bp.post(f"{WORDS}/confirm")
@signed_in
def confirm(screencast_id: str, language: str) -> ResponseReturnValue:
    corrections.confirm(_to_change(screencast_id, language), by=person())
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


@bp.get(f"{WORDS}/history")
@signed_in
def history(screencast_id: str, language: str) -> ResponseReturnValue:
    transcript = _to_change(screencast_id, language)
    found = revisions.of(transcript)
    opened = next((each for each in found if str(each.number) == request.args.get("show")), found[0] if found else None)
    return render_template(
        "transcripts/history.html",
        screencast=shown(screencasts.get(viewer(), screencast_id), viewer()),
        transcript=transcript,
        revisions=found,
        opened=opened,
        difference=_difference(opened) if opened else None,
    )


@bp.post(f"{WORDS}/revisions/<int:number>/restore")
@signed_in
def restore(screencast_id: str, language: str, number: int) -> ResponseReturnValue:
    corrections.restore(_to_change(screencast_id, language), number, by=person())
    flash("Restored. What stood there before is in the history.", "success")
    return redirect(url_for("corrections.history", screencast_id=screencast_id, language=language))


@bp.post(f"{WORDS}/proposals/<proposal_id>/accept")
@signed_in
def accept(screencast_id: str, language: str, proposal_id: str) -> ResponseReturnValue:
    proposals.accept(_to_change(screencast_id, language), proposal_id, by=person())
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


@bp.post(f"{WORDS}/proposals/<proposal_id>/decline")
@signed_in
def decline(screencast_id: str, language: str, proposal_id: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    proposals.decline(transcript, proposal_id, by=person(), may_change=can_change(viewer(), screencast))
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


def _to_change(screencast_id: str, language: str) -> Transcript:
    return actions.find(screencasts.get_to_change(viewer(), screencast_id).id, language)


def _propose(screencast: Screencast, transcript: Transcript, changes: list[editing.Change]) -> ResponseReturnValue:
    pairs = [(was, new) for change in changes for was, new in zip(change.before, change.after, strict=False)]
    moved = any(len(change.before) != len(change.after) for change in changes)
    if moved or any((was.start_ms, was.end_ms) != (new.start_ms, new.end_ms) for was, new in pairs):
        text = "Propose other words only: leave the times, and one line for each, as they are."
        raise Invalid(text, errors={"words": [text]})
    proposals.propose_all(transcript, [(was, new.text) for was, new in pairs if was != new], by=person())
    flash(f"Thank you. {screencast.author.name} sees what you propose beside the words.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


def _edit_page(
    screencast: Screencast,
    transcript: Transcript,
    text: str,
    *,
    errors: dict[str, list[str]] | None = None,
    changes: list[editing.Change] | None = None,
) -> str:
    """changes: what the text would change of words that somebody else changed meanwhile."""
    return render_template(
        "transcripts/edit.html",
        screencast=shown(screencast, viewer()),
        transcript=transcript,
        may_edit=can_change(viewer(), screencast),
        text=text,
        errors=errors or {},
        passages=[_passage(change) for change in changes or ()],
    )


def _passage(change: editing.Change) -> revisions.Passage:
    said = " ".join(cue.text for cue in change.before), " ".join(cue.text for cue in change.after)
    return revisions.Passage((change.after or change.before)[0].start_ms, revisions.by_word(*said))


def _difference(revision: Revision) -> revisions.Difference | None:
    """To what stood there before; None where it is the first, or where its words are not kept."""
    earlier = revisions.before(revision)
    if not earlier or not earlier.cues or not revision.cues:
        return None
    return revisions.difference(*(_texts(each) for each in (earlier, revision)))


def _texts(revision: Revision) -> list[TimedText]:
    return revisions.cues_of(revision)
