"""The step `speech`: an engine writes down what is said.

Each segment is kept as it comes: who takes over a step that was broken off goes on after the last. They become the
transcript when the last one is there; until then the one before stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import delete, select

from kb.categories.glossary import glossary
from kb.db import db, writing
from kb.errors import ToolFailed
from kb.hands import hands
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.materials import sound_of
from kb.speech.contract import Asked, Engine, Segment, Word
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.hearing.cutting import caption_sized
from kb.transcripts.hearing.decency import decent
from kb.transcripts.hearing.vocabulary import names_in
from kb.transcripts.models import HeardSegment, WordsFrom
from kb.transcripts.spelling import spelled

NO_SPEECH = "No speech was found in it."
NOT_SET_UP = "Speech recognition is not set up here."
OUT_OF_ORDER = "Speech recognition does not work here at the moment. An admin sees why under Health."


def hear(screencast_id: str) -> None:
    """The step `speech`: write down what is said."""
    leasing.perform(screencast_id, "speech", _hear)
    # Without the sound, which nobody needs any more.
    measure(screencast_id)


def _hear(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    engine = hands().speech
    if engine is None or engine.unavailable():
        # What is wrong is for admins: it names folders of this machine.
        note = OUT_OF_ORDER if engine else NOT_SET_UP
        leasing.finish(lease, skipped=True, code="no-speech-engine", note=note)
        return
    if reason := _nothing_to_hear(screencast, engine):
        leasing.finish(lease, skipped=True, code=reason[0], note=reason[1])
        return
    heard = _Heard.so_far(lease, engine, screencast.language)
    names = names_in(screencast)
    with ExitStack() as stack:
        wav = sound_of(lease, stack)
        try:
            engine.transcribe(Asked(wav, heard.spoken, names, heard.until_ms), heard)
        except ToolFailed as failure:
            if failure.code != "language-unknown":
                raise
            _leave_without_words(lease, failure, heard.spoken)
            return
    with writing() as session:
        # People may have written the words meanwhile, and theirs stay.
        if reason := _nothing_to_hear(session.get_one(Screencast, lease.screencast_id), engine):
            leasing.finish(lease, skipped=True, code=reason[0], note=reason[1])
        else:
            segments = list(heard.segments())
            _put(heard, segments)
            leasing.finish(lease, code=None if segments else "no-speech", note=None if segments else NO_SPEECH)
        session.execute(delete(HeardSegment).where(HeardSegment.screencast_id == lease.screencast_id))


def _leave_without_words(lease: Lease, failure: ToolFailed, language: str | None) -> None:
    """An engine's draft in another language than the one that is spoken was a mistake."""
    with writing():
        for each in actions.of(lease.screencast_id):
            if each.draft and each.source == WordsFrom.speech and each.language != language:
                actions.drop(each)
        leasing.finish(lease, skipped=True, code=failure.code, note=failure.detail)


def _nothing_to_hear(screencast: Screencast, engine: Engine) -> tuple[str, str] | None:
    if not screencast.is_playable:
        return "needed", "The recording could not be read."
    if screencast.has_audio is False:
        return "no-audio", "It has no sound."
    known = actions.of(screencast.id)
    if any(each.source in actions.BY_PEOPLE for each in known):
        return "has-captions", "It came with captions."
    if engine.draft and any(not each.draft for each in known):
        return "has-better", "A better speech recognition has written its words already."
    return None


@dataclass
class _Heard:
    """What was heard so far; listens to the engine. spoken: its language, None while nobody knows."""

    lease: Lease
    engine: Engine
    spoken: str | None

    @classmethod
    def so_far(cls, lease: Lease, engine: Engine, language: str | None) -> "_Heard":
        """Go on from what another try has kept, if it was heard the same way; else begin anew."""
        heard = cls(lease, engine, language)
        with writing() as session:
            kept = heard._rows()
            told = kept[0].language if kept else None
            heard.spoken = language or told
            is_other = delete(HeardSegment).where(HeardSegment.screencast_id == lease.screencast_id)
            session.execute(
                is_other.where(
                    (HeardSegment.take != lease.take)
                    | (HeardSegment.engine != engine.name)
                    | (HeardSegment.model != engine.model)
                    | (HeardSegment.language != (heard.spoken or ""))
                )
            )
        return heard

    @property
    def until_ms(self) -> int:
        return max((row.end_ms for row in self._rows()), default=0)

    def segments(self) -> Iterator[Segment]:
        for row in self._rows():
            yield Segment(row.start_ms, row.end_ms, row.text, tuple(Word(*word) for word in row.words or ()))

    # -- what the engine tells -----------------------------------------------------------------

    def language(self, language: str) -> None:
        self.spoken = self.spoken or language

    def segment(self, segment: Segment) -> None:
        """Raises LeaseLost where another worker has the step now, so that nothing is kept twice."""
        with leasing.results(self.lease):
            db.session.add(
                HeardSegment(
                    screencast_id=self.lease.screencast_id,
                    take=self.lease.take,
                    engine=self.engine.name,
                    model=self.engine.model,
                    language=self.spoken,
                    start_ms=segment.start_ms,
                    end_ms=segment.end_ms,
                    text=segment.text,
                    words=_rows_of(segment.words),
                )
            )

    def progress(self, part: float) -> None:
        self.lease.report(part)

    def should_stop(self) -> bool:
        return self.lease.is_over()

    def _rows(self) -> Sequence[HeardSegment]:
        same = {
            "screencast_id": self.lease.screencast_id,
            "take": self.lease.take,
            "engine": self.engine.name,
            "model": self.engine.model,
        } | ({"language": self.spoken} if self.spoken else {})
        return db.session.scalars(
            select(HeardSegment).filter_by(**same).order_by(HeardSegment.start_ms, HeardSegment.id)
        ).all()


def _put(heard: _Heard, segments: Iterable[Segment]) -> None:
    """In place of what an engine wrote before, also in another language: that was a mistake."""
    screencast_id, language = heard.lease.screencast_id, heard.spoken
    put_right = (spelled(each, glossary().spellings) for each in segments)
    if heard.engine.draft:
        put_right = (clean for each in put_right if (clean := decent(each)))
    cues = list(caption_sized(put_right))
    for other in actions.of(screencast_id):
        if other.source == WordsFrom.speech and (not cues or other.language != language):
            actions.drop(other)
    if cues and language:
        actions.put(
            screencast_id,
            language,
            [TimedText(each.start_ms, each.end_ms, each.text) for each in cues],
            source=WordsFrom.speech,
            engine=heard.engine.name,
            model=heard.engine.model,
            draft=heard.engine.draft,
            words={place: _rows_of(each.words) for place, each in enumerate(cues)},
        )


def _rows_of(words: Iterable[Word]) -> list[list[object]]:
    return [[word.start_ms, word.end_ms, word.text, word.confidence] for word in words]
