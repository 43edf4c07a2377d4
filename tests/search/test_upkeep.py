"""The index kept as the database is: made anew, compared, merged, and mended whatever happened to its files."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, select

from kb.accounts.models import Person
from kb.app import create_app
from kb.cli import kb
from kb.config import Settings
from kb.db import db, now, writing
from kb.doctor.findings import Finding, examine
from kb.hands import hands
from kb.index.contract import Document
from kb.index.whoosh.index import WhooshIndex
from kb.outbox import Outbox
from kb.screencasts import actions
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search import tending, upkeep
from kb.search.models import Upkeep
from kb.seed import read, seed
from tests.conftest import Caller, People, Sent
from tests.databases import Migrated

TITLES = ("Merge branches", "Restart pods", "Rotate certificates", "Print labels")


@pytest.fixture
def site(migrated: Migrated, settings: Settings, sent: Sent) -> Iterator[Flask]:
    """With the index of real files."""
    site = create_app(migrated.settings_for(settings), send=sent)
    site.testing = True
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
    migrated.forget(site.extensions["kb.settings"])


@pytest.fixture
def items(in_site: Flask, receive: Callable[..., str]) -> list[str]:
    """Screencasts in an index of several segments."""
    ids = []
    for title in TITLES:
        ids.append(receive(title=title, visibility="everyone"))
        search.drain()
    return ids


def wanted() -> dict[str, int]:
    return dict(db.session.execute(select(Screencast.id, Screencast.version)).all())


def found_index() -> Finding:
    return next(finding for finding in examine() if finding.name == "index")


def segments() -> int:
    return len(list(hands().settings.index_dir.rglob("*.seg")))


# -- compared with the database ---------------------------------------------------------------------------


def test_what_the_index_lacks_has_otherwise_or_should_not_have_is_put_right(items: list[str], people: People) -> None:
    index = hands().index
    by = db.session.get_one(Person, people.author)
    actions.change(db.session.get_one(Screencast, items[0]), Words(title="Rebase branches"), by=by)
    index.write([Document("left-over", "Nobody's")], deleted=[items[1]])
    with writing() as session:
        session.execute(delete(Outbox))
    assert tending.reconcile() == 3
    search.drain()
    assert index.versions() == wanted()
    assert tending.reconcile() == 0


def test_what_waits_in_the_outbox_anyway_is_not_put_there_again(items: list[str], people: People) -> None:
    by = db.session.get_one(Person, people.author)
    actions.change(db.session.get_one(Screencast, items[0]), Words(title="Rebase branches"), by=by)
    waiting = db.session.scalars(select(Outbox.id)).all()
    assert tending.reconcile() == 0
    assert db.session.scalars(select(Outbox.id)).all() == waiting


def test_merging_leaves_one_segment_and_every_answer_as_it_was(items: list[str]) -> None:
    index = hands().index
    index.write([], deleted=items[:1])
    assert segments() > 1
    before = index.versions()
    tending.optimize()
    assert segments() == 1
    assert index.versions() == before == {each: before[each] for each in items[1:]}
    assert upkeep.last_at("optimize")


AT_NIGHT, BY_DAY = datetime(2026, 5, 4, 2, 30, tzinfo=UTC), datetime(2026, 5, 4, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "hours_ago", "is_due"),
    [
        (AT_NIGHT, 23, True),
        (AT_NIGHT, 1, False),
        (BY_DAY, 23, False),
        (BY_DAY, 37, True),
        (BY_DAY, None, True),
    ],
)
def test_it_is_done_once_a_night_and_by_day_where_the_machine_is_off_at_night(
    local: datetime, hours_ago: int | None, is_due: bool
) -> None:
    last = None if hours_ago is None else local - timedelta(hours=hours_ago)
    assert tending.is_due(last, local) is is_due


def test_what_is_torn_where_nobody_looked_is_found_at_night_and_made_anew(items: list[str]) -> None:
    settings = hands().settings
    for path in settings.index_dir.rglob("*.seg"):
        path.write_bytes(path.read_bytes()[:200])
    hands().index = WhooshIndex(settings.index_dir)
    tending.tend(datetime.now().astimezone())
    assert hands().index.versions() == wanted()


# -- made anew ----------------------------------------------------------------------------------------------


def test_how_far_a_rebuild_is_can_be_read_while_it_goes_on(in_site: Flask, people: People) -> None:
    rows = [{"id": f"row-{number}", "title": f"Number {number}"} for number in range(450)]
    by = db.session.get_one(Person, people.author)
    seed(read("\n".join(map(json.dumps, rows)).encode().splitlines()), by=by, on_written=lambda _: None)
    told: list[int] = []
    seen: list[tuple[int, int] | None] = []

    def look(screencasts: int) -> None:
        told.append(screencasts)
        seen.append(upkeep.state().rebuilding)

    search.rebuild(look)
    assert told == [200, 200, 50]
    assert seen == [(200, 450), (400, 450), (400, 450)]
    assert upkeep.state().rebuilding is None
    assert upkeep.last_at("rebuild")


def test_one_that_was_killed_does_not_seem_to_go_on(in_site: Flask) -> None:
    with writing() as session:
        session.add(Upkeep(name="rebuild", done=1, total=2, told_at=now() - timedelta(hours=1)))
    assert upkeep.state().rebuilding is None


def test_an_index_of_another_format_is_made_anew_by_the_next_drain(items: list[str]) -> None:
    pointer = hands().settings.index_dir / "current"
    pointer.write_text(pointer.read_text().replace("whoosh-", "other-"))
    assert hands().index.is_healthy()
    search.drain()
    assert hands().index.versions() == wanted()


def test_kb_reindex_makes_the_index_and_says_how_many_it_holds(
    items: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = hands().settings
    monkeypatch.setenv("KB_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KB_DATABASE_URL", settings.database_url)
    before = (settings.index_dir / "current").read_text()
    result = CliRunner().invoke(kb, ["reindex"])
    assert result.exit_code == 0, result.output
    assert "4 screencasts are in the index." in result.output
    assert (settings.index_dir / "current").read_text() != before


# -- broken files --------------------------------------------------------------------------------------------


def torn(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) or 1)]


def zeroed(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) or 1)
    return content[:start] + bytes(len(content) - start)


def scribbled(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) or 1)
    return content[:start] + chance.randbytes(len(content) - start)


DAMAGES: tuple[Callable[[bytes, random.Random], bytes | None], ...] = (
    torn, zeroed, scribbled, lambda content, chance: b"", lambda content, chance: None
)  # fmt: skip


@pytest.mark.parametrize("is_open", [False, True], ids=["as the site starts", "while it runs"])
def test_whatever_happens_to_a_file_search_answers_and_the_index_heals(
    items: list[str], people: People, call_as: Callable[[str], Caller], sent: Sent, is_open: bool
) -> None:
    """A power cut may leave any of them so: Whoosh brings nothing to the disk by force."""
    chance = random.Random(8)
    caller, folder = call_as(people.mate), hands().settings.index_dir
    degraded = 0
    for damage in DAMAGES:
        for name in ("current", "*.toc", "*.seg"):
            search.rebuild()
            for path in damaged(folder, name, damage, chance, is_open):
                assert path.parent.exists()
            assert caller.get("/search?q=pods").status_code == 200
            assert caller.get("/api/v1/suggest?q=res").status_code == 200
            for query in ("merge", '"rotate certificates"', "restrat"):
                answer = caller.get("/api/v1/search", query_string={"q": query})
                assert answer.status_code == 200
                degraded += answer.json["degraded"]
            if hands().index.is_healthy() is not None:
                assert caller.get("/api/v1/search?q=merge").json["hits"][0]["screencast"]["id"] == items[0]
            search.drain()
            if hands().index.versions() != wanted() or caller.get("/api/v1/search?q=merge").json["degraded"]:
                search.rebuild()
            assert hands().index.versions() == wanted()
            answer = caller.get("/api/v1/search?q=merge").json
            assert (answer["degraded"], answer["total"]) == (False, 1)
    assert degraded > 10
    assert "search.rebuild" in sent.names()


def damaged(
    root: Path, name: str, damage: Callable[[bytes, random.Random], bytes | None], chance: random.Random, is_open: bool
) -> list[Path]:
    """Damage the files of the index that answers; return which."""
    current = WhooshIndex(root)._folders.current()
    paths = list(root.glob(name)) + list(current.glob(name))
    for path in paths:
        content = damage(path.read_bytes(), chance)
        path.unlink()
        if content is not None:
            path.write_bytes(content)
    if not is_open:
        hands().index = WhooshIndex(root)
    return paths


# -- what admins read ----------------------------------------------------------------------------------------


def test_health_says_what_the_index_holds_and_when_it_was_looked_after(items: list[str], people: People) -> None:
    tending.tend(datetime.now().astimezone())
    fine = found_index()
    assert fine.ok
    assert fine.detail.startswith("4 screencasts, ")
    assert "compared just now, merged just now" in fine.detail
    by = db.session.get_one(Person, people.author)
    actions.change(db.session.get_one(Screencast, items[0]), Words(title="Rebase branches"), by=by)
    assert "1 change waiting" in found_index().detail


def test_health_says_when_changes_wait_for_a_worker_in_vain(items: list[str]) -> None:
    with writing() as session:
        session.add(Outbox(screencast_id=items[0], created_at=now() - timedelta(hours=1)))
    waiting = found_index()
    assert not waiting.ok
    assert "1 change" in waiting.detail
    assert "index" in waiting.mend


def test_health_says_what_mends_a_broken_index(items: list[str]) -> None:
    (hands().settings.index_dir / "current").unlink()
    broken = found_index()
    assert (broken.ok, broken.command) == (False, "kb reindex")


def test_health_says_how_far_a_new_index_is(items: list[str]) -> None:
    with writing() as session:
        session.merge(Upkeep(name="rebuild", done=1_000, total=4_000, told_at=now(), ended_at=None))
    assert "it is being made: 1,000 of 4,000" in found_index().detail
