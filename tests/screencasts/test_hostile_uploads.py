"""Harm by way of the API, and all steps after it: the canaries stay unseen, and honest recordings go on."""

import hashlib
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kb.db import db
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline import work
from tests.conftest import Caller, Sent
from tests.media import bombs, forge
from tests.media.conftest import ffmpeg as ffmpeg
from tests.media.disguises import CANARY, HEADERS, REFERENCES, SCRIPTS, WITHIN, Bait, baited, shows_magenta

Upload = Callable[..., Any]
SLOW = pytest.mark.slow
# What stands for the others where all would take too long.
SOME = ("playlist of a film", "session description", "after.ts", "attachment.mkv", "subtitle.avi")
ALL_OR_SLOW = [script if script in SOME else pytest.param(script, marks=SLOW) for script in SCRIPTS]


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    with baited(tmp_path_factory.mktemp("bait") / "secret") as laid:
        yield laid


@pytest.fixture
def data(in_site: Flask) -> Path:
    folder: Path = in_site.extensions["kb.settings"].data_dir
    return folder


@pytest.fixture
def nothing_shown(bait: Bait, data: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Neither the canaries' words nor their colour in what was made, logged or written down, and nobody was called."""
    yield
    assert bait.heard == []
    assert CANARY not in caplog.text
    for made in (data / "media").rglob("*.*"):
        assert CANARY.encode() not in made.read_bytes()
        assert not shows_magenta(made)
    for step in db.session.scalars(select(Step)):
        assert CANARY not in f"{step.error_text} {step.log}"
    assert not list(data.parent.rglob("escaped*"))


@pytest.mark.usefixtures("nothing_shown")
@pytest.mark.parametrize("script", ALL_OR_SLOW)
def test_no_script_is_taken_whatever_stands_before_it(
    upload: Upload, bait: Bait, left: Callable[[], list[str]], script: str
) -> None:
    for name, header in HEADERS.items():
        answer = upload(header + SCRIPTS[script](bait).encode(), name, title="x")
        assert answer.status_code in (415, 422), answer.json
        assert CANARY not in answer.text
    assert left() == []


@pytest.fixture
def plain(tmp_path: Path, ffmpeg: Callable[..., None]) -> Callable[[str], Path]:
    """Two seconds of gray by the name of a recipe."""

    def made(name: str) -> Path:
        path = tmp_path / name
        if not path.exists():
            bombs.from_h264(ffmpeg, path, forge.h264(320, 176, 20))
        return path

    return made


@pytest.mark.usefixtures("nothing_shown")
@pytest.mark.parametrize("film", [film if film in SOME else pytest.param(film, marks=SLOW) for film in WITHIN])
def test_what_is_within_a_film_goes_nowhere(
    upload: Upload,
    run_jobs: Callable[[], list[str]],
    author: Caller,
    bait: Bait,
    plain: Callable[[str], Path],
    film: str,
) -> None:
    answer = upload(WITHIN[film](SCRIPTS["playlist of a film"](bait).encode(), plain), film, title="x")
    assert answer.status_code == 202, answer.json
    run_jobs()
    seen = author.get(f"/api/v1/screencasts/{answer.json['id']}")
    assert seen.json["state"] == "ready"
    assert CANARY not in seen.text


@pytest.mark.usefixtures("nothing_shown")
@pytest.mark.parametrize("film", REFERENCES)
def test_a_film_that_refers_to_others_is_refused_or_taken_by_itself(
    upload: Upload, run_jobs: Callable[[], list[str]], bait: Bait, plain: Callable[[str], Path], film: str
) -> None:
    answer = upload(REFERENCES[film](bait, plain), film, title="x")
    assert answer.status_code == (202 if film.endswith(".mkv") else 422)
    run_jobs()


@pytest.mark.parametrize("name", ["H.264, 16,000 x 16,000, MP4", "5000 tracks, MP4", "10 hours of one picture"])
def test_a_bomb_is_refused_at_the_door_in_words(
    upload: Upload,
    left: Callable[[], list[str]],
    ffmpeg: Callable[..., None],
    plain: Callable[[str], Path],
    tmp_path: Path,
    name: str,
) -> None:
    bomb = bombs.BOMBS[name]
    content = bomb.make(ffmpeg, tmp_path, plain).read_bytes()
    answer = upload(content, "film.mp4", title="x")
    assert (answer.status_code, answer.json["code"]) == (422, bomb.ends[0])
    assert answer.json["errors"]["file"][0].endswith(".")
    assert left() == []


def test_an_honest_recording_is_ready_while_a_bomb_is_worked_on(
    in_site: Flask, receive: Callable[..., str], ffmpeg: Callable[..., None], tmp_path: Path, sent: Sent
) -> None:
    """Two threads, as two workers: the bomb begins, and is still at it when the other has ended."""
    large = bombs.large_gif(ffmpeg, tmp_path, lambda _: Path())
    bomb, honest = receive(large), receive()
    db.session.remove()
    begun, ended = threading.Event(), []

    def go(screencast_id: str, *, first: bool) -> None:
        with in_site.app_context():
            if not first:
                begun.wait()
            work.probe(screencast_id)
            work.quick(screencast_id)
            begun.set()
            work.rendition(screencast_id)
            ended.append(screencast_id)
            db.session.remove()

    threads = [
        threading.Thread(target=go, args=(bomb,), kwargs={"first": True}),
        threading.Thread(target=go, args=(honest,), kwargs={"first": False}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [honest, bomb]
    for screencast_id in ended:
        state = {step.name: step.state for step in db.session.get_one(Screencast, screencast_id).steps}
        assert state["rendition"] == StepState.done


# -- names --------------------------------------------------------------------------------------------------

MARK = "marked-5d1c"
NAMES = (
    (f"-i {MARK}", f"@{MARK}", f"|{MARK}", f"'{MARK}\""),
    (f"concat:{MARK}|file:{MARK}", f"$({MARK})`{MARK}`", f"{MARK}\n-vf movie={MARK}", f"../../{MARK}"),
    (f"http://{MARK}/", f"%03d{MARK}", f"-y -f lavfi {MARK}", f"file:{MARK}"),
)
started: list[list[str]] = []
_is_listening = False


@pytest.fixture
def commands() -> Iterator[list[list[str]]]:
    """Every command that this process starts, word by word, as Python itself reports it."""
    global _is_listening
    if not _is_listening:
        # Can't be taken off again.
        sys.addaudithook(lambda event, args: started.append(list(args[1])) if event == "subprocess.Popen" else None)
        _is_listening = True
    started.clear()
    yield started
    started.clear()


@pytest.mark.parametrize("names", NAMES)
def test_no_word_of_a_person_reaches_a_command(
    upload: Upload, run_jobs: Callable[[], list[str]], author: Caller, commands: list[list[str]], names: tuple[str, ...]
) -> None:
    filename, title, description, purpose = names
    words = {"title": title, "purpose": purpose, "description": description, "tags": [f"-{MARK}"]}
    answer = upload(filename=f"{filename}.mp4", **words)
    assert answer.status_code == 202, answer.json
    run_jobs()
    still = author.get(f"/screencasts/{answer.json['id']}/still?at=1")
    assert still.status_code == 200, still.text
    assert {"ffmpeg", "ffprobe"} <= {tool_of(command) for command in commands}
    for command in commands:
        assert not [word for word in command if MARK in word]


def tool_of(command: list[str]) -> str:
    return Path(command[command.index("--") + 1]).name


def test_each_command_names_its_demuxer_its_protocols_and_whole_paths(
    upload: Upload,
    run_jobs: Callable[[], list[str]],
    author: Caller,
    commands: list[list[str]],
    data: Path,
) -> None:
    answer = upload(title="x")
    run_jobs()
    author.get(f"/screencasts/{answer.json['id']}/still?at=1")
    assert len(commands) >= 4
    for command in commands:
        tool = command[command.index("--") + 2 :]
        inputs = [word for word in tool if word.startswith("file:")]
        assert len(inputs) == 1
        assert Path(inputs[0].removeprefix("file:")).is_relative_to(data)
        before = tool[: tool.index(inputs[0])]
        told = dict(itertools.pairwise(before))
        assert (told["-f"], told["-format_whitelist"], told["-protocol_whitelist"]) == ("mov", "mov", "file,pipe")
        assert not [word for word in tool if "://" in word or word.startswith(("concat:", "|"))]


# -- captions -------------------------------------------------------------------------------------------------

ESCAPES = [
    "../../x",
    "..\\..\\x",
    "en\0.vtt",
    "/etc/x",
    "%2e%2e%2fx",
    "%252e%252e%252fx",
    "en/../../x",
    "..",
    "en;x=../y",
]
WORDS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"


def tree(folder: Path, but: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(but))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("escape", ESCAPES)
def test_no_field_of_captions_is_a_path(
    upload: Upload, author: Caller, receive: Callable[..., str], data: Path, escape: str
) -> None:
    screencast_id = receive()
    (data.parent / "x").write_text("as it was")
    before = tree(data.parent, but=data / "private")
    answer = upload(title="x", captions=WORDS, captions_language=escape)
    assert answer.status_code == 422, answer.json
    url = f"/api/v1/screencasts/{screencast_id}/transcripts/"
    for language in (escape, escape.replace("/", "%2f"), escape.replace("/", "%252f")):
        put = author.put(url + language, data=WORDS, headers={"Content-Type": "text/vtt"})
        assert 400 <= put.status_code < 500, put.text
    assert tree(data.parent, but=data / "private") == before
