"""Search by meaning, with a small model that knows a few synonyms (tests/meaning/model.py) and its own process."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.cli import kb
from kb.config import Settings
from kb.db import db, writing
from kb.doctor.findings import Finding, examine
from kb.hands import hands
from kb.outbox import changed
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from kb.search import learning
from kb.search.answers import Answer, answer
from kb.search.asked import Asked
from kb.transcripts.models import Cue, Transcript, WordsFrom
from tests.conftest import People
from tests.meaning.model import make_model
from tests.meaning.running import running
from tests.search.conftest import Make


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def settings(settings: Settings, model: Path) -> Settings:
    return settings.model_copy(update={"semantic": str(model)})


@pytest.fixture(scope="module")
def socket(model: Path) -> Iterator[Path]:
    path = model / "asked.sock"
    with running(model, path):
        yield path


@pytest.fixture
def listening(in_site: Flask, socket: Path) -> None:
    """The same process for each test's site."""
    hands().settings.meaning_dir.mkdir(exist_ok=True)
    hands().settings.meaning_socket.symlink_to(socket)


def say(screencast: Screencast, *texts: str, seconds: int = 20) -> None:
    with writing() as session:
        transcript = Transcript(screencast_id=screencast.id, language="en", source=WordsFrom.edited)
        session.add(transcript)
        for at, text in enumerate(texts):
            start_ms = at * seconds * 1000
            transcript.cues.append(Cue(start_ms=start_ms, end_ms=start_ms + seconds * 1000 - 1, text=text))
        session.get_one(Screencast, screencast.id).version += 1
        changed(screencast.id)


def search(viewer: Viewer, typed: str, **more: Any) -> Answer:
    return answer(viewer, Asked(typed, **more))


def titles(hits: list[Any]) -> list[str]:
    return [hit.screencast.title for hit in hits]


@pytest.fixture
def library(make: Make) -> dict[str, Screencast]:
    every = {
        "laptop": make("Start again from zero", purpose="After this you can restore your notebook"),
        "printer": make("Paper jams"),
        "invoice": make("Month end"),
    }
    say(every["printer"], "Hello and welcome", "we open the lid", "now the printing works again")
    say(every["invoice"], "the bill goes to the customer")
    with writing():
        for each in every.values():
            changed(each.id)
    learning.drain()
    return every


@pytest.mark.usefixtures("library", "listening")
def test_what_is_said_in_other_words_is_found_below_the_hits_and_counted_in_none_of_them(as_author: Viewer) -> None:
    found = search(as_author, "reset my laptop")
    assert (found.total, found.hits) == (0, [])
    assert titles(found.close) == ["Start again from zero"]
    [moment] = found.close[0].moments
    assert (moment.start_ms, moment.kind) == (0, "title")
    assert moment.html == "After this you can restore your notebook"


@pytest.mark.usefixtures("library", "listening")
def test_it_opens_where_its_passage_begins_with_nothing_marked(as_author: Viewer) -> None:
    [hit] = search(as_author, "printer").close
    [moment] = hit.moments
    assert hit.screencast.title == "Paper jams"
    assert (moment.start_ms, moment.end_ms, moment.kind) == (40_000, 59_999, "speech")
    assert moment.html == "now the printing works again"


@pytest.mark.usefixtures("listening")
def test_of_hits_with_the_same_words_the_one_that_means_it_stands_first(make: Make, as_author: Viewer) -> None:
    for n in range(3):
        make(f"The old machine, part {n}", description="and so on " * 40)
    meant = make("The old machine, at last", description="notebook " + "and so on " * 39)
    with writing():
        for each in db.session.query(Screencast):
            changed(each.id)
    learning.drain()
    found = search(as_author, "laptop machine")
    assert found.total == 4
    assert titles(found.hits)[0] == meant.title


@pytest.mark.usefixtures("library", "listening")
@pytest.mark.parametrize("typed", ['"reset" laptop', "reset laptop -paper", "in:speech laptop reset", "zzz", ""])
def test_words_that_are_asked_for_as_such_and_unknown_ones_find_nothing_close(as_author: Viewer, typed: str) -> None:
    assert search(as_author, typed).close == []


@pytest.mark.usefixtures("library", "listening")
def test_filters_and_orders_hold_for_it_too(as_author: Viewer, people: People) -> None:
    assert titles(search(as_author, "reset laptop", author=people.author).close) == ["Start again from zero"]
    assert search(as_author, "reset laptop lang:de").close == []
    assert search(as_author, "reset laptop", tags=("nowhere",)).close == []
    assert search(as_author, "reset laptop", sort="newest").close == []


@pytest.mark.usefixtures("listening")
def test_others_never_see_it_nor_does_it_take_the_place_of_what_they_see(
    library: dict[str, Screencast], make: Make, as_author: Viewer, people: People
) -> None:
    private = [make(f"My notebook {n}", visibility="private") for n in range(60)]
    with writing():
        for each in private:
            changed(each.id)
    learning.drain()
    assert len(search(as_author, "laptop").close) == 5
    assert titles(search(Viewer(person_id=people.other), "laptop").close) == ["Start again from zero"]


