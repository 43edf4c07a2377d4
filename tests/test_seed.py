"""Rows without a recording: through the models and the outbox, found when the command returns."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kb.accounts.models import Person, person_by_email
from kb.categories.models import Category
from kb.config import ROOT, Settings
from kb.db import db
from kb.errors import Invalid, NotFound
from kb.outbox import Outbox
from kb.screencasts.models import Screencast, State
from kb.search import actions as search
from kb.seed import SEED_EMAIL, Seeded, author_of_rows, check, read, seed
from kb.transcripts.models import Cue, ScreenLine, Transcript
from tests.conftest import Caller, People

ROW = {
    "id": "row-1",
    "title": "Reset the tunnel",
    "description": "When it hangs",
    "tags": ["VPN", "#network"],
    "category": "Network/VPN",
    "language": "pt-br",
    "duration": 61.5,
    "cues": [{"start": 0, "end": 2.5, "text": "first the zanzibar"}, {"start": 3, "end": 3, "text": "then the lake"}],
    "screen": [{"start": 41.2, "end": 47, "text": "AUTH_FAILED quetzal"}],
}


def lines(*rows: dict[str, Any]) -> list[bytes]:
    return [json.dumps(row).encode() + b"\n" for row in rows]


def put(*rows: dict[str, Any], email: str | None = None) -> Seeded:
    return seed(read(lines(*rows)), by=author_of_rows(email))


@pytest.fixture
def one(in_site: Flask) -> Callable[[], Screencast]:
    return lambda: db.session.scalars(select(Screencast)).one()


def test_a_row_becomes_a_screencast_that_has_words_and_no_recording(
    in_site: Flask, one: Callable[[], Screencast]
) -> None:
    assert put(ROW) == Seeded(new=1)
    screencast = one()
    assert (screencast.external_id, screencast.title, screencast.duration_ms) == ("row-1", "Reset the tunnel", 61_500)
    assert (screencast.state, screencast.is_playable, screencast.steps) == (State.ready, False, [])
    assert (screencast.visibility, screencast.is_draft) == ("everyone", False)
    assert [tag.name for tag in screencast.tags] == ["network", "vpn"]
    assert screencast.category and screencast.category.parent
    assert (screencast.category.parent.name, screencast.category.name) == ("Network", "VPN")
    assert screencast.author.email == SEED_EMAIL and screencast.author.password is None
    transcript = db.session.scalars(select(Transcript)).one()
    assert transcript.language == "pt-BR"
    cues = [(cue.start_ms, cue.end_ms, cue.text) for cue in transcript.cues]
    assert cues == [(0, 2500, "first the zanzibar"), (3000, 3001, "then the lake")]


def test_the_api_tells_of_it_as_of_any_other(in_site: Flask, people: People, call_as: Callable[..., Caller]) -> None:
    put(ROW)
    search.drain()
    [hit] = call_as(people.other).get("/api/v1/search?q=quetzal").json["hits"]
    shown = hit["screencast"]
    assert (shown["external_id"], shown["state"], shown["playable"]) == ("row-1", "ready", False)
    assert (shown["sources"], shown["error"], shown["steps"]) == ([], None, [])
    assert shown["captions"][0]["language"] == "pt-BR"
    [moment] = hit["moments"]
    assert (moment["start"], moment["end"], moment["source"]) == (41.2, 47.0, "screen")
    assert moment["html"] == "AUTH_FAILED <mark>quetzal</mark>"
    page = call_as(people.other).get(f"/screencasts/{shown['id']}")
    assert page.status_code == 200
    assert "This one has words but no recording" in page.text


def test_a_second_run_changes_nothing(in_site: Flask) -> None:
    put(ROW, {"id": "row-2", "title": "No more than a title"})
    search.drain()
    assert put(ROW, {"id": "row-2", "title": "No more than a title"}) == Seeded(same=2)
    assert db.session.scalars(select(Outbox)).all() == []


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Another title"},
        {"description": ""},
        {"tags": ["vpn"]},
        {"category": "Network"},
        {"category": None},
        {"duration": 70},
        {"language": "en"},
        {"cues": []},
        {"cues": ROW["cues"][:1]},
        {"screen": []},
        {"screen": [{"start": 1, "end": 2, "text": "Other words"}]},
    ],
)
def test_a_second_run_changes_what_differs_and_asks_for_the_index(
    in_site: Flask, one: Callable[[], Screencast], other: dict[str, Any]
) -> None:
    put(ROW)
    search.drain()
    version = one().version
    assert put(ROW | other) == Seeded(changed=1)
    assert one().version > version
    assert db.session.scalars(select(Outbox.screencast_id)).all()
    # As if it had been made of the other row at once.
    assert put(ROW | other) == Seeded(same=1)


def test_words_of_the_former_language_are_gone(in_site: Flask, one: Callable[[], Screencast]) -> None:
    put(ROW)
    put(ROW | {"language": "en"})
    assert [transcript.language for transcript in db.session.scalars(select(Transcript))] == ["en"]
    assert [caption["language"] for caption in one().captions] == ["en"]
    assert db.session.scalar(select(func.count()).select_from(Cue)) == 2


def test_a_row_without_words_leaves_none(in_site: Flask, one: Callable[[], Screencast]) -> None:
    put(ROW)
    put(ROW | {"cues": [], "screen": []})
    assert db.session.scalars(select(Cue)).all() == db.session.scalars(select(ScreenLine)).all() == []
    assert one().captions == []


def test_what_somebody_deleted_is_there_again(in_site: Flask, people: People, one: Callable[[], Screencast]) -> None:
    from kb.screencasts import actions

    put(ROW)
    actions.trash(one(), by=db.session.get_one(Person, people.admin))
    assert put(ROW) == Seeded(changed=1)
    assert one().trashed_at is None


def test_a_category_is_found_by_name_wherever_it_hangs_and_by_path_from_the_root(in_site: Flask) -> None:
    rows = [("a", "Network/VPN"), ("b", "vpn"), ("c", " network / vpn "), ("d", "Work/Network"), ("e", "VPN/VPN")]
    put(*({"id": name, "title": name, "category": path} for name, path in rows))
    by_id = {each.external_id: each.category_id for each in db.session.scalars(select(Screencast))}
    assert by_id["a"] == by_id["b"] == by_id["c"]
    assert len({by_id["a"], by_id["d"], by_id["e"]}) == 3
    assert db.session.scalar(select(func.count()).select_from(Category)) == 6


def test_the_rows_are_whose_address_is_named(in_site: Flask, people: People, one: Callable[[], Screencast]) -> None:
    put(ROW, email="author@test.example")
    assert one().author_id == people.author
    assert person_by_email(SEED_EMAIL) is None
    with pytest.raises(NotFound, match="Nobody here"):
        author_of_rows("stranger@test.example")


def test_each_faulty_line_is_named_and_nothing_is_written(in_site: Flask) -> None:
    faulty = [
        b'{"id": "a", "title": "Fine"}',
        b"",
        b"no json",
        b'["a list"]',
        b'{"title": "No id"}',
        b'{"id": "a", "title": "That id again"}',
        b'{"id": "b", "title": ""}',
        b'{"id": "c", "title": "t", "language": "Klingon!"}',
        b'{"id": "d", "title": "t", "cues": [{"start": 1, "end": 2, "text": ""}, {"start": -1, "end": 2}]}',
        b'{"id": "e", "title": "t", "duration": 0}',
        b'{"id": "f", "title": "t", "category": "1/2/3/4/5/6"}',
        b'{"id": "g\\u0000", "title": "t"}',
        b'{"id": "h", "title": "t", "duration": 1e999}',
    ]
    with pytest.raises(Invalid) as refused:
        check(faulty)
    assert refused.value.detail == "Nothing was written: 11 lines need a correction"
    assert list(refused.value.errors) == [f"line {number}" for number in range(3, 14)]
    assert refused.value.errors["line 3"] == ["Write one JSON object on each line."]
    assert refused.value.errors["line 5"] == ["id: This is needed."]
    assert refused.value.errors["line 6"] == ["The id a stands on line 1 already."]
    assert refused.value.errors["line 9"][0].startswith("cues, number 2, start: ")


def test_of_many_faults_the_first_are_named() -> None:
    with pytest.raises(Invalid, match="30 lines need a correction; the first 20 are") as refused:
        check([b"?"] * 30)
    assert len(refused.value.errors) == 20


def test_the_batches_are_told_of(in_site: Flask) -> None:
    told: list[int] = []
    rows = lines(*({"id": f"{number}", "title": "t"} for number in range(250)))
    seed(read(rows), by=author_of_rows(None), on_written=told.append)
    assert told == [100, 100, 50]
    told.clear()
    assert search.drain(told.append) == 250
    assert sum(told) == 250


# -- the command -----------------------------------------------------------------------------------------


def run_seed(data: Path, *options: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    argv = [str(Path(sys.executable).parent / "kb"), "seed", *options]
    return subprocess.run(argv, env=environment | {"KB_DATA_DIR": str(data)}, input=stdin, capture_output=True)


@pytest.fixture
def found(make_real_site: Callable[[Path], Flask]) -> Callable[[Path, str], list[str]]:
    """(data folder, words) -> the external ids that a colleague finds, by the index that lies in the folder."""
    from kb.accounts.rules import Viewer
    from kb.search.answers import answer
    from kb.search.asked import Asked

    def finds(data: Path, words: str) -> list[str]:
        with make_real_site(data).app_context():
            hits = answer(Viewer("somebody"), Asked(words)).hits
            return [str(hit.screencast.external_id) for hit in hits]

    return finds


@pytest.fixture
def make_real_site() -> Callable[[Path], Flask]:
    from kb.app import create_app

    return lambda data: create_app(Settings(data_dir=data, redis_url="unix:///nowhere/redis.sock", speech="none"))


def test_rows_can_be_found_on_a_site_that_never_ran(tmp_path: Path, found: Callable[[Path, str], list[str]]) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b"".join(lines(ROW)))
    done = run_seed(tmp_path / "data", "--from", str(rows))
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[-1] == "Rows that can be found: 1 (1 new, 0 changed, 0 as before)."
    assert found(tmp_path / "data", "zanzibar") == ["row-1"]
    assert run_seed(tmp_path / "data", "--from", "-", stdin=b"".join(lines(ROW))).stdout.endswith(b"1 as before).\n")


def test_a_faulty_file_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run_seed(tmp_path, "--from", "-", stdin=b'{"id": 1, "title": "Fine"}\n{"id": 2}')
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-2:] == [
        "Nothing was written: 1 line needs a correction",
        "  line 2: title: This is needed.",
    ]
    assert run_seed(tmp_path, "--from", "-", stdin=b'{"id": 1, "title": "Fine"}').stdout.endswith(b"0 as before).\n")


def test_the_generator_makes_rows_that_are_taken_and_the_same_for_the_same_seed(in_site: Flask) -> None:
    def rows(count: int, *options: str) -> list[bytes]:
        argv = [sys.executable, str(ROOT / "bench/rows.py"), str(count), *options]
        return subprocess.run(argv, check=True, capture_output=True).stdout.splitlines()

    made = rows(40, "--words", "200")
    assert made[:10] == rows(10, "--words", "200")
    assert made[0] != rows(1, "--seed", "2", "--words", "200")[0]
    assert check(made) == 40
    assert seed(read(made), by=author_of_rows(None)) == Seeded(new=40)
    texts = [" ".join(cue["text"] for cue in json.loads(line)["cues"]) for line in made]
    assert 130 < sum(len(text.split()) for text in texts) / 40 < 270
    assert len({json.loads(line)["language"] for line in made}) > 1
    assert all(json.loads(line)["screen"] for line in made)
