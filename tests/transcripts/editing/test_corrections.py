"""People correct words in place, several at once, and nothing that they wrote is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from kb.accounts.models import Person
from kb.audit import AuditEntry
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections, revisions
from kb.transcripts.editing.changes import Change, WordsChanged
from kb.transcripts.models import Revision, Transcript, WordsFrom
from tests.conftest import People

ONE, TWO = TimedText(0, 900, "restart the spoiler"), TimedText(1000, 1900, "and wait")
RIGHT = TimedText(0, 900, "restart the spooler")
WORDS = [[0, 300, "restart", 0.9], [300, 500, "the", 0.9], [500, 900, "spoiler", 0.2]]


@pytest.fixture
def heard(people: People) -> Transcript:
    """A draft by an engine."""
    with writing() as session:
        session.add(item := Screencast(title="Reset", author_id=people.author, published_at=now()))
    return actions.put(item.id, "en", [ONE, TWO], source=WordsFrom.speech, draft=True, words={0: WORDS})


@pytest.fixture
def who(people: People) -> Callable[[str], Person]:
    return lambda name: db.session.get_one(Person, getattr(people, name))


def edit(transcript: Transcript, by: Person, *changes: tuple[list[TimedText], list[TimedText]]) -> None:
    corrections.edit(transcript, [Change(tuple(old), tuple(new)) for old, new in changes], by=by)


def texts(transcript: Transcript) -> list[str]:
    return [cue.text for cue in transcript.cues]


def history(transcript: Transcript) -> list[tuple[int, str, str | None, int]]:
    return [
        (each.number, each.cause, each.by.name if each.by else None, each.changed_cues)
        for each in revisions.of(transcript)
    ]


def test_a_corrected_word_is_kept_with_its_time_and_asks_for_the_index(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    with writing() as session:
        session.query(Outbox).delete()
    edit(heard, who("author"), ([ONE], [RIGHT]))
    assert texts(heard) == ["restart the spooler", "and wait"]
    assert heard.cues[0].words == [*WORDS[:2], [500, 900, "spooler", None]]
    assert heard.version == 2
    assert db.session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_a_draft_in_which_a_word_was_corrected_is_one_until_somebody_says_that_it_is_right(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    edit(heard, who("author"), ([TWO], [TimedText(1000, 1900, "and go")]))
    screencast = db.session.get_one(Screencast, heard.screencast_id)
    assert (heard.source, heard.draft) == ("edited", True)
    assert screencast.captions == [{"language": "en", "source": "edited", "draft": True}]
    corrections.confirm(heard, by=who("author"))
    assert (heard.source, heard.draft, heard.version) == ("edited", False, 3)
    assert screencast.captions == [{"language": "en", "source": "edited", "draft": False}]
    assert [word[3] for word in heard.cues[0].words or ()] == [None, None, None]


def test_an_engine_never_takes_the_place_of_a_corrected_word(heard: Transcript, who: Callable[[str], Person]) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    with pytest.raises(Conflict):
        actions.put(heard.screencast_id, "en", [TWO], source=WordsFrom.speech, engine="better")
    assert texts(heard) == ["restart the spooler", "and wait"]


def test_two_who_change_different_lines_at_once_both_have_their_way(
    heard: Transcript, who: Callable[[str], Person], at_once: Callable[..., list[Any]]
) -> None:
    transcript_id, author, curator = heard.id, who("author").id, who("curator").id

    def change(by: str, old: TimedText, text: str) -> None:
        transcript = db.session.get_one(Transcript, transcript_id)
        edit(transcript, db.session.get_one(Person, by), ([old], [TimedText(old.start_ms, old.end_ms, text)]))

    assert at_once(lambda: change(author, ONE, "by author"), lambda: change(curator, TWO, "by curator")) == [None] * 2
    after = db.session.get_one(Transcript, transcript_id)
    assert (texts(after), after.version) == (["by author", "by curator"], 3)


def test_of_two_who_change_the_same_line_the_second_is_told_what_stands_there(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    with pytest.raises(WordsChanged) as caught:
        edit(heard, who("curator"), ([TWO], [TimedText(1000, 1900, "and go")]), ([ONE], [TimedText(0, 900, "stop")]))
    assert [(missed.place, missed.theirs) for missed in caught.value.missed] == [(1, [RIGHT])]
    assert texts(heard) == ["restart the spooler", "and wait"]


def test_what_arrives_twice_is_done_once(heard: Transcript, who: Callable[[str], Person]) -> None:
    for _ in range(2):
        edit(heard, who("author"), ([ONE], [RIGHT]))
    assert (texts(heard), heard.version) == (["restart the spooler", "and wait"], 2)


def test_the_last_line_stays(heard: Transcript, who: Callable[[str], Person]) -> None:
    with pytest.raises(Invalid):
        edit(heard, who("author"), ([ONE, TWO], []))
    assert len(texts(heard)) == 2


def test_what_one_person_does_in_one_go_is_one_revision(heard: Transcript, who: Callable[[str], Person]) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    edit(heard, who("author"), ([TWO], [TimedText(1000, 1900, "and go")]))
    edit(heard, who("curator"), ([RIGHT], [TimedText(0, 900, "restart it")]))
    assert history(heard) == [(3, "edited", "Test Curator", 1), (2, "edited", "Test Author", 2), (1, "heard", None, 0)]
    assert [person.name for person in revisions.helpers(heard.screencast_id)["en"]] == ["Test Author", "Test Curator"]
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.kind == "screencast")).all()
    assert acts == ["corrected-words", "corrected-words"]


def test_what_the_same_person_does_later_is_another_revision(heard: Transcript, who: Callable[[str], Person]) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    with writing():
        revisions.get(heard, 2).began_at = now() - revisions.ONE_GO
    edit(heard, who("author"), ([TWO], [TimedText(1000, 1900, "and go")]))
    assert [number for number, *_ in history(heard)] == [3, 2, 1]


def test_what_was_undone_leaves_no_trace(heard: Transcript, who: Callable[[str], Person]) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    edit(heard, who("author"), ([RIGHT], [ONE]))
    assert [number for number, *_ in history(heard)] == [1]
    assert revisions.helpers(heard.screencast_id)["en"] == []


def test_a_restored_revision_brings_the_words_back_and_loses_none(
    heard: Transcript, who: Callable[[str], Person]
) -> None:
    edit(heard, who("author"), ([ONE, TWO], [TimedText(0, 1900, "all wrong")]))
    corrections.restore(heard, 1, by=who("curator"))
    assert texts(heard) == [ONE.text, TWO.text]
    assert [(number, cause) for number, cause, *_ in history(heard)] == [(3, "restored"), (2, "edited"), (1, "heard")]
    corrections.restore(heard, 2, by=who("curator"))
    assert texts(heard) == ["all wrong"]


def test_words_replaced_as_a_whole_can_be_restored(heard: Transcript, who: Callable[[str], Person]) -> None:
    actions.put(heard.screencast_id, "en", [TWO], source=WordsFrom.edited, by=who("author"))
    assert [(number, cause) for number, cause, *_ in history(heard)] == [(2, "edited"), (1, "heard")]
    assert revisions.cues_of(revisions.get(heard, 1)) == [ONE, TWO]


def test_only_the_newest_revisions_keep_their_words(heard: Transcript, who: Callable[[str], Person]) -> None:
    def write(number: int) -> None:
        cues = [TimedText(0, 9, f"version {number}")]
        by = who("author")
        actions.put(heard.screencast_id, "en", cues, source=WordsFrom.edited, by=by, cause="restored")

    for number in range(revisions.MOST_WITH_WORDS + 2):
        write(number)
    lengths = [len(revisions.get(heard, number).cues) for number in range(1, 6)]
    assert lengths == [2, 0, 0, 1, 1]
    with pytest.raises(Conflict):
        corrections.restore(heard, 3, by=who("author"))


def test_with_the_words_goes_their_history(heard: Transcript, who: Callable[[str], Person]) -> None:
    edit(heard, who("author"), ([ONE], [RIGHT]))
    actions.drop(heard)
    assert db.session.scalar(select(func.count()).select_from(Revision)) == 0


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 10**30])
def test_a_revision_that_is_not_there_is_said_not_to_be(
    heard: Transcript, who: Callable[[str], Person], number: int
) -> None:
    with pytest.raises(NotFound):
        corrections.restore(heard, number, by=who("author"))


def test_of_very_many_changes_the_last_are_not_compared_by_word() -> None:
    """Else a request that fits into 5 MB would keep a process busy for minutes."""

    def told(sign: str) -> list[TimedText]:
        every = range(revisions.MOST_PAIRS // 100**2 + 2)
        rows = [(" ".join([f"{sign}{number}", *["word"] * 99]), f"the same {number}") for number in every]
        return [TimedText(0, 1, text) for row in rows for text in row]

    passages = revisions.difference(told("a"), told("b")).passages
    assert [piece.text for piece in passages[0].pieces][:2] == ["a0", "b0"]
    assert [len(piece.text.split()) for piece in passages[-1].pieces] == [100, 100]


def test_a_difference_is_told_by_word() -> None:
    difference = revisions.difference([ONE, TWO], [RIGHT, TimedText(1100, 1900, "and wait")])
    (passage,) = difference.passages
    assert (passage.start_ms, difference.moved) == (0, 1)
    assert [(piece.kind, piece.text) for piece in passage.pieces] == [
        ("", "restart the"), ("del", "spoiler"), ("ins", "spooler")
    ]  # fmt: skip


def test_a_history_of_many_people_is_read_in_one_statement(
    heard: Transcript, who: Callable[[str], Person], asked: list[str]
) -> None:
    for number, name in enumerate(("author", "mate", "other", "curator", "admin")):
        cue = heard.cues[0]
        now_there = actions.text_of(cue)
        edit(heard, who(name), ([now_there], [TimedText(0, 900, f"restart number {number}")]))
    own = heard.id
    db.session.expunge_all()
    transcript = db.session.get_one(Transcript, own)
    asked.clear()
    told = history(transcript)
    assert len({name for _, _, name, _ in told}) == 6
    assert len(asked) == 1
