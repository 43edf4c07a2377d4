"""A colleague proposes other words; who may change them takes them up."""

from collections.abc import Callable

import pytest

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections, proposals, revisions
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import Transcript, WordsFrom
from tests.conftest import People

CUE, AGAIN = TimedText(0, 900, "restart the spoiler"), TimedText(5000, 5900, "restart the spoiler")
RIGHT = "restart the spooler"


@pytest.fixture
def heard(people: People) -> Transcript:
    with writing() as session:
        session.add(item := Screencast(title="Reset", author_id=people.author, published_at=now()))
    return actions.put(item.id, "en", [CUE, AGAIN], source=WordsFrom.speech, draft=True)


@pytest.fixture
def who(people: People) -> Callable[[str], Person]:
    return lambda name: db.session.get_one(Person, getattr(people, name))


def texts(transcript: Transcript) -> list[str]:
    return [cue.text for cue in transcript.cues]


def test_what_is_accepted_stands_where_it_was_meant_and_thanks_its_proposer(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    proposal = proposals.propose(heard, AGAIN, f" {RIGHT} ", by=who("other"))
    assert texts(heard) == [CUE.text, CUE.text]
    proposals.accept(heard, proposal.id, by=who("author"))
    assert texts(heard) == [CUE.text, RIGHT]
    latest = revisions.of(heard)[0]
    assert (latest.cause, latest.by_id, latest.accepted_by_id) == ("proposed", who("other").id, who("author").id)
    assert [person.name for person in revisions.helpers(heard.screencast_id)["en"]] == ["Test Other"]
    assert proposals.open_of(heard) == []


def test_it_is_settled_once(heard: Transcript, who: Callable[[str], Person]) -> None:
    proposal = proposals.propose(heard, CUE, RIGHT, by=who("other"))
    proposals.decline(heard, proposal.id, by=who("author"), may_change=True)
    with pytest.raises(NotFound):
        proposals.accept(heard, proposal.id, by=who("author"))
    assert texts(heard) == [CUE.text, CUE.text]


def test_a_second_proposal_for_the_same_words_replaces_the_first(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    for text in ("one", "two"):
        proposals.propose(heard, CUE, text, by=who("other"))
    assert [each.after for each in proposals.open_of(heard)] == ["two"]


def test_one_whose_words_are_gone_is_not_put_elsewhere(heard: Transcript, who: Callable[[str], Person]) -> None:
    proposal = proposals.propose(heard, CUE, RIGHT, by=who("other"))
    new = [TimedText(cue.start_ms, cue.end_ms, "something else") for cue in (CUE, AGAIN)]
    corrections.edit(heard, [Change((CUE, AGAIN), tuple(new))], by=who("author"))
    assert proposals.place_of(proposal, actions.timed_texts(heard)) is None
    with pytest.raises(Conflict):
        proposals.accept(heard, proposal.id, by=who("author"))
    assert texts(heard) == ["something else", "something else"]


def test_words_that_are_not_there_can_not_be_proposed_for(heard: Transcript, who: Callable[[str], Person]) -> None:
    with pytest.raises(Conflict):
        proposals.propose(heard, TimedText(0, 900, "other words"), RIGHT, by=who("other"))


@pytest.mark.parametrize("text", ["", " \n ", CUE.text, f" {CUE.text} "])
def test_a_proposal_says_something_else(heard: Transcript, who: Callable[[str], Person], text: str) -> None:
    with pytest.raises(Invalid):
        proposals.propose(heard, CUE, text, by=who("other"))


def test_only_who_proposed_it_takes_it_back(heard: Transcript, who: Callable[[str], Person]) -> None:
    proposal = proposals.propose(heard, CUE, RIGHT, by=who("other"))
    with pytest.raises(NotAllowed):
        proposals.decline(heard, proposal.id, by=who("mate"), may_change=False)
    proposals.decline(heard, proposal.id, by=who("other"), may_change=False)
    assert proposals.open_of(heard) == []


def test_of_several_proposals_all_are_made_or_none(heard: Transcript, who: Callable[[str], Person]) -> None:
    with pytest.raises(Invalid):
        proposals.propose_all(heard, [(CUE, RIGHT), (AGAIN, " ")], by=who("other"))
    assert proposals.open_of(heard) == []
    proposals.propose_all(heard, [(CUE, RIGHT), (AGAIN, RIGHT)], by=who("other"))
    assert [each.start_ms for each in proposals.open_of(heard)] == [CUE.start_ms, AGAIN.start_ms]
