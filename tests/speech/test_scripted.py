from pathlib import Path

from kb.errors import ToolFailed
from kb.speech.contract import Segment
from kb.speech.scripted import Scripted
from tests.speech.conftest import Heard, failure_of, listen

SEGMENTS = [Segment(0, 900, "one"), Segment(1_000, 1_900, "two")]
WAV = Path("any.wav")


def test_it_says_what_it_was_told_to_and_then_fails_if_told_to() -> None:
    heard = Heard()
    failure = ToolFailed("broken", permanent=True)
    assert failure_of(Scripted(SEGMENTS, failure=failure), WAV, heard) is failure
    assert (heard.segments, heard.languages) == (SEGMENTS, ["en"])


def test_it_stops_when_told_to() -> None:
    heard = Heard(stops=lambda heard: bool(heard.segments))
    assert failure_of(Scripted(SEGMENTS), WAV, heard).code == "stopped"
    assert heard.segments == SEGMENTS[:1]


def test_it_goes_on_from_where_it_is_told_to() -> None:
    assert listen(Scripted(SEGMENTS), WAV, from_ms=900).segments == SEGMENTS[1:]
