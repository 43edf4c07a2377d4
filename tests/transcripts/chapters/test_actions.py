"""The chapters of a screencast: drafted by the site, chosen by people, kept with the recording that they belong to."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Invalid
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.transcripts import actions
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.actions import Wanted
from kb.transcripts.cues import TimedText
from kb.transcripts.models import ScreenLine, WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import People, Sent

LENGTH_MS = 120_000


@pytest.fixture
def item(people: People) -> Screencast:
    """Two minutes in two parts, with the words of both and every step but the chapters done."""
    with writing() as session:
        found = Screencast(title="Close the month", author_id=people.author, published_at=now(), duration_ms=LENGTH_MS)
        found.scenes = [60_000]
        session.add(found)
        pipeline.start(found)
        for step in found.steps:
            step.state = StepState.waiting if step.name in ("chapters", "index") else StepState.done
    cues = [TimedText(0, 58_000, "Open the ledger."), TimedText(61_000, 110_000, "Export the invoices.")]
    actions.put(found.id, "en", cues, source=WordsFrom.upload)
    return found


@pytest.fixture
def author(people: People) -> Person:
    return db.session.get_one(Person, people.author)


def told(item: Screencast) -> list[tuple[int, str, bool]]:
    return [(each.start_ms, each.title, each.draft) for each in chapters.of(item.id)]


DRAFTED = [(0, "Open the ledger", True), (60_000, "Export the invoices", True)]


def test_the_site_drafts_them_and_the_screencast_tells_them(item: Screencast) -> None:
    before = item.version
    chapters.find(item.id)
    assert told(item) == DRAFTED
    assert item.chapters == [{"start_ms": ms, "title": title} for ms, title, _ in DRAFTED]
    assert item.version > before
    step = item.step("chapters")
    assert step and step.state == StepState.done


def test_looking_twice_gives_the_same(item: Screencast) -> None:
    chapters.find(item.id)
    pipeline.redo(item.id, ("chapters",))
    chapters.find(item.id)
    assert told(item) == DRAFTED


def test_what_people_chose_stays_however_often_the_site_looks(item: Screencast, author: Person) -> None:
    for wanted in ([Wanted(0, "First"), Wanted(5_000, "Second")], []):
        chapters.put(item, wanted, by=author)
        pipeline.redo(item.id, ("chapters",))
        chapters.find(item.id)
        assert told(item) == [(each.start_ms, each.title, False) for each in wanted]


def test_drafts_can_be_kept_as_they_are(item: Screencast, author: Person) -> None:
    chapters.find(item.id)
    ids = [each.id for each in chapters.of(item.id)]
    chapters.keep(item, by=author)
    assert told(item) == [(ms, title, False) for ms, title, _ in DRAFTED]
    assert [each.id for each in chapters.of(item.id)] == ids


def test_a_chapter_that_is_changed_stays_the_same_one(item: Screencast, author: Person) -> None:
    chapters.find(item.id)
    first, second = chapters.of(item.id)
    moved = Wanted(70_000, "Renamed", "Press export.", id=second.id)
    chapters.put(item, [moved, Wanted(0, "Copied", id=second.id), Wanted(9_000, "Foreign", id="unknown")], by=author)
    found = {each.title: each for each in chapters.of(item.id)}
    assert [each.title for each in chapters.of(item.id)] == ["Copied", "Foreign", "Renamed"]
    assert second.id in (found["Copied"].id, found["Renamed"].id)
    assert found["Renamed"].text == "Press export."
    assert len({first.id, *(each.id for each in found.values())}) == 4


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ([Wanted(5_000, "One"), Wanted(5_000, "Two")], "Two chapters start at 0:05."),
        ([Wanted(LENGTH_MS, "One")], "The recording is over at 2:00."),
        ([Wanted(ms, "One") for ms in range(chapters.AT_MOST + 1)], "Take at most 100 chapters."),
    ],
)
def test_chapters_that_can_not_be_are_refused(
    item: Screencast, author: Person, wanted: list[Wanted], fault: str
) -> None:
    chapters.find(item.id)
    with pytest.raises(Invalid) as refused:
        chapters.put(item, wanted, by=author)
    assert refused.value.errors == {"chapters": [fault]}
    assert told(item) == DRAFTED


def test_another_recording_has_chapters_of_its_own_and_the_first_gets_its_own_back(
    item: Screencast, author: Person
) -> None:
    chapters.put(item, [Wanted(0, "First", "Do it.")], by=author)
    with writing():
        kept = chapters.set_aside(item.id)
    assert (told(item), item.chapters, item.chapters_kept) == ([], [], False)
    pipeline.redo(item.id, ("chapters",))
    chapters.find(item.id)
    assert told(item) == DRAFTED
    with writing():
        chapters.bring_back(item.id, kept)
    assert told(item) == [(0, "First", False)]
    assert chapters.of(item.id)[0].text == "Do it."


def test_drafts_are_not_kept_for_an_earlier_recording(item: Screencast) -> None:
    chapters.find(item.id)
    with writing():
        assert chapters.set_aside(item.id) == []


def test_hidden_lines_name_no_chapter(item: Screencast) -> None:
    screen_text.put(item.id, [TimedText(61_000, 100_000, "Payroll of everybody")])
    with writing() as session:
        session.execute(update(ScreenLine).values(is_hidden=True))
    chapters.find(item.id)
    assert told(item) == DRAFTED


def test_of_a_draft_engine_what_it_doubts_is_left_out(item: Screencast) -> None:
    words: dict[int, list[list[object]]] = {0: [[0, 500, "open", 0.9], [500, 900, "sesame", 0.2]], 1: []}
    cues = [TimedText(0, 900, "open sesame"), TimedText(900, 1_000, "again")]
    heard = actions.put(item.id, "de", cues, source=WordsFrom.speech, draft=True, words=words)
    assert [each.text for each in chapters.said_in(heard)] == ["open", "again"]


def test_a_short_translation_does_not_stand_for_what_is_said(item: Screencast) -> None:
    spoken = actions.find(item.id, "en")
    cues = actions.timed_texts(spoken)
    actions.drop(spoken)
    actions.put(item.id, "en", cues, source=WordsFrom.speech, engine="whisper")
    actions.put(item.id, "de", [TimedText(0, 2_000, "Das Hauptbuch.")], source=WordsFrom.upload)
    chapters.find(item.id)
    assert told(item) == DRAFTED


def test_a_screencast_from_before_there_were_chapters_is_finished_all_the_same(
    receive: Callable[..., str], run_jobs: Callable[[], list[str]], sent: Sent, in_site: Flask
) -> None:
    item = receive()
    with writing() as session:
        session.delete(session.get_one(Step, (item, "chapters")))
    run_jobs()
    steps = db.session.get_one(Screencast, item).steps
    assert "chapters" not in [step.name for step in steps]
    assert {step.state for step in steps} <= {StepState.done, StepState.skipped}
