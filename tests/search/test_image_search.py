"""A pasted image: read here, searched by its words, and gone."""

import logging
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from PIL import Image, ImageDraw, ImageFont

from kb.app import create_app
from kb.config import Settings
from kb.db import db
from kb.errors import ToolFailed
from kb.hands import run_tool
from kb.index.memory import MemoryIndex
from kb.screentext.contract import Line, Reader
from kb.screentext.scripted import Scripted as Unread
from kb.screentext.tesseract import Tesseract
from kb.search import actions as search
from kb.search import addresses, image_words
from kb.search.models import Search
from tests.conftest import Caller, People
from tests.databases import Migrated

FONT = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 16)
SAID = "certificate has expired"


class Slow(Unread):
    """Reads until it is told to go on."""

    def __init__(self) -> None:
        super().__init__([line(SAID)])
        self.reading, self.go_on = threading.Semaphore(0), threading.Event()

    def read(self, picture: Image.Image, *, should_stop: Callable[[], bool]) -> list[Line]:
        self.reading.release()
        assert self.go_on.wait(20)
        return super().read(picture, should_stop=should_stop)


def line(text: str) -> Line:
    return Line(text, (0, 0, 10, 10), 0.9)


@pytest.fixture
def reader() -> Reader:
    return Tesseract(run_tool, lambda name: True)


@pytest.fixture
def site(migrated: Migrated, settings: Settings, reader: Reader) -> Iterator[Flask]:
    site = create_app(migrated.settings_for(settings), send=lambda *_: None, index=MemoryIndex(), screen_text=reader)
    site.testing = True
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
    migrated.forget(site.extensions["kb.settings"])


def reads(*readings: Reader) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reader", readings)


def screenshot(*lines: str, form: str = "PNG") -> bytes:
    picture = Image.new("RGB", (760, 60 + 26 * len(lines)), (24, 26, 34))
    for number, text in enumerate(lines):
        ImageDraw.Draw(picture).text((30, 30 + 26 * number), text, fill=(225, 228, 235), font=FONT)
    made = BytesIO()
    picture.save(made, form)
    return made.getvalue()


def sent(content: bytes, filename: str = "image.png") -> dict[str, object]:
    return {"data": {"image": (BytesIO(content), filename)}, "content_type": "multipart/form-data"}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_the_words_of_an_image_are_read_and_searched(
    people: People, receive: Callable[..., str], call_as: Callable[[str], Caller], form: str
) -> None:
    item = receive(title="When the certificate has expired", visibility="everyone")
    receive(title="Another thing", visibility="everyone")
    search.drain()
    answer = call_as(people.mate).post("/api/v1/search/image", **sent(screenshot("x509: " + SAID, form=form)))
    assert answer.status_code == 200
    assert SAID in answer.json["words"]
    assert SAID in answer.json["query"]
    assert answer.json["hits"][0]["screencast"]["id"] == item
    answer.close()
    db.session.rollback()
    logged = db.session.get_one(Search, answer.json["search_id"])
    assert (logged.person_id, logged.total) == (people.mate, 1)
    assert SAID in logged.words


def test_it_finds_nothing_that_its_asker_may_not_see(
    people: People, receive: Callable[..., str], call_as: Callable[[str], Caller]
) -> None:
    receive(title="When the certificate has expired", visibility="private")
    search.drain()
    answer = call_as(people.mate).post("/api/v1/search/image", **sent(screenshot("x509: " + SAID)))
    assert (answer.status_code, answer.json["total"], answer.json["hits"]) == (200, 0, [])


def test_the_page_goes_on_to_the_search_for_those_words(people: People, call_as: Callable[[str], Caller]) -> None:
    answer = call_as(people.mate).post("/search/image", **sent(screenshot("x509: " + SAID)))
    assert answer.status_code == 303
    to = urlsplit(answer.location)
    assert to.path == "/search"
    assert SAID in parse_qs(to.query)["q"][0]


@reads(Unread([line(f"menu {number} file edit view") for number in range(99)] + [line("x509: " + SAID)]))
def test_of_more_words_than_an_address_can_hold_the_most_telling_lines_are_searched(
    people: People, receive: Callable[..., str], call_as: Callable[[str], Caller]
) -> None:
    item = receive(title="When the certificate has expired", visibility="everyone")
    for number in range(5):
        receive(title=f"The menu {number} to edit and view a file", visibility="everyone")
    search.drain()
    caller = call_as(people.mate)
    answer = caller.post("/search/image", **sent(screenshot("x")))
    [typed] = parse_qs(urlsplit(answer.location).query)["q"]
    assert len(answer.location) < addresses.LONGEST_SEARCHED + 20
    assert typed.splitlines()[0].endswith(SAID)
    assert caller.post("/api/v1/search/image", **sent(screenshot("x"))).json["hits"][0]["screencast"]["id"] == item


