"""Who helped with the words is named for colleagues, not for passers-by who may see what is public."""

from collections.abc import Callable

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People


@pytest.fixture
def public(in_site: Flask, people: People) -> str:
    """In which mate corrected the German words and gave the English ones; everybody on the internet may see it."""
    in_site.extensions["kb.settings"] = in_site.extensions["kb.settings"].model_copy(update={"public": True})
    with writing() as session:
        item = Screencast(
            title="Reset", author_id=people.author, published_at=now(), visibility="public", state="ready"
        )
        session.add(item)
    mate = db.session.get_one(Person, people.mate)
    heard, right = TimedText(0, 900, "spoiler"), TimedText(0, 900, "spooler")
    transcript = actions.put(item.id, "de", [heard], source=WordsFrom.speech)
    corrections.edit(transcript, [Change((heard,), (right,))], by=mate)
    actions.put(item.id, "en", [right], source=WordsFrom.upload, by=mate)
    return item.id


@pytest.mark.parametrize(
    "url", ["/screencasts/{id}", "/screencasts/{id}/transcript?lang=en", "/api/v1/screencasts/{id}/transcripts"]
)
def test_who_helped_is_named_for_colleagues_alone(
    public: str, call_as: Callable[[str | None], Caller], people: People, url: str
) -> None:
    answers = {who: call_as(who).get(url.format(id=public)) for who in (people.other, None)}
    assert [answer.status_code for answer in answers.values()] == [200, 200]
    assert "Test Mate" in answers[people.other].text
    assert "Test Mate" not in answers[None].text
