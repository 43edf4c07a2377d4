"""Fill the site with the demo, and see how far the workers are with it. Safe to run again: what is there stays."""

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from kb import audit, outbox
from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role, Team, person_by_email
from kb.categories import actions as categories
from kb.categories.models import Category, Tag
from kb.categories.tags import tags_named
from kb.db import db, now, writing
from kb.demo.catalogue import DOMAIN, PEOPLE, RECIPES, SHELVES, TEAMS
from kb.demo.making import Made, make
from kb.demo.script import Recipe
from kb.errors import Conflict
from kb.hands import hands
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.actions import CaptionsFile
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast, State

# Pictures are drawn in one thread at a time (Python), while ffmpeg encodes those of another clip.
AT_ONCE = 2


@dataclass(frozen=True)
class Progress:
    """How far the workers are: how many play, how many can be found by what is said, how many failed."""

    playable: int
    findable: int
    failed: int
    of: int

    @property
    def is_over(self) -> bool:
        return self.findable + self.failed >= self.of


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder for what is made, gone afterwards. Raises Conflict while another command has it."""
    folder = hands().settings.tmp_dir / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle)
        try:
            # What a killed run left.
            for left in folder.iterdir():
                shutil.rmtree(left)
            yield folder
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(handle)


def missing(recipes: Sequence[Recipe] = RECIPES) -> list[Recipe]:
    """What is not there yet, or can't be mended: its recording is lost, or none of it plays. In the trash is there."""
    return [recipe for recipe in recipes if not (found := _placed(recipe)) or _is_broken(found)]


def mend(recipes: Sequence[Recipe] = RECIPES) -> None:
    """Date what an interrupted run handed over and no more."""
    for recipe in recipes:
        if (found := _placed(recipe)) and not found.external_id:
            _date(recipe, found)


def fill(recipes: Sequence[Recipe], folder: Path, on_placed: Callable[[Made], None]) -> None:
    """Make these, some at once, and hand each over as soon as it is made. Raises what the first failure raised."""
    prepare(recipes)
    is_over = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        making = {pool.submit(make, recipe, _room(folder, recipe), is_over.is_set): recipe for recipe in recipes}
        try:
            for done in as_completed(making):
                made = done.result()
                _place(making[done], made)
                on_placed(made)
        except BaseException:
            is_over.set()
            pool.shutdown(cancel_futures=True)
            raise


def progress(recipes: Sequence[Recipe] = RECIPES) -> Progress:
    """Of all that is here of the demo and not in the trash."""
    db.session.rollback()
    here = [found for recipe in recipes if (found := _placed(recipe)) and not found.trashed_at]
    return Progress(
        playable=sum(screencast.is_playable for screencast in here),
        findable=sum(screencast.state == State.ready for screencast in here),
        failed=sum(screencast.state == State.failed for screencast in here),
        of=len(here),
    )


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("The demo is being made or removed by another command. Wait for it, then try again.") from None


def email_of(key: str) -> str:
    return f"{key}@{DOMAIN}"


# -- people, teams, categories, tags ------------------------------------------------------------------


def prepare(recipes: Sequence[Recipe] = RECIPES) -> None:
    """Make people, teams, categories and these recipes' tags, as far as they are not there."""
    for key, (name, _) in PEOPLE.items():
        if not person_by_email(email_of(key)):
            accounts.add_person(email_of(key), name, Role.member, None)
    _make_teams()
    for shelf in SHELVES:
        if not _category(shelf.path):
            above = _category(shelf.path[:-1])
            categories.add(
                shelf.path[-1],
                by=_person("ada").id,
                parent_id=above.id if above else None,
                icon=shelf.icon,
                description=shelf.description,
            )
    _make_tags({tag for recipe in recipes for tag in recipe.tags})


def _make_teams() -> None:
    for name in TEAMS:
        if not _team(name):
            accounts.add_team(name, by=_person("ada"))
    for key, (_, names) in PEOPLE.items():
        person, wanted = _person(key), [team.id for name in names if (team := _team(name))]
        if missing := set(wanted) - {team.id for team in person.teams}:
            with writing() as session:
                person.teams += [session.get_one(Team, team_id) for team_id in missing]
                accounts.access_changed()
                audit.record("changed", "person", person.id, by=person.id, teams=wanted)


def _make_tags(wanted: set[str]) -> None:
    """With a record of those that are new, so that only they are taken away again."""
    with writing() as session:
        there = set(session.scalars(select(Tag.name).where(Tag.name.in_(wanted))))
        for tag in tags_named(sorted(wanted - there)):
            audit.record("added", "tag", tag.name, by=_person("ada").id)


def _person(key: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email_of(key))).one()


def _team(name: str) -> Team | None:
    return db.session.scalar(select(Team).where(Team.name == name))


def _category(path: tuple[str, ...]) -> Category | None:
    found: Category | None = None
    for name in path:
        is_below = Category.parent_id == found.id if found else Category.parent_id.is_(None)
        found = db.session.scalar(select(Category).where(Category.name == name, is_below).limit(1))
        if not found:
            return None
    return found


# -- screencasts ------------------------------------------------------------------------------------------


def _room(folder: Path, recipe: Recipe) -> Path:
    room = folder / recipe.key
    room.mkdir()
    return room


def _placed(recipe: Recipe) -> Screencast | None:
    """By its author and the name of its file, which both stand from the first moment."""
    is_it = (Person.email == email_of(recipe.author), Screencast.filename == f"{recipe.key}.mp4")
    return db.session.scalar(select(Screencast).join(Screencast.author).where(*is_it).limit(1))


def _is_broken(screencast: Screencast) -> bool:
    key = screencast.original_key
    return screencast.state == State.failed or (key is not None and hands().storage.size_bytes(key) is None)


def _place(recipe: Recipe, made: Made) -> None:
    if broken := _placed(recipe):
        erasing.erase(broken.id)
    captions = None
    if not made.is_spoken or not hands().speech:
        captions = CaptionsFile(made.captions.encode(), "captions.vtt", "en")
    screencast = screencasts.receive(
        made.file, made.file.name, _fields(recipe), by=_person(recipe.author), captions=captions
    )
    _date(recipe, screencast)
    shutil.rmtree(made.file.parent)


def _fields(recipe: Recipe) -> Upload:
    category, team = _category(recipe.category), _team(recipe.shared)
    return Upload(
        title=recipe.title,
        purpose=recipe.purpose,
        description=recipe.description,
        category=category.id if category else None,
        tags=list(recipe.tags),
        visibility="team" if team else "private" if recipe.shared == "draft" else recipe.shared,
        team=team.id if team else None,
        draft=recipe.shared == "draft",
    )


def _date(recipe: Recipe, screencast: Screencast) -> None:
    """Say what it is, and let it be as old as the recipe says."""
    with writing():
        screencast.external_id = recipe.external_id
        screencast.created_at = now() - timedelta(days=recipe.days, hours=recipe.days * 5 % 9)
        if screencast.published_at:
            screencast.published_at = screencast.created_at
        screencast.version += 1
        outbox.changed(screencast.id)
