from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.speech.contract import Segment
from kb.speech.scripted import Scripted

SEGMENTS = [Segment(0, 900, "one"), Segment(1_000, 1_900, "two")]


def test_it_says_what_it_was_told_to_and_then_fails_if_told_to() -> None:
    said: list[Segment] = []
    engine = Scripted(SEGMENTS, failure=ToolFailed("broken", permanent=True))
    with pytest.raises(ToolFailed):
        engine.transcribe(
            Path("any.wav"), language=None, on_segment=said.append, on_progress=print, should_stop=lambda: False
        )
    assert said == SEGMENTS


def test_it_stops_when_told_to() -> None:
    said: list[Segment] = []
    with pytest.raises(ToolFailed) as failed:
        Scripted(SEGMENTS).transcribe(
            Path("any.wav"), language=None, on_segment=said.append, on_progress=print, should_stop=lambda: bool(said)
        )
    assert (said, failed.value.code) == (SEGMENTS[:1], "stopped")
