"""The step that writes down what is said, with an engine that says what it was told to."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.categories import glossary
from kb.db import db
from kb.errors import ToolFailed
from kb.hands import hands
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline import work
from kb.screencasts.pipeline.actions import redo
from kb.speech.contract import Asked, Engine, Listener, Segment, Word
from kb.speech.pocketsphinx import Pocketsphinx
from kb.speech.scripted import Scripted
from kb.speech.whisper import Whisper
from kb.storage.contract import made
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import HeardSegment, WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People
from tests.speech.conftest import run

SAID = Segment(200, 900, "restart the spooler", (Word(200, 400, "restart", 0.9),))
MORE = Segment(1_000, 1_900, "then wait", (Word(1_000, 1_400, "then", 0.9), Word(1_400, 1_900, "wait", 0.8)))
BROKEN = ToolFailed("The speech recognition broke down.", permanent=True, code="crashed")


class Curious(Scripted):
    """Remembers what it was asked."""

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        self.asked = asked
        super().transcribe(asked, listener)


class Interrupted(Scripted):
    """While it listens, somebody writes the words by hand."""

    def __init__(self, screencast_id: str) -> None:
        super().__init__([SAID])
        self.screencast_id = screencast_id

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        super().transcribe(asked, listener)
        actions.put(self.screencast_id, "en", [TimedText(0, 900, "by hand")], source=WordsFrom.edited)


class Corrected(Scripted):
    """While it listens, somebody corrects a word of the draft that is there."""

    def __init__(self, screencast_id: str, failure: ToolFailed) -> None:
        super().__init__([], failure=failure)
        self.screencast_id = screencast_id

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        change = Change((TimedText(200, 900, SAID.text),), (TimedText(200, 900, "restart the spooler now"),))
        author = db.session.get_one(Screencast, self.screencast_id).author
        corrections.edit(actions.find(self.screencast_id, "en"), [change], by=author)
        super().transcribe(asked, listener)


@pytest.fixture
def hear(run_jobs: Callable[[], list[str]]) -> Callable[..., None]:
    """(screencast, engine) -> have it heard again."""

    def again(screencast_id: str, engine: Engine) -> None:
        hands().speech = engine
        redo(screencast_id, ("speech",))
        run_jobs()

    return again


@pytest.fixture
def item(receive: Callable[..., str], run_jobs: Callable[[], list[str]]) -> str:
    """A screencast in which nothing was heard so far."""
    item = receive(title="Restart the spooler", tags=["printing"])
    run_jobs()
    return item


def step(screencast_id: str) -> Step:
    return db.session.get_one(Step, (screencast_id, "speech"))


def words_of(screencast_id: str) -> Sequence[str]:
    return [cue.text for transcript in actions.of(screencast_id) for cue in transcript.cues]


def kept() -> list[str]:
    return list(db.session.scalars(select(HeardSegment.text).order_by(HeardSegment.start_ms)))


def test_what_is_said_becomes_a_draft_transcript(item: str, hear: Callable[..., None]) -> None:
    hear(item, Scripted([SAID]))
    [transcript] = actions.of(item)
    assert (transcript.source, transcript.draft, transcript.cues[0].text) == ("speech", True, "restart the spooler")
    assert (transcript.engine, transcript.model, transcript.language) == ("scripted", "script", "en")
    assert transcript.cues[0].words == [[200, 400, "restart", 0.9]]
    assert db.session.get_one(Screencast, item).captions[0]["draft"]


def test_words_that_people_write_meanwhile_stay(item: str, hear: Callable[..., None]) -> None:
    hear(item, Interrupted(item))
    [transcript] = actions.of(item)
    assert (transcript.source, transcript.cues[0].text) == ("edited", "by hand")
    assert kept() == []


def test_the_sound_goes_however_the_step_ended(receive: Callable[..., str], run_jobs: Callable[[], object]) -> None:
    hands().speech = None
    screencast_id = receive()
    run_jobs()
    assert hands().storage.size_bytes(made(screencast_id, work.SOUND)) is None


def test_a_try_that_broke_off_goes_on_after_the_last_words_that_were_kept(
    item: str, hear: Callable[..., None], run_jobs: Callable[[], list[str]]
) -> None:
    hear(item, Scripted([SAID], failure=BROKEN))
    assert (step(item).state, step(item).error_text, kept()) == (StepState.failed, BROKEN.detail, [SAID.text])
    assert words_of(item) == []
    again = Curious([SAID, MORE])
    hands().speech = again
    screencasts.retry(db.session.get_one(Screencast, item), by=db.session.get_one(Screencast, item).author)
    run_jobs()
    assert again.asked.from_ms == SAID.end_ms
    assert (step(item).state, words_of(item), kept()) == (StepState.done, [SAID.text, MORE.text], [])


@pytest.mark.parametrize("other", [{"model": "larger"}, {"language": "de"}])
def test_words_that_another_model_kept_or_that_are_in_another_language_are_not_gone_on_from(
    item: str, hear: Callable[..., None], other: dict[str, str]
) -> None:
    hear(item, Scripted([SAID], failure=BROKEN))
    again = Curious([SAID, MORE], **other)  # type: ignore[arg-type]
    if "language" in other:
        db.session.get_one(Screencast, item).language = "de"
        db.session.commit()
    hear(item, again)
    assert again.asked.from_ms == 0
    assert words_of(item) == [SAID.text, MORE.text]


def test_the_words_that_are_there_stay_until_the_new_ones_are_whole(item: str, hear: Callable[..., None]) -> None:
    hear(item, Scripted([SAID]))
    hear(item, Scripted([MORE], model="larger", failure=BROKEN))
    assert words_of(item) == [SAID.text]


def test_a_better_engine_takes_the_place_of_a_draft_and_never_the_other_way_round(
    item: str, hear: Callable[..., None]
) -> None:
    hear(item, Scripted([SAID]))
    hear(item, Scripted([MORE], draft=False, language="de"))
    [better] = actions.of(item)
    assert (better.draft, better.language, words_of(item)) == (False, "de", [MORE.text])
    hear(item, Scripted([SAID]))
    assert (words_of(item), step(item).state, step(item).error_code) == ([MORE.text], StepState.skipped, "has-better")


def test_where_a_better_engine_hears_nobody_the_draft_goes(item: str, hear: Callable[..., None]) -> None:
    hear(item, Scripted([SAID]))
    hear(item, Scripted([], draft=False))
    assert (actions.of(item), step(item).error_text) == ([], "No speech was found in it.")
    assert db.session.get_one(Screencast, item).captions == []


def test_where_the_model_is_broken_people_are_told_whom_to_ask_and_not_where_it_lies(
    item: str, hear: Callable[..., None], author: Caller, tmp_path: Path
) -> None:
    hear(item, Whisper(run, tmp_path))
    assert (step(item).state, step(item).error_code) == (StepState.skipped, "no-speech-engine")
    page = author.get(f"/screencasts/{item}").text
    assert "No transcript. Speech recognition does not work here at the moment. An admin sees why under Health." in page
    assert str(tmp_path) not in page
    assert f'href="/screencasts/{item}/captions"' in page


def test_a_language_that_the_engine_does_not_know_leaves_it_without_words(item: str, hear: Callable[..., None]) -> None:
    hear(item, Scripted([SAID]))
    db.session.get_one(Screencast, item).language = "de"
    db.session.commit()
    failure = ToolFailed("It understands English only.", permanent=True, code="language-unknown")
    hear(item, Scripted([], failure=failure))
    assert (step(item).state, step(item).error_text, words_of(item)) == (StepState.skipped, failure.detail, [])
    assert db.session.get_one(Screencast, item).state == "ready"


def test_a_draft_that_somebody_corrects_meanwhile_stays_where_the_engine_does_not_know_the_language(
    item: str, hear: Callable[..., None]
) -> None:
    hear(item, Scripted([SAID]))
    db.session.get_one(Screencast, item).language = "de"
    db.session.commit()
    failure = ToolFailed("It understands English only.", permanent=True, code="language-unknown")
    hear(item, Corrected(item, failure))
    assert (step(item).error_code, words_of(item)) == ("language-unknown", ["restart the spooler now"])


def test_the_engine_is_told_which_names_may_be_said(item: str, hear: Callable[..., None], people: People) -> None:
    glossary.add("Kubernetes", [], by=people.curator)
    screen_text.put(item, [TimedText(0, 900, "CrashLoopBackOff in the pod")])
    engine = Curious([])
    hear(item, engine)
    assert list(engine.asked.hotwords) == ["Restart the spooler", "printing", "Kubernetes", "CrashLoopBackOff"]


def test_names_are_written_as_the_glossary_says(item: str, hear: Callable[..., None], people: People) -> None:
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    said = (Word(0, 400, "kuber", 0.3), Word(400, 900, "netties", 0.3))
    hear(item, Scripted([Segment(0, 900, "kuber netties", said)]))
    assert words_of(item) == ["Kubernetes"]


def test_swearing_that_nobody_can_be_sure_of_is_not_in_a_draft(item: str, hear: Callable[..., None]) -> None:
    said = (Word(0, 400, "the", 0.9), Word(400, 600, "damn", 0.5), Word(600, 900, "printer", 0.9))
    hear(item, Scripted([Segment(0, 900, "the damn printer", said)]))
    assert words_of(item) == ["the printer"]
    hear(item, Scripted([Segment(0, 900, "the damn printer", said)], draft=False))
    assert words_of(item) == ["the damn printer"]


def test_an_engine_that_breaks_down_leaves_something_that_plays_and_is_found(
    receive: Callable[..., str], run_jobs: Callable[[], object]
) -> None:
    hands().speech = Scripted(failure=BROKEN)
    item = receive(title="Restart the spooler")
    run_jobs()
    screencast = db.session.get_one(Screencast, item)
    assert (screencast.state, screencast.is_playable, step(item).state) == ("ready", True, StepState.failed)
    assert item in hands().index.versions()


@pytest.mark.parametrize("options", ["-ar 8000 -ac 1", "-ac 6"])
def test_sound_of_other_rates_and_channels_is_heard(
    receive: Callable[..., str], run_jobs: Callable[[], object], tmp_path: Path, options: str
) -> None:
    said = tmp_path / "said.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", "Open the terminal and check the server.", "-o", said], check=True)
    clip = tmp_path / "clip.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=4", "-i", str(said)]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *codecs, *options.split(), str(clip)], check=True)
    hands().speech = Pocketsphinx(run)
    item = receive(clip)
    run_jobs()
    assert {"terminal", "server"} & set(" ".join(words_of(item)).split())
