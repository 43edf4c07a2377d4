"""What colleagues keep correcting in the same way is offered for the glossary, of what the asker may see."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories import glossary
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import WordsFrom
from kb.transcripts.suggesting import Suggestion, names_in, suggestions
from tests.conftest import People


def cues(*texts: str) -> list[list[Any]]:
    return [[place * 1000, place * 1000 + 900, text] for place, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("so kuber netties restarts", "so Kubernetes restarts", {("kuber netties", "Kubernetes")}),
        ("the netties, and post gress.", "the Netties, and PostgreSQL.", {("post gress", "PostgreSQL")}),
        ("over their", "over there", set()),
        ("all of it new and long", "Something quite Else that Anna wrote", set()),
        ("same", "same", set()),
        ("it runs on kates", "it runs on k8s", {("kates", "k8s")}),
    ],
)
def test_a_name_that_was_corrected_is_told_with_what_stood_there(
    before: str, after: str, names: set[tuple[str, str]]
) -> None:
    assert names_in(cues("first", before), cues("first", after)) == names


@pytest.fixture
def corrected(in_site: Flask, people: People) -> Callable[..., None]:
    """(before, after, columns …): a screencast in which its author corrected that."""

    def made(before: str, after: str, **columns: Any) -> None:
        author = db.session.get_one(Person, people.author)
        values = {"author_id": people.author, "visibility": "everyone", "published_at": now(), "state": "ready"}
        with writing() as session:
            screencast = Screencast(title="A clip", **(values | columns))
            session.add(screencast)
            session.flush()
            transcript = actions.put(screencast.id, "en", [TimedText(0, 900, before)], source=WordsFrom.speech)
        change = Change((TimedText(0, 900, before),), (TimedText(0, 900, after),))
        corrections.edit(transcript, [change], by=author)

    return made


def test_what_was_corrected_in_two_transcripts_is_suggested_until_it_is_in_the_glossary(
    corrected: Callable[..., None], people: People
) -> None:
    curator = Viewer(people.curator, is_curator=True)
    corrected("so kuber netties restarts", "so Kubernetes restarts")
    assert suggestions(curator, 8) == []
    corrected("and kuber netties hangs", "and Kubernetes hangs")
    assert suggestions(curator, 8) == [Suggestion("kuber netties", "Kubernetes", 2)]
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    assert suggestions(curator, 8) == []


def test_nobody_learns_what_was_corrected_in_what_they_may_not_see(
    corrected: Callable[..., None], people: People
) -> None:
    for columns in ({}, {"visibility": "private"}, {"published_at": None}, {"trashed_at": now()}):
        corrected("so kuber netties restarts", "so Kubernetes restarts", **columns)
    assert suggestions(Viewer(people.curator, is_curator=True), 8) == []
    assert suggestions(Viewer(people.author), 8) == [Suggestion("kuber netties", "Kubernetes", 3)]
