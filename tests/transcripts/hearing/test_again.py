"""Words asked for again over the library."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete

from kb.accounts.models import Person
from kb.cli import kb
from kb.db import db
from kb.errors import Conflict, ToolFailed
from kb.hands import hands
from kb.screencasts import actions as screencasts
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast, State, Step
from kb.screencasts.pipeline.actions import hear_again, is_first_time
from kb.screencasts.pipeline.steps import STEPS
from kb.speech.contract import Segment
from kb.speech.scripted import Scripted
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.hearing import again
from kb.transcripts.models import WordsFrom
from tests.conftest import People

SAID = Segment(200, 900, "restart the spooler")
BETTER = Segment(200, 900, "Restart the spooler.")


@pytest.fixture
def prepared(receive: Callable[..., str], run_jobs: Callable[[], list[str]]) -> Callable[..., str]:
    """(engine) -> a screencast that was prepared with it."""

    def prepare(engine: Scripted | None, **fields: object) -> str:
        hands().speech = engine
        item = receive(**fields)
        run_jobs()
        return item

    return prepare


@pytest.fixture
def work_through(run_jobs: Callable[[], list[str]]) -> Callable[..., list[int]]:
    """As the command does, with workers that work while it waits. -> how many were done each time that it looked."""

    def through(ids: list[str], ask: Callable[[str], None]) -> list[int]:
        done: list[int] = []
        again.work_through(ids, ask, on_done=done.append, wait=lambda _: run_jobs())
        return done

    return through


def words_of(item: str) -> list[str]:
    return [cue.text for transcript in actions.of(item) for cue in transcript.cues]


def test_what_was_prepared_without_hearing_it_is_heard(
    prepared: Callable[..., str], work_through: Callable[..., list[int]]
) -> None:
    failed = Scripted(failure=ToolFailed("It broke down.", permanent=True, code="crashed"))
    unheard = [prepared(None), prepared(failed)]
    silent, heard = prepared(Scripted()), prepared(Scripted([SAID]))
    assert set(again.lacking()) == set(unheard)
    hands().speech = Scripted([SAID])
    assert sum(work_through(again.lacking(), again.fill)) == 2
    assert [words_of(item) for item in (*unheard, silent, heard)] == [[SAID.text], [SAID.text], [], [SAID.text]]
    assert again.lacking() == []


def test_steps_that_a_screencast_was_made_before_are_added_and_done(
    prepared: Callable[..., str], work_through: Callable[..., list[int]]
) -> None:
    item = prepared(Scripted([SAID]))
    db.session.execute(delete(Step).where(Step.screencast_id == item, Step.name.in_(["screen", "chapters"])))
    db.session.commit()
    hands().speech = Scripted([BETTER])
    assert work_through(again.lacking(), again.fill)[-1] == 1
    screencast = db.session.get_one(Screencast, item)
    assert [step.name for step in screencast.steps] == [kind.name for kind in STEPS]
    assert (screencast.state, is_first_time(screencast)) == (State.ready, False)
    assert words_of(item) == [SAID.text]


def test_drafts_are_written_anew_and_what_people_wrote_is_not(
    prepared: Callable[..., str], work_through: Callable[..., list[int]]
) -> None:
    draft, by_hand, better = prepared(Scripted([SAID])), prepared(None), prepared(Scripted([SAID], draft=False))
    actions.put(by_hand, "en", [TimedText(0, 900, "by hand")], source=WordsFrom.edited)
    assert again.drafts() == [draft]
    hands().speech = Scripted([BETTER], draft=False)
    work_through(again.drafts(), hear_again)
    assert [words_of(item) for item in (draft, by_hand, better)] == [[BETTER.text], ["by hand"], [SAID.text]]
    assert again.drafts() == []


def test_a_few_are_asked_for_at_once(prepared: Callable[..., str]) -> None:
    items = [prepared(Scripted([SAID])) for _ in range(3)]
    asked: list[str] = []

    def break_off(_: float) -> None:
        raise KeyboardInterrupt

    def ask(item: str) -> None:
        asked.append(item)
        hear_again(item)

    with pytest.raises(KeyboardInterrupt):
        again.work_through(items, ask, on_done=lambda _: None, at_once=2, wait=break_off)
    assert asked == items[:2]


def test_what_is_in_the_trash_is_not_waited_for(
    prepared: Callable[..., str], work_through: Callable[..., list[int]], people: People
) -> None:
    item = prepared(Scripted([SAID]))

    def ask_and_trash(item: str) -> None:
        hear_again(item)
        screencasts.trash(db.session.get_one(Screencast, item), by=db.session.get_one(Person, people.author))

    assert work_through([item], ask_and_trash) == [1]
    assert again.drafts() == []


def test_another_language_is_heard_at_once_and_the_same_one_is_not(
    prepared: Callable[..., str], run_jobs: Callable[[], list[str]], people: People
) -> None:
    item = prepared(Scripted([SAID]))
    author = db.session.get_one(Person, people.author)
    for language, expected in (("en", False), ("pt-br", True), ("", True)):
        screencasts.change(db.session.get_one(Screencast, item), Words(language=language), by=author)
        assert ("transcripts.speech" in run_jobs()) is expected
        assert [each.language for each in actions.of(item)] == ["pt-BR" if language == "pt-br" else "en"]


def test_the_command_asks_for_a_choice_an_engine_and_workers(in_site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = in_site.extensions["kb.settings"]
    monkeypatch.setenv("KB_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KB_DATABASE_URL", settings.sqlalchemy_url)
    monkeypatch.setenv("KB_REDIS_URL", settings.redis_url)
    assert "Say which" in CliRunner().invoke(kb, ["transcribe"]).output
    for speech, fault in (("none", "switched off"), ("whisper:absent", "no folder"), ("pocketsphinx", "make run")):
        monkeypatch.setenv("KB_SPEECH", speech)
        refused = CliRunner().invoke(kb, ["transcribe", "--missing"]).exception
        assert isinstance(refused, Conflict)
        assert fault in refused.detail
