"""CPU milliseconds of a page of the library with 10,000 screencasts in it: first, middle and last page, each order.

`make bench` runs it, on a database of its own, without a server. Prints the table of docs/performance.md.
"""

import logging
import os
import random
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from kb import db as database
from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.app import create_app
from kb.categories import actions as categories
from kb.categories.models import Tag
from kb.config import Settings
from kb.db import db, new_id, now, writing
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast, Source, State, Step, StepState, screencast_tag, title_key
from kb.screencasts.pipeline.steps import STEPS
from kb.speech.scripted import Scripted

ROWS = 10_000
PEOPLE = 40
TEAMS = 6
TAGS = 300
ROUNDS = 9
PAGE = 24
SORTS = ("newest", "title", "solved")
VERBS = "Reset Undo Renew Find Print Share Move Read Restart Compare Clean Merge Order Book Export Import".split()
THINGS = "the VPN profile|a bad release|the month's report|a stuck queue|the mailbox|Änderungen|a pivot|the router"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        print_tables(Library(Path(folder) / "data"))


class Library:
    """A site with rows in it: people in teams, a tree of categories, what is private, drafts and failures."""

    def __init__(self, data: Path) -> None:
        self.site = make_site(data)
        self.random = random.Random(1)
        with self.site.app_context():
            self._add_people()
            self._add_categories()
            self._add_screencasts()

    def _add_people(self) -> None:
        admin = accounts.add_person("admin@test.example", "Test Admin", Role.admin, None)
        self.people = [accounts.add_person(f"p{n}@test.example", f"Test Person {n}", Role.member, None).id
                       for n in range(PEOPLE)]  # fmt: skip
        self.teams = [accounts.add_team(f"Team {n}", by=admin).id for n in range(TEAMS)]
        member, in_teams = self.people[:2]
        accounts.change_person(in_teams, by=admin, role=Role.member, active=True, team_ids=self.teams[:3])
        self.askers = {"member": member, "in three teams": in_teams, "admin": admin.id}
        self.admin = admin.id

    def _add_categories(self) -> None:
        self.categories = []
        for n in range(8):
            root = categories.add(f"Shelf {n}", by=self.admin).id
            below = [categories.add(f"Board {n}.{m}", by=self.admin, parent_id=root).id for m in range(5)]
            self.categories += [root, *below]

    def _add_screencasts(self) -> None:
        screencasts, steps, sources, tagged = [], [], [], []
        tags = [f"tag {n}" for n in range(TAGS)]
        for number in range(ROWS):
            row = self._screencast(number)
            screencasts.append(row)
            failed = row["state"] == State.failed
            for place, kind in enumerate(STEPS):
                step = {"screencast_id": row["id"], "name": kind.name, "place": place, "progress": 1.0, "attempt": 1}
                step |= {"state": StepState.done, "due_at": now(), "error_code": None, "error_text": None}
                if failed and not place:
                    step |= {"state": StepState.failed, "error_code": "no-picture", "error_text": "No picture in it."}
                steps.append(step)
            file = {"rank": 0, "name": "video.mp4", "mime": 'video/mp4; codecs="avc1.64002a"', "width": 1920}
            sources.append(file | {"id": new_id(), "screencast_id": row["id"], "height": 1080, "size_bytes": 9_000_000})
            # The first tags are on many, the last on few.
            chosen = {tags[int(TAGS * self.random.random() ** 3)] for _ in range(3)}
            tagged += [{"screencast_id": row["id"], "tag_name": tag} for tag in chosen]
        with writing() as session:
            session.execute(insert(Tag), [{"name": name} for name in tags])
            for table, rows in ((Screencast, screencasts), (Step, steps), (Source, sources), (screencast_tag, tagged)):
                session.execute(insert(table), rows)
            accounts.access_changed()

    def _screencast(self, number: int) -> dict[str, Any]:
        pick, chance = self.random.choice, self.random.random()
        visibility = "private" if chance < 0.05 else "team" if chance < 0.2 else "everyone"
        title = f"{pick(VERBS)} {pick(THINGS.split('|'))} in {self.random.randint(2, 9)} minutes"
        at = now() - timedelta(minutes=20 * number + self.random.randint(0, 2))
        board = {"sheets": ["storyboard-0.webp"], "interval_ms": 1000, "tile_width": 192, "tile_height": 108}
        return {
            "id": new_id(),
            "title": title,
            "title_key": title_key(title),
            "purpose": f"{pick(VERBS).lower()} it without asking anybody",
            "description": "What to look at before, what to do, and what it looks like afterwards. " * 4,
            # Every tenth stands in none.
            "category_id": pick(self.categories) if number % 10 else None,
            # The first two people made many, as eager colleagues do.
            "author_id": self.people[int(PEOPLE * self.random.random() ** 2)],
            "visibility": visibility,
            "team_id": pick(self.teams) if visibility == "team" else None,
            "created_at": at,
            "published_at": None if number % 50 == 7 else at,
            "solved_count": int(self.random.random() ** 4 * 10),
            "filename": "recording.mp4",
            "kind": "mp4",
            "original_key": f"originals/{new_id()}.mp4",
            "original_bytes": 9_000_000,
            "measured": {"packets": "x" * 600},
            "duration_ms": 90_000,
            "width": 1920,
            "height": 1080,
            "has_audio": True,
            "state": State.failed if number % 200 == 3 else State.ready,
            "progress": 1.0,
            "poster_key": "poster-12000.webp",
            "storyboard": board | {"columns": 10, "rows": 9, "tiles": 90, "duration_ms": 90_000},
            "captions": [{"language": "en", "source": "speech", "draft": True}],
        }

    def client(self, person_id: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        client = self.site.test_client()
        with self.site.app_context(), client.session_transaction() as session:
            session["_user_id"] = db.session.get_one(Person, person_id).fs_uniquifier
            session["_fresh"] = True
        return client

    def filters(self) -> dict[str, str]:
        return {
            "a category and what is below it": f"category={self.categories[0]}",
            "a category, A–Z": f"category={self.categories[0]}&sort=title",
            "a tag that many have": "tag=tag 0",
            "a tag that few have": f"tag=tag {TAGS - 1}",
            "who made most": f"author={self.people[0]}",
            "who made most, A–Z": f"author={self.people[0]}&sort=title",
            "a team": f"team={self.teams[0]}",
            "what failed": "state=failed",
        }


def make_site(data: Path) -> Flask:
    settings = Settings(data_dir=data, redis_url="unix:///nowhere/redis.sock", speech="none")
    settings.make_folders()
    database.migrate(settings.sqlalchemy_url)
    return create_app(settings, send=lambda *_: None, index=MemoryIndex(), speech=Scripted(()))


def cursors(client: FlaskClient, query: str) -> list[str]:
    """Of every fourth page; "" for the first."""
    found, cursor = [""], ""
    while cursor is not None:
        answer = client.get(f"/api/v1/screencasts?{query}&limit={4 * PAGE}&cursor={cursor}").json
        cursor = answer["next"]
        found += [cursor] if cursor else []
    return found


def print_tables(library: Library) -> None:
    print(f"\nCPU ms for a page of {PAGE} of {ROWS:,}; median of {ROUNDS}\n")
    print("| order, page, who asks | page | API |\n|---|---|---|")
    for who, person_id in library.askers.items():
        client = library.client(person_id)
        for sort in SORTS:
            found = cursors(client, f"sort={sort}")
            for name, cursor in (("first", found[0]), ("middle", found[len(found) // 2]), ("last", found[-1])):
                print_row(f"{sort}, {name}, {who}", client, f"sort={sort}&cursor={cursor}")
    print("\n| narrowed to (first page, in three teams) | page | API |\n|---|---|---|")
    client = library.client(library.askers["in three teams"])
    for name, query in library.filters().items():
        print_row(name, client, query)
    print(f"\nFor comparison, /healthz: {cpu_ms(client, '/healthz'):.1f}")
    print(f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def print_row(name: str, client: FlaskClient, query: str) -> None:
    page, api = cpu_ms(client, f"/?{query}"), cpu_ms(client, f"/api/v1/screencasts?{query}")
    print(f"| {name} | {page:.1f} | {api:.1f} |", flush=True)


def cpu_ms(client: FlaskClient, url: str) -> float:
    def once() -> float:
        began = time.process_time()
        answer = client.get(url)
        took = time.process_time() - began
        assert answer.status_code == 200, (url, answer.status)
        return took * 1000

    once()
    return statistics.median(once() for _ in range(ROUNDS))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    main()