@pytest.mark.usefixtures("listening")
def test_words_that_were_taken_out_are_not_found_by_what_they_meant(
    library: dict[str, Screencast], as_author: Viewer
) -> None:
    """Before they are learnt anew, and after."""
    with writing() as session:
        taken = session.get_one(Screencast, library["laptop"].id)
        taken.purpose, taken.version = "", taken.version + 1
        changed(taken.id)
    assert search(as_author, "reset laptop").close == []
    learning.drain()
    assert search(as_author, "reset laptop").close == []
    assert learning.lacking(hands().meaning.store) == 0


@pytest.mark.usefixtures("library")
def test_without_its_process_search_goes_on(as_author: Viewer) -> None:
    found = search(as_author, "month")
    assert (titles(found.hits), found.close) == (["Month end"], [])


@pytest.mark.usefixtures("listening")
def test_what_is_thrown_away_is_forgotten(library: dict[str, Screencast], as_author: Viewer, people: People) -> None:
    screencasts.trash(library["laptop"], by=db.session.get_one(Person, people.author))
    assert search(as_author, "reset laptop").close == []
    learning.drain()
    assert library["laptop"].id not in hands().meaning.store.versions()


def test_a_model_that_does_not_load_keeps_no_word_from_the_index(
    make_site: Callable[[Settings], Flask], settings: Settings, tmp_path: Path
) -> None:
    site = make_site(settings.model_copy(update={"semantic": str(tmp_path), "data_dir": tmp_path / "other"}))
    with site.app_context():
        learning.drain()
        assert not hands().settings.meaning_dir.exists()


_SEARCH = """
import sys
from pathlib import Path
from kb.accounts.rules import Viewer
from kb.app import create_app
from kb.config import Settings
from kb.db import db, Base
from kb.search import learning
from kb.search.answers import answer
from kb.search.asked import Asked
import kb.index.whoosh

site = create_app(Settings(data_dir=Path(sys.argv[1]), speech="none"), send=lambda *_: None)
with site.app_context():
    Base.metadata.create_all(db.engine)
    learning.drain()
    assert answer(Viewer(), Asked("laptop")).total == 0
print(*sys.modules)
"""


def test_without_the_setting_nothing_of_it_is_imported(tmp_path: Path) -> None:
    """In a process of its own: site, index, a search."""
    ended = subprocess.run([sys.executable, "-c", _SEARCH, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    heavy = {"onnxruntime", "tokenizers", "kb.meaning.local", "kb.meaning.onnx", "kb.meaning.vectors"}
    imported = set(ended.stdout.split())
    assert "kb.search.answers" in imported
    assert not heavy & imported


@pytest.mark.usefixtures("listening")
def test_kb_doctor_says_what_is_learnt(library: dict[str, Screencast]) -> None:
    assert finding().detail.startswith("3 screencasts, ")
    with writing() as session:
        session.get_one(Screencast, library["laptop"].id).version += 1
    assert finding().detail.startswith("3 screencasts, 1 to learn, ")


def test_kb_doctor_says_that_the_process_is_silent(in_site: Flask) -> None:
    silent = finding()
    assert (silent.ok, silent.is_needed) == (False, False)
    assert "does not answer" in silent.detail


def finding() -> Finding:
    return next(each for each in examine() if each.name == "search by meaning")


@pytest.mark.usefixtures("library")
def test_kb_reindex_reads_all_of_it_again(
    in_site: Flask, make: Make, monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    late = make("A tunnel home")
    site = hands().settings
    monkeypatch.setenv("KB_DATA_DIR", str(site.data_dir))
    monkeypatch.setenv("KB_DATABASE_URL", site.database_url)
    monkeypatch.setenv("KB_SEMANTIC", str(model))
    result = CliRunner().invoke(kb, ["reindex"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert late.id in hands().meaning.store.versions()


@pytest.mark.usefixtures("library", "listening")
def test_the_page_and_the_api_show_what_is_close(
    call_as: Callable[..., Any], signed_in: Callable[..., Any], people: People
) -> None:
    told = call_as(people.author).get("/api/v1/search?q=reset+laptop").json
    assert (told["total"], [hit["screencast"]["title"] for hit in told["close"]]) == (0, ["Start again from zero"])
    page = signed_in(people.author).get("/search?q=reset+laptop").text
    assert "Close in meaning" in page
    assert "Nobody said it in these words" in page


@pytest.mark.usefixtures("library", "listening")
def test_an_answer_is_the_same_whether_or_not_others_hold_something_close(
    call_as: Callable[..., Any], make: Make, people: People
) -> None:
    def told(typed: str) -> Any:
        return call_as(people.other).get(f"/api/v1/search?q={typed}").json | {"took_ms": 0, "search_id": None}

    asked = ("vpn", "laptop", "reset+laptop", "paper+tunnel", "laptop+month")
    before = [told(typed) for typed in asked]
    private = [make(title, visibility="private") for title in ("tunnel passphrase", "notebook computer")]
    with writing():
        for each in private:
            changed(each.id)
    learning.drain()
    assert [told(typed) for typed in asked] == before