@reads(Unread([line(f"line {number} " + "x" * 60) for number in range(200)]))
def test_of_words_that_nobody_has_shown_as_many_are_searched_as_an_address_can_hold(
    people: People, call_as: Callable[[str], Caller]
) -> None:
    answer = call_as(people.mate).post("/search/image", **sent(screenshot("x")))
    [typed] = parse_qs(urlsplit(answer.location).query)["q"]
    assert typed.startswith("line 0 x")
    assert 1_000 < len(answer.location) < addresses.LONGEST_SEARCHED + 20


def refusals() -> Iterator[tuple[str, bytes, int, str]]:
    yield "a playlist", b"#EXTM3U\nhttp://127.0.0.1:9/x\n", 415, "not-an-image"
    yield "a page", b"<html><script>alert(1)</script>", 415, "not-an-image"
    yield "a drawing", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not-an-image"
    yield "nothing", b"", 415, "not-an-image"
    yield "a film", b"\0\0\0\x20ftypisom" + bytes(60), 415, "not-an-image"
    yield "a header alone", screenshot("x")[:40], 422, "unreadable"
    yield "a torn one", screenshot("x" * 60)[:90], 422, "unreadable"
    yield "36 million pixels and more", screenshot("x")[:16] + b"\0\0\x75\x30" * 2 + bytes(99), 422, "picture-too-big"
    yield "without words", screenshot(), 422, "no-words"
    yield "over 10 MB", screenshot("x") + bytes(image_words.LARGEST_BYTES), 413, "too-large"
    yield "far over 10 MB", bytes(25_000_000), 413, "too-large"


@pytest.mark.parametrize(
    ("content", "status", "code"), [pytest.param(*refused[1:], id=refused[0]) for refused in refusals()]
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_nothing_stays(
    in_site: Flask, people: People, call_as: Callable[[str], Caller], content: bytes, status: int, code: str
) -> None:
    answer = call_as(people.mate).post("/api/v1/search/image", **sent(content))
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["detail"].endswith(".")
    assert left_of(in_site) == []


def test_without_an_image_the_form_says_so(people: People, call_as: Callable[[str], Caller]) -> None:
    answer = call_as(people.mate).post("/api/v1/search/image", data={"other": "x"})
    assert (answer.status_code, answer.json["code"]) == (422, "no-image")


def test_the_page_says_why_an_image_was_not_read(people: People, call_as: Callable[[str], Caller]) -> None:
    browser = call_as(people.mate)
    answer = browser.post("/search/image", **sent(b"%PDF-1.7"))
    assert (answer.status_code, answer.location) == (303, "/search")
    assert "This looks like a PDF document." in browser.get("/search").text


def test_only_people_who_are_signed_in_may_send_one(call_as: Callable[[str | None], Caller]) -> None:
    for url in ("/search/image", "/api/v1/search/image"):
        assert call_as(None).post(url, **sent(screenshot(SAID))).status_code == 401


def test_where_no_reader_is_set_up_it_says_so(in_site: Flask, people: People, call_as: Callable[[str], Caller]) -> None:
    in_site.extensions["kb.hands"].screen_text = None
    answer = call_as(people.mate).post("/api/v1/search/image", **sent(screenshot(SAID)))
    assert (answer.status_code, answer.json["code"]) == (409, "no-screen-reader")


@reads(
    Unread(failure=ToolFailed("x", permanent=False, code="stopped")), Unread(failure=ToolFailed("x", permanent=True))
)
def test_a_reader_that_fails_leaves_nothing_and_frees_its_place(
    in_site: Flask, people: People, call_as: Callable[[str], Caller]
) -> None:
    caller = call_as(people.mate)
    answers = [caller.post("/api/v1/search/image", **sent(screenshot(SAID))) for _ in range(image_words.AT_ONCE + 1)]
    assert {answer.json["code"] for answer in answers} in ({"busy"}, {"unreadable"})
    assert left_of(in_site) == []


@reads(Slow())
def test_a_third_at_the_same_time_is_asked_to_come_again(
    in_site: Flask, reader: Slow, people: People, call_as: Callable[[str], Caller]
) -> None:
    caller = call_as(people.mate)
    answers = []

    def ask() -> None:
        with in_site.app_context():
            answers.append(caller.post("/api/v1/search/image", **sent(screenshot(SAID))))

    threads = [threading.Thread(target=ask) for _ in range(image_words.AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert reader.reading.acquire(timeout=20)
    refused = caller.post("/api/v1/search/image", **sent(screenshot(SAID)))
    reader.go_on.set()
    for thread in threads:
        thread.join()
    assert (refused.status_code, refused.json["code"]) == (503, "busy")
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_image_and_its_words_stand_in_no_log_and_no_file(
    in_site: Flask, people: People, call_as: Callable[[str], Caller], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert call_as(people.mate).post("/api/v1/search/image", **sent(screenshot(SAID))).status_code == 200
    assert "expired" not in "\n".join(str(record.__dict__) for record in caplog.records)
    assert left_of(in_site) == []


def left_of(site: Flask) -> list[Path]:
    """What lies in the folder for unfinished files."""
    return [path for path in site.extensions["kb.settings"].tmp_dir.rglob("*") if path.name != "uploads"]
