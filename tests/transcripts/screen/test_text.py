"""The step that reads the screen: a drawn recording with the real program, and with one that says what it is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from kb.db import db, writing
from kb.errors import ToolFailed
from kb.hands import hands, run_tool
from kb.media.film import shoot
from kb.screencasts.models import Screencast, State, Step, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline.steps import FRAMES
from kb.screentext.contract import Line
from kb.screentext.scripted import Scripted
from kb.screentext.tesseract import Tesseract
from kb.storage.contract import made
from kb.transcripts.cues import TimedText
from kb.transcripts.models import ScreenLine
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller

SIZE = (1280, 720)
FONT = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 16)
ERROR = "ERROR: relation invoices does not exist"
HEADING = "Close the month in the ledger"
RATE = 10


def screen(*lines: tuple[int, str]) -> bytes:
    picture = Image.new("RGB", SIZE, (24, 26, 32))
    for top, text in lines:
        ImageDraw.Draw(picture).text((60, top), text, fill=(225, 228, 235), font=FONT)
    return picture.tobytes()


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """14 s: a heading all the time, an error from 5.2 s to 9.6 s."""
    path = tmp_path_factory.mktemp("drawn") / "drawn.mp4"
    plain, failed = screen((60, HEADING)), screen((60, HEADING), (420, ERROR))
    shoot([plain, failed, plain, plain], [52, 44, 43, 1], path, size=SIZE, rate=RATE)
    return path


def rows(screencast_id: str, *, with_hidden: bool = True) -> list[tuple[int, int, str]]:
    lines = screen_text.of(screencast_id, with_hidden=with_hidden)
    return [(line.start_ms, line.end_ms, line.text) for line in lines]


def step_of(screencast_id: str) -> Step:
    step = db.session.get_one(Screencast, screencast_id).step("screen")
    assert step
    return step


def words(*texts: str) -> list[Line]:
    return [Line(text, (60, 60 + 40 * at, 600, 90 + 40 * at), 0.9) for at, text in enumerate(texts)]


def test_an_error_on_the_screen_is_found_at_its_second(
    receive: Callable[..., str], run_jobs: Callable[[], object], recording: Path, author: Caller
) -> None:
    hands().screen_text = Tesseract(run_tool, lambda name: True)
    item = receive(recording, title="Something of another name")
    run_jobs()
    (heading, error) = rows(item)
    assert (heading[0], heading[2]) == (0, HEADING)
    assert abs(heading[1] - 14_000) <= 200
    assert error[2] == ERROR
    assert abs(error[0] - 5200) <= 500
    assert abs(error[1] - 9600) <= 500
    [hit] = author.get("/api/v1/search", query_string={"q": "relation does not exist"}).json["hits"]
    assert (hit["moments"][0]["source"], hit["moments"][0]["start"]) == ("screen", error[0] / 1000)
    assert step_of(item).error_text is None


def test_the_small_pictures_go_however_the_step_ended(
    receive: Callable[..., str], run_jobs: Callable[[], object], clip: Path
) -> None:
    hands().screen_text = None
    item = receive()
    run_jobs()
    step = step_of(item)
    assert (step.state, step.error_code) == (StepState.skipped, "no-screen-reader")
    assert hands().storage.size_bytes(made(item, FRAMES)) is None


@pytest.mark.parametrize("code", ["crashed", "deadline"])
def test_a_reader_that_fails_leaves_it_playable_findable_and_to_be_tried_again(
    receive: Callable[..., str], run_jobs: Callable[[], object], author: Caller, code: str
) -> None:
    hands().screen_text = Scripted(failure=ToolFailed("tesseract broke down.", permanent=True, code=code))
    item = receive(title="Rotate the zebrakey")
    run_jobs()
    screencast = db.session.get_one(Screencast, item)
    assert (screencast.state, screencast.is_playable) == (State.ready, True)
    step = step_of(item)
    assert (step.state, step.error_code) == (StepState.failed, code)
    assert "plays" in (step.error_text or "")
    assert author.get("/api/v1/search", query_string={"q": "zebrakey"}).json["total"] == 1
    hands().screen_text = Scripted(words("now it is read"))
    pipeline.retry(item)
    run_jobs()
    assert [text for *_, text in rows(item)] == ["now it is read"]
    assert step_of(item).state == StepState.done


def test_what_looks_like_a_secret_is_hidden_from_the_start(
    receive: Callable[..., str], run_jobs: Callable[[], object], author: Caller
) -> None:
    hands().screen_text = Scripted(words("export DB_PASSWORD=hunter2", "make release"))
    item = receive()
    run_jobs()
    assert [text for *_, text in rows(item, with_hidden=False)] == ["make release"]
    assert author.get("/api/v1/search", query_string={"q": "hunter2"}).json["total"] == 0


def test_reading_again_keeps_hidden_what_was(receive: Callable[..., str]) -> None:
    item = receive()
    person = db.session.get_one(Screencast, item).author
    lines = [TimedText(0, 900, "customer Smith"), TimedText(5000, 9000, "salary list"), TimedText(20_000, 21_000, "ok")]
    screen_text.put(item, lines)
    screencast = db.session.get_one(Screencast, item)
    hidings.hide_text(screencast, "customer Smith", by=person)
    hidings.hide_range(screencast, 6000, 7000, by=person)
    screen_text.put(item, [*lines, TimedText(30_000, 31_000, "customer  Smith")])
    assert [text for *_, text in rows(item, with_hidden=False)] == ["ok"]


def test_another_recording_is_read_anew_and_the_first_one_is_hidden_as_it_was_when_it_comes_back(
    receive: Callable[..., str],
) -> None:
    item = receive()
    person = db.session.get_one(Screencast, item).author
    lines = [TimedText(0, 900, "customer Smith"), TimedText(5000, 9000, "salary list")]
    screen_text.put(item, lines)
    hidings.hide_text(db.session.get_one(Screencast, item), "customer Smith", by=person)
    hidings.hide_range(db.session.get_one(Screencast, item), 6000, 7000, by=person)
    with writing():
        kept = hidings.set_aside(item)
    assert rows(item) == []
    screen_text.put(item, lines)
    assert [text for *_, text in rows(item, with_hidden=False)] == ["salary list"]
    with writing():
        hidings.set_aside(item)
        hidings.bring_back(item, kept)
    screen_text.put(item, lines)
    assert rows(item, with_hidden=False) == []
    assert [each.by_id for each in hidings.of(item) if each.text is None] == [person.id]


def test_a_screencast_made_before_there_was_this_step_is_well(
    receive: Callable[..., str], run_jobs: Callable[[], object]
) -> None:
    item = receive()
    with writing() as session:
        session.delete(step_of(item))
    run_jobs()
    db.session.expire_all()
    assert db.session.get_one(Screencast, item).state == State.ready
    assert db.session.query(ScreenLine).count() == 0
