"""The step `speech`: an engine writes down what is said."""

from contextlib import ExitStack

from kb.db import db, writing
from kb.hands import hands
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.work import sound_of
from kb.speech.contract import Segment
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom

SPOKEN_LANGUAGE = "en"


def hear(screencast_id: str) -> None:
    """The step `speech`: write down what is said."""
    leasing.perform(screencast_id, "speech", _hear)
    # Without the sound, which nobody needs any more.
    measure(screencast_id)


def _hear(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    if reason := _nothing_to_hear(screencast):
        code, text = reason
        leasing.finish(lease, skipped=True, code=code, note=text)
        return
    engine = hands().speech
    if engine is None or engine.unavailable():
        leasing.finish(lease, skipped=True, code="no-speech-engine", note="Speech recognition is not set up here.")
        return
    segments: list[Segment] = []
    with ExitStack() as stack:
        engine.transcribe(
            sound_of(lease, stack),
            language=SPOKEN_LANGUAGE,
            on_segment=segments.append,
            on_progress=lease.report,
            should_stop=lease.is_over,
        )
    with writing() as session:
        # People may have written the words meanwhile, and theirs stay.
        if reason := _nothing_to_hear(session.get_one(Screencast, lease.screencast_id)):
            leasing.finish(lease, skipped=True, code=reason[0], note=reason[1])
            return
        if segments:
            _put_heard(lease.screencast_id, segments, engine.name, engine.draft)
        note = None if segments else "No speech was found in it."
        leasing.finish(lease, code=None if segments else "no-speech", note=note)


def _nothing_to_hear(screencast: Screencast) -> tuple[str, str] | None:
    if not screencast.is_playable:
        return "needed", "The recording could not be read."
    if any(each.source in actions.BY_PEOPLE for each in actions.of(screencast.id)):
        return "has-captions", "It came with captions."
    if screencast.has_audio is False:
        return "no-audio", "It has no sound."
    return None


def _put_heard(screencast_id: str, segments: list[Segment], engine: str, draft: bool) -> None:
    actions.put(
        screencast_id,
        SPOKEN_LANGUAGE,
        [TimedText(each.start_ms, each.end_ms, each.text) for each in segments],
        source=WordsFrom.speech,
        engine=engine,
        draft=draft,
        words={
            place: [[word.start_ms, word.end_ms, word.text, word.confidence] for word in each.words]
            for place, each in enumerate(segments)
        },
    )
