"""The commands that docs/ show as examples do what they say."""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from kb.accounts import actions as accounts
from kb.accounts.models import Person
from kb.config import ROOT
from kb.db import db
from kb.screencasts.models import Screencast
from tests.conftest import People

BIN = Path(sys.executable).parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
# They start the whole site, set a checkout up, or take minutes: the tests of browser/, runtime/ and demo/ run these.
ELSEWHERE = ("make ", "kb run", "kb demo", "KB_")


def blocks(text: str) -> list[str]:
    """What stands in indented blocks, a block each, with continued lines joined."""
    found = re.findall(r"(?:^    .+\n?)+", text, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).replace("\\\n", " ") for block in found]


def examples() -> list[str]:
    """Those of `kb` with arguments, in the order in which the pages show them."""
    lines: list[str] = []
    for page in PAGES:
        text = page.read_text()
        lines += [line for block in blocks(text) for line in block.splitlines() if "/kb " in line or line[:3] == "kb "]
        lines += [found for found in re.findall(r"`((?:\.venv/bin/)?kb [^`]+)`", text) if len(found.split()) > 3]
    return [line for line in dict.fromkeys(lines) if not line.startswith(ELSEWHERE)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "rows.jsonl").write_text('{"id": "one", "title": "Reset the VPN", "duration": 61}\n')
    return folder


def test_there_are_examples() -> None:
    assert len(examples()) >= 5


def test_the_examples_on_the_command_line_run_one_after_the_other(data: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment |= {"KB_DATA_DIR": str(data / "data"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    for example in examples():
        line = example.replace(".venv/bin/", f"{shlex.quote(str(BIN))}/").replace(
            "rows.jsonl", str(data / "rows.jsonl")
        )
        options = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True, "timeout": 300}
        done = subprocess.run(["bash", "-ec", line], **options)
        # Doctor says by its exit that no site runs here.
        assert done.returncode == 0 or ("doctor" in line and done.returncode == 1), (line, done.stderr)


@pytest.fixture
def address(in_site: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, in_site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def test_the_examples_of_the_api_run(address: str, in_site: Flask, people: People, clip: Path, tmp_path: Path) -> None:
    token = accounts.add_token(db.session.get_one(Person, people.author), "docs")
    db.session.rollback()
    (tmp_path / "reset-vpn.mp4").write_bytes(clip.read_bytes())
    [script] = [block for block in blocks((ROOT / "docs/api.md").read_text()) if "TOKEN=" in block]
    script = re.sub(r"TOKEN=\S+", f"TOKEN={token}", script).replace("http://127.0.0.1:8000", address)
    script = script.replace("curl ", "curl --silent --show-error --fail ")
    done = subprocess.run(["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert db.session.query(Screencast).one().title == "Reset vpn"
    assert '"total":0' in done.stdout.replace(" ", "")


def test_the_examples_of_uploads_in_parts_run(
    address: str, in_site: Flask, people: People, clip: Path, tmp_path: Path
) -> None:
    token = accounts.add_token(db.session.get_one(Person, people.author), "docs")
    db.session.rollback()
    (tmp_path / "reset-vpn.mp4").write_bytes(clip.read_bytes())
    shown = blocks((ROOT / "docs/api.md").read_text().replace("http://127.0.0.1:8000", address))
    [program] = [block for block in shown if "tusclient" in block]
    [script] = [block for block in shown if "UPLOAD=" in block]
    ids = []
    for argv in ([sys.executable, "-c", program], ["bash", "-ec", script]):
        environment = os.environ | {"TOKEN": token}
        done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        ids += re.findall(r"(?im)^(?:screencast-id: )?([a-z0-9]{14})\r?$", done.stdout)
    assert len(ids) == 2
    assert {row.id for row in db.session.query(Screencast)} == set(ids)
    assert {row.title for row in db.session.query(Screencast)} == {"Reset vpn"}


def test_each_link_between_the_pages_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for goal in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
            name, _, anchor = goal.partition("#")
            there = (page.parent / name) if name else page
            if not there.exists() or (anchor and anchor not in anchors(there)):
                broken.append((page.name, goal))
    assert not broken


def anchors(page: Path) -> set[str]:
    titles: list[str] = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
