"""The log of searches: what was looked for, which hit was opened, and what solved it.

It says what is missing and which words lead to help. Who asked joins these three, and is shown to nobody.
"""

import logging
import unicodedata
from datetime import timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs

from flask import Flask, Response, after_this_request, current_app, request
from sqlalchemy import Insert, Update, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from kb.accounts.rules import Viewer
from kb.db import db, new_id, now, writing
from kb.screencasts.models import Screencast
from kb.search.asked import Asked
from kb.search.models import LONGEST_LOGGED, Search
from kb.search.results import Answer
from kb.web.forms import is_shown

log = logging.getLogger(__name__)

KEPT = timedelta(days=365)
# Some 300 bytes each. Whoever may search may fill it.
MOST_KEPT = 1_000_000
# Who says that something solved it has opened it by then.
SOLVED_WITHIN = timedelta(days=1)


def searched(viewer: Viewer, asked: Asked, answer: Answer) -> str | None:
    """Log a search within its request. Returns its id; None where nothing was asked, or by nobody who is known.

    The row is written once the answer is out, which must neither wait for it nor fail with it.
    """
    row = _row(viewer, asked, answer)
    if not row["words"] and not row["filters"]:
        return None
    _once_answered(insert(Search).values(row))
    return str(row["id"]) if viewer.person_id else None


def opened(viewer: Viewer, search_id: str, screencast: Screencast, at_ms: int | None) -> None:
    """Note, once its page is out, which hit was opened last and at which moment.

    Only for who searched: others may follow the same address. What a browser fetches ahead is not opened yet.
    """
    is_looked_at = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if not viewer.person_id or not is_looked_at:
        return
    own = (Search.id == search_id, Search.person_id == viewer.person_id)
    _once_answered(update(Search).where(*own).values(opened_id=screencast.id, opened_ms=at_ms))


def solved(person_id: str, screencast_id: str) -> None:
    """Note what the last search that led there was good for, in the transaction in which somebody says so."""
    last = (
        select(Search.id)
        .where(Search.person_id == person_id, Search.opened_id == screencast_id)
        .where(Search.searched_at >= now() - SOLVED_WITHIN)
        .order_by(Search.searched_at.desc(), Search.id)
        .limit(1)
    )
    db.session.execute(update(Search).where(Search.id == last.scalar_subquery()).values(solved_id=screencast_id))


def not_solved(person_id: str, screencast_id: str) -> None:
    """Take it back, in the caller's transaction."""
    theirs = (Search.person_id == person_id, Search.solved_id == screencast_id)
    db.session.execute(update(Search).where(*theirs).values(solved_id=None))


def forget_old(most: int = MOST_KEPT) -> None:
    """Of more than `most`, those that were made last stay."""
    with writing() as session:
        beyond = session.scalar(select(Search.searched_at).order_by(Search.searched_at.desc()).offset(most).limit(1))
        session.execute(delete(Search).where(Search.searched_at < now() - KEPT))
        if beyond:
            session.execute(delete(Search).where(Search.searched_at <= beyond))


def folded(words: str) -> str:
    """What all ways of typing the same words have in common, but their order."""
    return unicodedata.normalize("NFKC", words).casefold()[:LONGEST_LOGGED].strip()


def _row(viewer: Viewer, asked: Asked, answer: Answer) -> dict[str, Any]:
    words = _one_line(asked.typed)[:LONGEST_LOGGED].strip()
    return {
        "id": new_id(),
        "person_id": viewer.person_id,
        "words": words,
        "key": folded(words),
        "filters": _filters(asked),
        "total": answer.total,
        "took_ms": answer.took_ms,
        "degraded": answer.degraded,
        "searched_at": now(),
    }


def _filters(asked: Asked) -> dict[str, Any]:
    named = parse_qs(asked.address())
    named.pop("q", None)
    return {name: values if name == "tag" else values[0] for name, values in named.items()}


def _one_line(text: str) -> str:
    return " ".join("".join(sign if is_shown(sign) else " " for sign in text).split())


def _once_answered(statement: Insert | Update) -> None:
    write = partial(_write, cast(Flask, current_app._get_current_object()), statement)  # type: ignore[attr-defined]

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(write)
        return response


def _write(site: Flask, statement: Insert | Update) -> None:
    with site.app_context():
        try:
            with writing() as session:
                session.execute(statement)
        except SQLAlchemyError as error:
            log.warning("a search was not logged", extra={"reason": type(error).__name__})
