"""The step that writes down what is said, with an engine that says what it was told to."""

from collections.abc import Callable

from kb.db import db
from kb.hands import hands
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import work
from kb.speech.contract import Segment, Word
from kb.speech.scripted import Scripted
from kb.storage.contract import made
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom

SAID = Segment(200, 900, "restart the spooler", (Word(200, 400, "restart", 0.9),))


class Interrupted(Scripted):
    """While it listens, somebody writes the words by hand."""

    def __init__(self, screencast_id: str) -> None:
        super().__init__([SAID])
        self.screencast_id = screencast_id

    def transcribe(self, *args, **options) -> None:  # type: ignore[no-untyped-def]
        super().transcribe(*args, **options)
        actions.put(self.screencast_id, "en", [TimedText(0, 900, "by hand")], source=WordsFrom.edited)


def test_what_is_said_becomes_a_draft_transcript(receive: Callable[..., str], run_jobs: Callable[[], object]) -> None:
    hands().speech = Scripted([SAID])
    screencast_id = receive()
    run_jobs()
    [transcript] = actions.of(screencast_id)
    assert (transcript.source, transcript.draft, transcript.cues[0].text) == ("speech", True, "restart the spooler")
    assert transcript.cues[0].words == [[200, 400, "restart", 0.9]]
    assert db.session.get_one(Screencast, screencast_id).captions[0]["draft"]


def test_words_that_people_write_meanwhile_stay(receive: Callable[..., str], run_jobs: Callable[[], object]) -> None:
    screencast_id = receive()
    hands().speech = Interrupted(screencast_id)
    run_jobs()
    [transcript] = actions.of(screencast_id)
    assert (transcript.source, transcript.cues[0].text) == ("edited", "by hand")


def test_the_sound_goes_however_the_step_ended(receive: Callable[..., str], run_jobs: Callable[[], object]) -> None:
    hands().speech = None
    screencast_id = receive()
    run_jobs()
    assert hands().storage.size_bytes(made(screencast_id, work.SOUND)) is None
