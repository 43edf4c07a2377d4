from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kb.audit import AuditEntry
from kb.db import db
from kb.errors import Conflict
from kb.hands import hands
from kb.outbox import Outbox
from kb.screencasts import erasing
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease, LeaseLost
from kb.storage.contract import made
from tests.conftest import People


def cancel(screencast_id: str) -> None:
    screencast = db.session.get_one(Screencast, screencast_id)
    erasing.cancel(screencast, by=screencast.author)


def test_what_has_not_begun_is_erased_whole(receive: Callable[..., str], left: Callable[[], list[str]]) -> None:
    receive()
    assert left()
    cancel(db.session.scalars(select(Screencast.id)).one())
    assert left() == []
    assert db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() == "cancelled"
    assert db.session.scalars(select(Outbox.screencast_id)).all(), "the index forgets its title, too"


def test_a_step_at_work_notices_and_puts_nothing_in_place(
    receive: Callable[..., str], left: Callable[[], list[str]]
) -> None:
    screencast_id = receive()
    seen = []

    def work(lease: Lease) -> None:
        with hands().work_folder(screencast_id, "probe") as folder:
            (folder / "half.mp4").write_bytes(b"half")
            cancel(screencast_id)
            assert left() == [], "its folder, too"
            seen.append(lease.is_over())
            late = hands().settings.tmp_dir / "late.mp4"
            late.write_bytes(b"whole")
            try:
                with leasing.results(lease):
                    hands().storage.put(made(screencast_id, "video.mp4"), late)
            except LeaseLost:
                seen.append(True)
                raise
            finally:
                late.unlink()

    leasing.perform(screencast_id, "probe", work)
    assert seen == [True, True]
    assert left() == []


def test_its_messages_find_nothing_to_do(receive: Callable[..., str], run_jobs: Callable[[], list[str]]) -> None:
    cancel(receive())
    run_jobs()
    assert db.session.scalars(select(Screencast)).all() == []


def test_what_is_prepared_or_was_once_stays(receive: Callable[..., str], run_jobs: Callable[[], list[str]]) -> None:
    screencast_id = receive()
    run_jobs()
    with pytest.raises(Conflict):
        cancel(screencast_id)
    # Somebody starts again what had failed of it.
    db.session.get_one(Screencast, screencast_id).step("speech").state = "failed"  # type: ignore[union-attr]
    db.session.commit()
    pipeline.retry(screencast_id)
    assert db.session.get_one(Screencast, screencast_id).state == "processing"
    with pytest.raises(Conflict):
        cancel(screencast_id)


def test_only_its_author_and_admins_cancel_an_upload(
    receive: Callable[..., str], people: People, call_as: Callable[[str | None], Any]
) -> None:
    screencast_id = receive()
    url = f"/api/v1/screencasts/{screencast_id}/cancel"
    for who in (people.other, people.curator):
        assert call_as(who).post(url).status_code == 403
    assert call_as(None).post(url).status_code == 401
    assert call_as(people.author).post(url).status_code == 204
    assert call_as(people.author).post(url).status_code == 404


def test_once_it_is_prepared_the_answer_says_what_to_do(
    receive: Callable[..., str], run_jobs: Callable[[], list[str]], people: People, call_as: Callable[[str | None], Any]
) -> None:
    screencast_id = receive()
    run_jobs()
    refused = call_as(people.admin).post(f"/api/v1/screencasts/{screencast_id}/cancel")
    assert refused.status_code == 409
    assert refused.json["code"] == "already-prepared"
    assert "trash" in refused.json["detail"]


def test_its_author_finds_the_button_on_its_page_and_comes_back_to_the_upload(
    receive: Callable[..., str], people: People, signed_in: Callable[[str], Any]
) -> None:
    screencast_id = receive()
    action = f'action="/screencasts/{screencast_id}/cancel"'
    assert action not in signed_in(people.other).get(f"/screencasts/{screencast_id}").text
    browser = signed_in(people.author)
    page = browser.get(f"/screencasts/{screencast_id}").text
    assert action in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(f"/screencasts/{screencast_id}/cancel", data={"csrf_token": token}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Nothing of it was kept" in answer.text
    db.session.rollback()
    assert db.session.get(Screencast, screencast_id) is None
