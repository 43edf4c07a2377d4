"""A recording that is replaced, and comes back: the moments that solved it are its own."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from kb.accounts.models import Person
from kb.db import db, new_id
from kb.screencasts.models import Screencast
from kb.screencasts.versions import actions as versions
from kb.solves import actions, queries
from tests.conftest import People, make_clip


def test_the_moments_go_and_come_back_with_their_recording(
    in_site: Flask, people: People, receive: Callable[..., str], run_jobs: Callable[[], Any], tmp_path: Path
) -> None:
    screencast_id = receive(title="Close the month")
    run_jobs()

    def item() -> Screencast:
        return db.session.get_one(Screencast, screencast_id)

    def person(person_id: str) -> Person:
        return db.session.get_one(Person, person_id)

    def moments() -> dict[str | None, int | None]:
        db.session.rollback()
        return {each.person_id: each.at_ms for each in queries.of(screencast_id)}

    actions.solve(item(), by=person(people.mate), at_ms=1_500)
    landed = in_site.extensions["kb.settings"].tmp_dir / f"landing-{new_id()}"
    shutil.copy(make_clip(tmp_path / "two.mp4", seconds=3), landed)
    versions.replace(item(), landed, "two.mp4", by=person(people.author))
    assert moments() == {people.mate: None}
    # What is shown until the new one plays is the earlier one.
    actions.solve(item(), by=person(people.other), at_ms=1_500)
    assert moments() == {people.mate: None, people.other: None}
    run_jobs()
    actions.solve(item(), by=person(people.other), at_ms=2_800)
    versions.restore(item(), item().versions[0].id, by=person(people.author))
    assert moments() == {people.mate: 1_500, people.other: None}
    assert item().solved_count == 2
