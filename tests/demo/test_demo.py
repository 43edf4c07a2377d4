import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kb.accounts import actions as accounts
from kb.accounts.erasing import erase_person
from kb.accounts.models import Person, Role, Team
from kb.categories import actions as categories
from kb.categories.models import Category, Tag
from kb.db import Base, db, writing
from kb.demo.actions import fill, mend, missing, progress, workshop
from kb.demo.catalogue import PEOPLE, SHELVES, TEAMS
from kb.demo.making import make
from kb.demo.removal import remove
from kb.demo.script import Recipe
from kb.errors import Conflict
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.models import Screencast
from kb.search.actions import drain
from tests.conftest import People

# That it fills a site with what can be found, test_heard tells each time.
pytestmark = pytest.mark.slow

# What was done stays on record; numbers that only rise do so.
RECORDS = {"audit_entry", "access_version"}


def placed(*recipes: Recipe) -> list[str]:
    names: list[str] = []
    with workshop() as folder:
        fill(recipes, folder, lambda made: names.append(made.file.name))
    return names


def rows() -> dict[str, int]:
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in RECORDS]
    return {table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def files(site: Flask) -> set[Path]:
    data = site.extensions["kb.settings"].data_dir
    return {path.relative_to(data) for path in data.rglob("*") if "kb.sqlite3" not in path.name}


def only() -> Screencast:
    return db.session.scalars(select(Screencast)).one()


def test_people_teams_and_categories_are_there_and_nobody_can_sign_in(in_site: Flask, short: Recipe) -> None:
    placed(short)
    demo_people = db.session.scalars(select(Person)).all()
    assert len(demo_people) == len(PEOPLE)
    assert all(person.password is None and person.email.endswith("@demo.invalid") for person in demo_people)
    assert all("(demo)" in person.name and person.teams for person in demo_people)
    assert {team.name for team in db.session.scalars(select(Team))} == set(TEAMS)
    found = db.session.scalars(select(Category)).all()
    assert len(found) == len(SHELVES)
    assert all(category.icon and category.description for category in found)


def test_a_second_time_adds_nothing_twice(in_site: Flask, short: Recipe) -> None:
    placed(short)
    before = rows()
    assert missing([short]) == []
    assert placed() == []
    assert rows() == before


def test_what_lost_its_recording_is_made_anew(in_site: Flask, short: Recipe) -> None:
    placed(short)
    first = only()
    site_data = in_site.extensions["kb.settings"].data_dir
    (site_data / str(first.original_key)).unlink()
    lost = first.id
    assert missing([short]) == [short]
    placed(short)
    assert only().id != lost
    assert missing([short]) == []


def test_what_was_put_in_the_trash_stays_there(in_site: Flask, short: Recipe) -> None:
    placed(short)
    screencast = only()
    screencasts.trash(screencast, by=screencast.author)
    assert missing([short]) == []
    assert progress([short]).of == 0


def test_a_run_that_was_interrupted_before_the_date_is_mended(in_site: Flask, short: Recipe) -> None:
    placed(short)
    with writing():
        only().external_id = None
    mend([short])
    assert missing([short]) == []
    assert only().external_id == short.external_id


def test_a_failure_leaves_nothing_half(in_site: Flask, short: Recipe) -> None:
    def broken() -> Any:
        raise LookupError("no such script")

    with pytest.raises(LookupError, match="no such script"):
        placed(replace(short, play=broken))
    assert rows()["screencast"] == 0
    assert not list(in_site.extensions["kb.settings"].tmp_dir.iterdir())
    assert placed(short) == ["lights.mp4"]


def test_two_at_once_are_refused(in_site: Flask) -> None:
    with workshop(), pytest.raises(Conflict, match="another command"), workshop():
        pass


def test_without_a_voice_what_would_be_said_is_written_as_captions(
    in_site: Flask, short: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("ffmpeg", "ffprobe"):
        path = next(path for path in map(Path, os.environ["PATH"].split(":")) if (path / tool).exists())
        (tools / tool).symlink_to(path / tool)
    monkeypatch.setenv("PATH", str(tools))
    folder = tmp_path / "made"
    folder.mkdir()
    made = make(short, folder)
    assert not made.is_spoken
    assert "00:00.500 --> " in made.captions
    assert "two yellow horses" in made.captions
    placed(short)
    assert [caption["source"] for caption in only().captions] == ["upload"]


def test_removal_leaves_everything_as_it_was(
    people: People, short: Recipe, run_jobs: Callable[[], list[str]], in_site: Flask
) -> None:
    drain()
    before, files_before = rows(), files(in_site)
    placed(replace(short, shared="private"), replace(short, key="blue", shared=TEAMS[0]))
    run_jobs()
    trashed = db.session.scalars(select(Screencast).limit(1)).one()
    screencasts.trash(trashed, by=trashed.author)
    assert remove() == 2
    drain()
    assert rows() == before
    assert files(in_site) == files_before
    assert in_site.extensions["kb.hands"].index.versions() == {}
    assert remove() == 0


def test_removal_keeps_what_real_people_made_or_use(
    people: People, short: Recipe, receive: Callable[..., str], in_site: Flask
) -> None:
    git = categories.add("Git", by=people.curator, parent_id=categories.add("Software", by=people.curator).id).id
    with writing() as session:
        session.add(Tag(name="electricity"))
    placed(short)
    databases = db.session.scalars(select(Category).where(Category.name == "Databases")).one()
    kept = receive(category=databases.id, tags=["git"])
    remove()
    names = {category.name for category in db.session.scalars(select(Category))}
    assert names == {"Software", "Git", "Databases"}
    assert categories.get(git)
    mine = db.session.get_one(Screencast, kept)
    assert mine.category_id == databases.id
    assert {tag.name for tag in db.session.scalars(select(Tag))} == {"electricity", "git"}


def test_a_team_that_something_of_others_is_shared_with_stays(
    people: People, short: Recipe, receive: Callable[..., str]
) -> None:
    placed(short)
    team = db.session.scalars(select(Team).where(Team.name == TEAMS[0])).one()
    author = db.session.get_one(Person, people.author)
    with writing():
        author.teams.append(team)
        accounts.access_changed()
    receive(visibility="team", team=team.id)
    remove()
    assert {team.name for team in db.session.scalars(select(Team))} == {"Blue", TEAMS[0]}


def test_a_team_with_real_people_in_it_stays(people: People, short: Recipe) -> None:
    placed(short)
    team = db.session.scalars(select(Team).where(Team.name == TEAMS[0])).one()
    admin = db.session.get_one(Person, people.admin)
    accounts.change_person(people.author, by=admin, role=Role.member, active=True, team_ids=[people.team, team.id])
    remove()
    assert {team.name for team in db.session.get_one(Person, people.author).teams} == {"Blue", TEAMS[0]}


def test_a_category_that_a_curator_made_their_own_stays(people: People, short: Recipe) -> None:
    placed(short)
    databases = db.session.scalars(select(Category).where(Category.name == "Databases")).one()
    categories.change(databases.id, by=people.curator, description="Ours.")
    remove()
    assert "Databases" in {category.name for category in db.session.scalars(select(Category))}


def test_a_person_of_whom_something_is_here_is_not_erased(people: People, receive: Callable[..., str]) -> None:
    screencast = receive()
    with pytest.raises(Conflict, match="still here"):
        erase_person(people.author, by=people.admin)
    erasing.erase(screencast)
    erase_person(people.author, by=people.admin)
    assert db.session.get(Person, people.author) is None
