"""Pages that join several nouns: the library, and one screencast with its words beside it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from kb.accounts.rules import can_change
from kb.accounts.sessions import person_or_none, viewer, visitors
from kb.categories import actions as categories
from kb.categories.present import choices
from kb.hands import hands
from kb.index.contract import Query
from kb.pages.library import Choice, Library
from kb.screencasts import actions as screencasts
from kb.screencasts import queries
from kb.screencasts.present import shown
from kb.screencasts.versions import actions as versions
from kb.search import log as search_log
from kb.search.finder import marked
from kb.search.query import Wanted, parse, to_query, wanted
from kb.search.synonyms import synonyms_of
from kb.solves.present import helped as whom_it_helped
from kb.transcripts import actions as transcripts
from kb.transcripts.doubt import doubtful_places
from kb.transcripts.editing.present import beside
from kb.transcripts.listing import best_of
from kb.transcripts.models import Cue
from kb.transcripts.screen import text as screen_text

bp = Blueprint("pages", __name__)
PAGE = 24


@bp.get("/")
@visitors
def library() -> ResponseReturnValue:
    person = person_or_none()
    choice = Choice.of(request.args, person)
    if choice.category and (category := categories.get(choice.category)).id != choice.category:
        return redirect(choice.url(cursor=request.args.get("cursor"), category=category.id), 301)
    cursor = request.args.get("cursor")
    page = queries.page(viewer(), choice.wanted(person), cursor=cursor, limit=PAGE, whole=False)
    template = "library/_cards.html" if "HX-Request" in request.headers and cursor else "library/page.html"
    return render_template(
        template,
        cards=[shown(each, viewer()) for each in page.items],
        library=Library(choice, viewer(), person, page),
        choice=choice,
        choices=choices(categories.tree(viewer())) if choice.select else [],
    )


@bp.get("/screencasts/<screencast_id>")
@visitors
def watch(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = best_of(transcripts.of(screencast.id), request.accept_languages, request.args.get("lang", ""))
    query = request.args.get("q", "").strip()
    person = person_or_none()
    helped = whom_it_helped(screencast, viewer())
    start_s = _start_s(request.args.get("t", ""), screencast.duration_ms)
    if search_id := request.args.get("search"):
        search_log.opened(viewer(), search_id, screencast, round(start_s * 1000) if "t" in request.args else None)
    return render_template(
        "watch/page.html",
        may_replace=bool(person and versions.may_replace(screencast, person)),
        screencast=shown(screencast, viewer()),
        start_s=start_s,
        transcript=transcript,
        beside=beside(screencast, transcript, viewer()) if transcript else None,
        cues=_cues(transcript.cues, query, helped.places_ms) if transcript else [],
        query=query,
        helped=helped,
        on_screen=screen_text.summary(screencast.id, with_hidden=can_change(viewer(), screencast)),
    )


def _start_s(given: str, duration_ms: int | None) -> float:
    """Seconds, or 1:24 as people write it; 0 for anything else or past the end."""
    seconds = 0.0
    try:
        for part in given.split(":")[:3]:
            seconds = seconds * 60 + float(part)
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds <= (duration_ms or 0) / 1000 else 0.0


def _cues(cues: Sequence[Cue], query: str, solved_ms: Sequence[int]) -> list[dict[str, Any]]:
    """solved_ms: the moments at which it helped somebody. Each is marked on the line that was begun last."""
    words: list[Wanted] = []
    if query:
        typed = parse(query)
        asked: Query = to_query(typed, same=synonyms_of(typed.words))
        words = wanted(asked, {}, hands().index.analyse)
    solved = Counter(bisect_right([cue.start_ms for cue in cues], at_ms) - 1 for at_ms in solved_ms)
    return [
        {
            "start_ms": cue.start_ms,
            "end_ms": cue.end_ms,
            "text": cue.text,
            "html": (html := _html(cue, words)),
            "is_found": "<mark>" in html,
            "confidence": _confidence(cue),
            "solved": solved[place],
        }
        for place, cue in enumerate(cues)
    ]


def _html(cue: Cue, wanted: Sequence[Wanted]) -> Markup:
    doubtful = doubtful_places(cue.text, cue.words)
    if not wanted and not doubtful:
        return escape(cue.text)
    # Escaped by kb.search.marks; <mark> and <span> are all the markup in it.
    language = cue.transcript.language
    return Markup(marked(cue.text, wanted, hands().index.analyse, doubtful, language=language))  # noqa: S704


def _confidence(cue: Cue) -> float | None:
    """The mean over the engine's words, from 0 to 1; None where people wrote them."""
    known = [word[3] for word in cue.words or () if word[3] is not None]
    return sum(known) / len(known) if known else None
