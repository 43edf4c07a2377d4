"""The words that were on the screen, as a page and as a part of the watch page; there its author hides some."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.rules import can_change
from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid, KbError
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.transcripts.chapters.forms import ms_of
from kb.transcripts.models import ScreenHiding, ScreenLine
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from kb.transcripts.screen.secret_words import looks_secret

bp = Blueprint("screen_text", __name__)
WORDS = "/screencasts/<screencast_id>/screen-text"
HIDDEN = "Hidden. Search leaves it out from now on."
SHOWN_AGAIN = "Shown again, and found again in a moment."


@dataclass(frozen=True)
class Told:
    """A line as its page shows it. hiding: what hides it."""

    line: ScreenLine
    hiding: ScreenHiding | None

    @property
    def is_secret(self) -> bool:
        return self.hiding is not None and looks_secret(self.line.text)


@bp.get(WORDS)
@visitors
def page(screencast_id: str) -> ResponseReturnValue:
    return _page(screencasts.get(viewer(), screencast_id))


@bp.post(f"{WORDS}/hidings")
@signed_in
def hide(screencast_id: str) -> ResponseReturnValue:
    """A line by its text, or a range of time by its two ends as people write them."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    try:
        if "text" in request.form:
            hidings.hide_text(screencast, request.form["text"], by=person())
        else:
            start_ms, end_ms = _range(request.form.get("start", ""), request.form.get("end", ""))
            hidings.hide_range(screencast, start_ms, end_ms, by=person())
    except KbError as error:
        return _page(screencast, errors=error.errors), error.status
    return _changed(screencast, HIDDEN)


@bp.post(f"{WORDS}/hidings/<hiding_id>/delete")
@signed_in
def show_again(screencast_id: str, hiding_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    hidings.show_again(screencast, hiding_id, by=person())
    return _changed(screencast, SHOWN_AGAIN)


def _range(start: str, end: str) -> tuple[int, int]:
    typed = {"start": ms_of(start), "end": ms_of(end)}
    faults = {name: ["Write a time, such as 1:24."] for name, ms in typed.items() if ms is None}
    if faults:
        raise Invalid("The range needs a correction.", errors=faults)
    return typed["start"] or 0, typed["end"] or 0


def _changed(screencast: Screencast, sentence: str) -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return _page(screencast, sentence=sentence)
    flash(sentence, "success")
    return redirect(url_for("screen_text.page", screencast_id=screencast.id))


def _page(screencast: Screencast, **more: Any) -> str:
    may_hide = can_change(viewer(), screencast)
    known = hidings.of(screencast.id) if may_hide else []
    hidden = hidings.Hidden(known)
    lines = screen_text.of(screencast.id, with_hidden=may_hide)
    return render_template(
        "screen_text/_lines.html" if "HX-Request" in request.headers else "screen_text/page.html",
        screencast=shown(screencast, viewer()),
        lines=[Told(line, hidden.by(line)) for line in lines],
        ranges=[each for each in known if each.text is None],
        **more,
    )
