"""What the glossary would change in transcripts that are there, shown before it is done; and what it might take in."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import curators_only, person, viewer
from kb.categories.glossary import Known, glossary
from kb.curation import respelling
from kb.errors import Invalid, NotFound
from kb.transcripts import respelling as transcripts
from kb.transcripts.suggesting import suggestions as suggested
from kb.web.flashes import offer_undo

bp = Blueprint("respelling", __name__, url_prefix="/glossary")
SUGGESTED = 8
# As many as the list of the glossary shows at once.
COUNTED = 50


@bp.get("/preview")
@curators_only
def preview() -> ResponseReturnValue:
    words = _words()
    lines, more = transcripts.lines(viewer(), words, respelling.AT_MOST)
    groups = [list(group) for _, group in groupby(lines, key=lambda line: (line.screencast.id, line.language))]
    return render_template(
        "glossary/preview.html", groups=groups, count=len(lines), more=more, words=words, is_of_all=not _asked()
    )


@bp.post("/preview")
@curators_only
def put_right() -> ResponseReturnValue:
    words = _words()
    chosen = {int(cue) for cue in request.form.getlist("cue") if cue.isascii() and cue.isdecimal() and len(cue) < 19}
    try:
        done = respelling.put_right(viewer(), chosen, words, by=person())
    except Invalid as error:
        flash(error.sentences, "error")
        return redirect(url_for("respelling.preview", word=_asked()))
    if done:
        offer_undo(f"{done.words}.", url_for("curation.undo", change_id=done.id))
    else:
        flash("Nothing was to be done: they are right already.", "info")
    if request.form.get("more"):
        return redirect(url_for("respelling.preview", word=_asked()))
    return redirect(url_for("glossary.page"))


@bp.get("/counts")
@curators_only
def counts() -> ResponseReturnValue:
    """Parts of the list of the glossary: in how many screencasts each word stands otherwise."""
    found = transcripts.counts(viewer(), _words()[:COUNTED])
    return render_template("glossary/_counts.html", counts={word: count for word, count in found.items() if count})


@bp.get("/says")
@curators_only
def says() -> ResponseReturnValue:
    """A part of the list: what a word that was just written down would change."""
    [word] = _words()[:1]
    return render_template("glossary/_says.html", word=word, count=transcripts.counts(viewer(), [word])[word.id])


@bp.get("/suggestions")
@curators_only
def suggestions() -> ResponseReturnValue:
    template = "glossary/_suggestions.html" if "HX-Request" in request.headers else "glossary/suggestions.html"
    return render_template(template, suggestions=suggested(viewer(), SUGGESTED))


def _asked() -> list[str]:
    return request.values.getlist("word")


def _words() -> list[Known]:
    """Those asked for, or all. Raises NotFound where none of them is there any more."""
    asked = set(_asked())
    words = [word for word in glossary().words if not asked or word.id in asked]
    if asked and not words:
        raise NotFound("This word is not in the glossary (any more).")
    return words
