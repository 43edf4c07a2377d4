"""An upload in parts: what is refused and when, how it becomes a screencast, and that nothing is left or lost."""

import errno
import os
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.accounts import actions as accounts
from kb.accounts.models import Person
from kb.categories import actions as categories
from kb.config import Settings
from kb.db import db, now, writing
from kb.screencasts import erasing
from kb.screencasts.models import PartialUpload, Screencast
from kb.screencasts.uploads import actions as uploads
from kb.screencasts.uploads import endings, limits, part_files, rows
from tests.accounts.conftest import csrf_of
from tests.conftest import Caller, People, Sent
from tests.screencasts.conftest import PART_TYPE, UPLOADS, Sender, metadata
from tests.screencasts.test_upload import HTML, NO_VIDEO, PLAYLIST, refused

Left = Callable[[], list[str]]


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.tmp_dir / "uploads"


@pytest.fixture
def remains(left: Left) -> Left:
    """What is left of people's data; the folder of uploads itself stays."""
    return lambda: [each for each in left() if each != "private/tmp/uploads"]


@pytest.fixture
def person(people: People) -> Person:
    return db.session.get_one(Person, people.author)


def row(url: str) -> PartialUpload:
    db.session.rollback()
    return db.session.get_one(PartialUpload, url.rpartition("/")[2], populate_existing=True)


def change(url: str, **values: Any) -> None:
    upload = row(url)
    with writing():
        for name, value in values.items():
            setattr(upload, name, value)


def send_whole(sender: Sender, content: bytes, **fields: str) -> tuple[str, Any]:
    url = sender.begun(len(content), **fields)
    return url, sender.send(url, 0, content)


# -- the last byte ------------------------------------------------------------------------------------------


def test_the_last_byte_makes_the_screencast_with_what_was_said_of_it(
    sender: Sender, author: Caller, clip_bytes: bytes, people: People, sent: Sent, folder: Path
) -> None:
    url = sender.begun(
        len(clip_bytes),
        filename="Reset the VPN.mp4",
        filetype="video/mp4",
        purpose="work from home",
        description="One\nTwo",
        tags="vpn, net work",
        visibility="team",
        team=people.team,
        draft="true",
        captions="WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n",
        captions_language="de",
        sha256="of the client's own",
    )
    middle = len(clip_bytes) // 2
    assert "Screencast-Id" not in sender.send(url, 0, clip_bytes[:middle]).headers
    answer = sender.send(url, middle, clip_bytes[middle:])
    assert answer.status_code == 204
    taken = author.get(f"/api/v1/screencasts/{answer.headers['Screencast-Id']}").json
    assert (taken["title"], taken["purpose"], taken["description"]) == ("Reset the VPN", "work from home", "One\nTwo")
    assert (taken["tags"], taken["visibility"], taken["team"]["id"]) == (["net work", "vpn"], "team", people.team)
    assert (taken["draft"], taken["author"]["id"]) == (True, people.author)
    assert [each["language"] for each in taken["captions"]] == ["de"]
    assert "screencasts.probe" in sent.names()
    assert author.get(f"/screencasts/{taken['id']}/original").data == clip_bytes
    assert list(folder.iterdir()) == []


def test_who_missed_the_last_answer_is_told_again(sender: Sender, clip_bytes: bytes) -> None:
    url, answer = send_whole(sender, clip_bytes)
    named = answer.headers["Screencast-Id"]
    size = len(clip_bytes)
    for again in (sender.head(url), sender.head(url), sender.send(url, size)):
        assert (again.headers["Screencast-Id"], again.headers["Upload-Offset"]) == (named, str(size))
        assert "Upload-Expires" not in again.headers
    refused(sender.send(url, 0, clip_bytes), 409, "wrong-offset")
    refused(sender.send(url, size, b"more"), 409, "wrong-offset")
    assert db.session.scalars(select(Screencast.id)).all() == [named]


def test_the_whole_may_come_with_the_first_request(sender: Sender, clip_bytes: bytes) -> None:
    answer = sender.begin(len(clip_bytes), clip_bytes, Upload_Metadata=metadata(filename="a.mp4"))
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(len(clip_bytes))
    assert db.session.get(Screencast, answer.headers["Screencast-Id"])


def test_the_length_may_be_said_with_an_empty_part_at_the_end(sender: Sender, clip_bytes: bytes) -> None:
    url = sender.begun(None, clip_bytes[:500])
    assert "Screencast-Id" not in sender.send(url, 500, clip_bytes[500:]).headers
    answer = sender.send(url, len(clip_bytes), Upload_Length=len(clip_bytes))
    assert (answer.status_code, "Screencast-Id" in answer.headers) == (204, True)


def test_a_name_as_uppy_says_it_is_one_too(sender: Sender, clip_bytes: bytes) -> None:
    _, answer = send_whole(sender, clip_bytes, name="how_to.mp4", type="video/mp4")
    assert db.session.get_one(Screencast, answer.headers["Screencast-Id"]).title == "How to"


def test_of_two_that_bring_the_last_byte_at_once_one_screencast_is_made(
    sender: Sender, clip_bytes: bytes, people: People, at_once: Callable[..., list[Any]]
) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:-1])
    upload_id = url.rpartition("/")[2]

    def end() -> str | None:
        answer = sender.send(url, len(clip_bytes) - 1, clip_bytes[-1:])
        return answer.headers.get("Screencast-Id") if answer.status_code == 204 else str(answer.status_code)

    def look() -> str | None:
        return uploads.progress(upload_id, by=db.session.get_one(Person, people.author)).screencast_id

    told = at_once(end, end, look, endings.tend)
    made = db.session.scalars(select(Screencast.id)).all()
    assert len(made) == 1
    assert set(told) <= {made[0], None, "409"}
    assert made[0] in told


def test_what_a_killed_process_left_whole_is_ended_by_who_asks_next(sender: Sender, clip_bytes: bytes) -> None:
    """The bytes were written, and then the power went."""
    url = sender.begun(len(clip_bytes), clip_bytes[:-7])
    with part_files.opened(url.rpartition("/")[2]) as file:
        file.add(clip_bytes[-7:])
    answer = sender.head(url)
    assert answer.headers["Upload-Offset"] == str(len(clip_bytes))
    assert db.session.get(Screencast, answer.headers["Screencast-Id"])


def test_or_by_the_clock(sender: Sender, clip_bytes: bytes, folder: Path) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:-7])
    with part_files.opened(url.rpartition("/")[2]) as file:
        file.add(clip_bytes[-7:])
    change(url, expires_at=now() - timedelta(days=1))
    endings.tend()
    made = db.session.scalars(select(Screencast.id)).one()
    assert row(url).screencast_id == made
    assert sender.head(url).headers["Screencast-Id"] == made
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("at", ["before the file moves", "before the row is written", "before the part is taken away"])
def test_a_kill_at_the_last_byte_makes_neither_none_nor_two(
    sender: Sender, clip_bytes: bytes, in_site: Flask, settings: Settings, sent: Sent, at: str
) -> None:
    url = sender.begun(len(clip_bytes))
    storage = in_site.extensions["kb.hands"].storage

    class Killed:
        def __getattr__(self, name: str) -> Any:
            return getattr(storage, name)

        def put(self, key: str, file: Path) -> None:
            if at == "before the file moves":
                os._exit(9)
            storage.put(key, file)
            if at == "before the row is written":
                os._exit(9)

    class Deadly(list[Any]):
        def append(self, _job: Any) -> None:
            os._exit(9)

    def in_a_process_that_dies() -> None:
        in_site.extensions["kb.hands"].storage = Killed()
        if at == "before the part is taken away":
            # Its jobs go out when it is committed.
            in_site.extensions["kb.hands"].storage = storage
            sent.jobs = Deadly()
        sender.send(url, 0, clip_bytes)

    assert died(in_a_process_that_dies) == 9
    answer = sender.head(url)
    assert answer.headers["Upload-Offset"] == str(len(clip_bytes))
    assert db.session.scalars(select(Screencast.id)).all() == [answer.headers["Screencast-Id"]]
    endings.tend()
    assert list((settings.tmp_dir / "uploads").iterdir()) == []
    assert len(list((settings.data_dir / "originals").iterdir())) == 1


def died(act: Callable[[], object]) -> int:
    """Do it in a copy of this process. -> how that ended."""
    db.session.remove()
    with warnings.catch_warnings():
        # What other threads hold is nothing that it needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        db.engine.dispose(close=False)
        try:
            act()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_who_asks_while_somebody_else_ends_it_is_told_to_ask_again(sender: Sender, clip_bytes: bytes) -> None:
    """All of it is there: a client that read so would take it for done, and never learn the screencast."""
    url = sender.begun(len(clip_bytes), clip_bytes[:-7])
    with part_files.opened(url.rpartition("/")[2]) as file:
        assert sender.head(url).status_code == 200
        file.add(clip_bytes[-7:])
        assert sender.head(url).status_code == 423
    assert "Screencast-Id" in sender.head(url).headers


def test_one_that_can_not_be_ended_keeps_no_other_from_its_end(
    sender: Sender, clip_bytes: bytes, in_site: Flask, remains: Left
) -> None:
    urls = [sender.begun(len(clip_bytes), clip_bytes[:-7]) for _ in range(3)]
    for url in urls:
        with part_files.opened(url.rpartition("/")[2]) as file:
            file.add(clip_bytes[-7:])
    storage = in_site.extensions["kb.hands"].storage

    class BrokenOnce:
        is_broken = True

        def __getattr__(self, name: str) -> Any:
            return getattr(storage, name)

        def put(self, key: str, file: Path) -> None:
            if self.is_broken:
                self.is_broken = False
                raise OSError(errno.EIO, "the disk is broken")
            storage.put(key, file)

    in_site.extensions["kb.hands"].storage = BrokenOnce()
    endings.tend()
    assert len(db.session.scalars(select(Screencast.id)).all()) == 2
    endings.tend()
    assert len(db.session.scalars(select(Screencast.id)).all()) == 3


def test_a_failure_of_ours_at_the_last_byte_loses_nothing(
    sender: Sender, clip_bytes: bytes, in_site: Flask, folder: Path
) -> None:
    storage = in_site.extensions["kb.hands"].storage

    class Breaking:
        def __getattr__(self, name: str) -> Any:
            return getattr(storage, name)

        def put(self, key: str, file: Path) -> None:
            storage.put(key, file)
            raise OSError(errno.EIO, "the disk is broken")

    in_site.extensions["kb.hands"].storage = Breaking()
    in_site.testing = False
    url, answer = send_whole(sender, clip_bytes)
    assert answer.status_code == 500
    assert [path.name for path in folder.iterdir()] == [url.rpartition("/")[2]]
    in_site.extensions["kb.hands"].storage = storage
    answer = sender.head(url)
    assert db.session.get(Screencast, answer.headers["Screencast-Id"])
    assert list(folder.iterdir()) == []


def test_a_category_or_team_that_went_meanwhile_costs_no_recording_and_shows_it_to_nobody_else(
    sender: Sender, clip_bytes: bytes, people: People
) -> None:
    category = categories.add("Network", by=people.curator)
    url = sender.begun(len(clip_bytes), category=category.id, visibility="team")
    categories.remove(category.id, by=people.curator, items_go_to=None)
    answer = sender.send(url, 0, clip_bytes)
    made = db.session.get_one(Screencast, answer.headers["Screencast-Id"])
    assert (made.category_id, made.visibility) == (None, "private")


# -- what is refused ----------------------------------------------------------------------------------------

WRONG_FIELDS = (
    ("title", "x" * 201),
    ("description", "x" * 20_001),
    ("category", "no-such-category"),
    ("visibility", "secret"),
    ("team", "no-such-team"),
    ("tags", ",".join(f"tag{n}" for n in range(31))),
    ("captions", "no captions at all"),
    ("captions_language", "../etc"),
    ("draft", "perhaps"),
)


@pytest.mark.parametrize(("field", "value"), WRONG_FIELDS)
def test_a_wrong_field_is_refused_before_a_byte_is_sent(sender: Sender, remains: Left, field: str, value: str) -> None:
    fields = {field: value} | ({"visibility": "team"} if field == "team" else {})
    answer = sender.begin(2 << 30, Upload_Metadata=metadata(**fields))
    assert list(answer.json["errors"]) == [field]
    assert answer.status_code == 422
    assert db.session.scalars(select(PartialUpload)).all() == []
    assert remains() == []


def test_a_text_that_is_no_utf_8_is_refused(sender: Sender) -> None:
    refused(sender.begin(10, Upload_Metadata="title /w=="), 422, "invalid", "title")


def test_what_is_no_video_is_refused_and_so_told_again(sender: Sender, remains: Left, sent: Sent) -> None:
    for content, filename, status, code in NO_VIDEO:
        url = sender.begin(max(1, len(content)), Upload_Metadata=metadata(filename=filename)).headers["Location"]
        answer = sender.send(url, 0, content) if content else sender.send(url, 0, b" ")
        expected = (status, code) if content else (415, "not-a-video")
        problem = refused(answer, *expected)
        assert remains() == []
        again = sender.send(url, 0, content)
        assert (again.status_code, again.json) == (answer.status_code, problem)
        assert sender.head(url).status_code == answer.status_code
    assert sent.jobs == []


def test_an_empty_recording_is_refused(sender: Sender, remains: Left) -> None:
    refused(sender.begin(0), 422, "empty-file", "file")
    url = sender.begun(None)
    refused(sender.send(url, 0, Upload_Length=0), 422, "empty-file", "file")
    assert remains() == []


@pytest.mark.parametrize("content", [PLAYLIST, HTML, b"\0" * 100])
def test_what_is_no_video_is_refused_as_soon_as_that_can_be_known(
    sender: Sender, remains: Left, content: bytes
) -> None:
    url = sender.begun(1 << 30)
    start = content.ljust(64 * 1024, b"\n")
    assert sender.send(url, 0, start[:-1]).status_code == 204
    refused(sender.send(url, len(start) - 1, start[-1:]), 415, "not-a-video")
    assert remains() == []
    assert sender.head(url).status_code == 415


def test_a_body_is_not_read_on_once_it_is_known_to_be_no_video(sender: Sender) -> None:
    class Endless:
        read_bytes = 0

        def read(self, size: int) -> bytes:
            self.read_bytes += size
            return b"text" * (size // 4)

    body, url = Endless(), sender.begun(1 << 30)
    head = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": PART_TYPE} | sender.caller.headers
    answer = sender.caller.client.open(
        url, method="PATCH", headers=head, environ_overrides={"CONTENT_LENGTH": str(1 << 30), "wsgi.input": body}
    )
    assert answer.status_code == 415
    assert body.read_bytes < 1 << 20


def test_a_damaged_part_does_not_make_it_no_video(sender: Sender, clip_bytes: bytes) -> None:
    url = sender.begun(len(clip_bytes))
    damaged = b"\0" * 70_000
    refused(sender.send(url, 0, damaged, Upload_Checksum="sha1 AAAA"), 460, "bad-checksum")
    assert sender.send(url, 0, clip_bytes).status_code == 204


def test_what_is_refused_at_the_last_byte_is_told_again(
    make_site: Callable[..., Flask], settings: Settings, clip_bytes: bytes
) -> None:
    from kb.accounts.models import Role

    site = make_site(settings.model_copy(update={"max_duration_s": 1}))
    with site.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "A", Role.member, None), "test")
        sender = Sender(Caller(site.test_client(), {"Authorization": f"Bearer {token}"}))
        url, answer = send_whole(sender, clip_bytes)
        problem = refused(answer, 422, "too-long", "file")
        assert sender.send(url, 0).json == problem
        assert list((settings.tmp_dir / "uploads").iterdir()) == []
        assert list((settings.data_dir / "originals").iterdir()) == []


def test_a_recording_that_grows_too_large_can_be_ended_where_it_is(
    make_site: Callable[..., Flask], settings: Settings, clip_bytes: bytes
) -> None:
    from kb.accounts.models import Role

    most = len(clip_bytes)
    site = make_site(settings.model_copy(update={"max_upload_bytes": most}))
    with site.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "A", Role.member, None), "test")
        sender = Sender(Caller(site.test_client(), {"Authorization": f"Bearer {token}"}))
        refused(sender.begin(most + 1), 413, "too-large")
        url = sender.begun(None, clip_bytes)
        refused(sender.send(url, most, b"!"), 413, "too-large")
        refused(sender.send(url, most, Upload_Length=most + 1), 413, "too-large")
        assert sender.offset(url) == most
        assert "Screencast-Id" in sender.send(url, most, Upload_Length=most).headers


# -- whose it is --------------------------------------------------------------------------------------------


def test_nobody_else_sees_goes_on_with_or_ends_it(
    sender: Sender, call_as: Callable[[str | None], Caller], people: People
) -> None:
    url = sender.begun(20, b"0123456789")
    for other in (people.mate, people.curator, people.admin):
        stranger = Sender(call_as(other))
        not_there = stranger.head(f"{UPLOADS}/{'b' * 14}")
        for answer in (stranger.head(url), stranger.send(url, 10, b"x"), stranger.call("DELETE", url)):
            assert answer.status_code == not_there.status_code == 404
    assert sender.offset(url) == 10


def test_a_browser_sends_with_its_cookie_and_the_csrf_token(
    signed_in: Callable[[str], FlaskClient], people: People, clip_bytes: bytes
) -> None:
    browser = signed_in(people.author)
    csrf = csrf_of(browser)  # type: ignore[arg-type]
    without, with_token = Sender(Caller(browser, {})), Sender(Caller(browser, {"X-CSRFToken": csrf}))
    refused(without.begin(len(clip_bytes)), 400, "stale-form")
    url = with_token.begun(len(clip_bytes))
    assert without.head(url).status_code == 200
    for answer in (without.send(url, 0, clip_bytes), without.call("DELETE", url)):
        refused(answer, 400, "stale-form")
    override = {"X-HTTP-Method-Override": "DELETE"}
    for method in ("GET", "POST"):
        assert without.call(method, url, **override).status_code == 400
    assert with_token.send(url, 0, clip_bytes).headers["Screencast-Id"]


def test_no_answer_to_a_named_method_announces_bytes_that_do_not_come(sender: Sender) -> None:
    for method, named in (("POST", "HEAD"), ("GET", "HEAD"), ("POST", "DELETE")):
        answer = sender.call(method, f"{UPLOADS}/unknown", **{"X-HTTP-Method-Override": named})
        assert (answer.status_code, answer.headers["Content-Length"]) == (404, str(len(answer.data)))
    # The server would send the body of whatever else this were answered with.
    assert sender.head(f"{UPLOADS}/unknown", **{"X-HTTP-Method-Override": "DELETE"}).data == b""
    url = sender.begun(20)
    assert sender.head(url, **{"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert sender.offset(url) == 0


def test_what_is_refused_fills_no_database(sender: Sender) -> None:
    said = metadata(description="x" * 10_000)
    answers = [sender.begin(len(HTML), HTML, Upload_Metadata=said) for _ in range(rows.MOST_REFUSED + 5)]
    assert {answer.status_code for answer in answers} == {415}
    kept = db.session.scalars(select(PartialUpload)).all()
    assert len(kept) == rows.MOST_REFUSED
    assert not any(each.sent_metadata or each.fields for each in kept)


def test_a_late_refusal_leaves_the_original_as_it_is(sender: Sender, author: Caller, clip_bytes: bytes) -> None:
    url, answer = send_whole(sender, clip_bytes)
    rows.refuse(url.rpartition("/")[2], rows.expired())
    assert author.get(f"/screencasts/{answer.headers['Screencast-Id']}/original").data == clip_bytes
    assert sender.head(url).headers["Screencast-Id"]


def test_uploads_of_unknown_length_count_as_the_largest(sender: Sender, clip_bytes: bytes) -> None:
    urls = [sender.begun(None) for _ in range(limits.MOST_PROMISED)]
    refused(sender.begin(None), 429, "too-many-uploads")
    refused(sender.begin(1), 429, "too-many-uploads")
    sender.send(urls[0], 0, Upload_Length=1000)
    assert sender.begin(1).status_code == 201


def test_nothing_comes_of_somebody_who_was_switched_off_until_they_are_back(
    sender: Sender, clip_bytes: bytes, person: Person
) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:500])
    with part_files.opened(url.rpartition("/")[2]) as file:
        file.add(clip_bytes[500:])
    with writing():
        person.active = False
    endings.tend()
    assert row(url).screencast_id is None
    with writing():
        person.active = True
    assert sender.head(url).headers["Screencast-Id"]


def test_what_somebody_sent_who_stays_switched_off_expires(
    sender: Sender, clip_bytes: bytes, person: Person, folder: Path
) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:500])
    with part_files.opened(url.rpartition("/")[2]) as file:
        file.add(clip_bytes[500:])
    with writing():
        person.active = False
    change(url, expires_at=now())
    endings.tend()
    assert list(folder.iterdir()) == []
    assert (row(url).refusal or {})["code"] == "expired"


def test_each_part_counts_as_a_write(sender: Sender) -> None:
    url = sender.begun(20)
    limits = [sender.send(url, 0).headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining")]
    assert limits == ["600", "597"]


# -- another recording for a screencast ---------------------------------------------------------------------


def test_it_may_replace_the_recording_of_a_screencast(
    sender: Sender, receive: Callable[..., str], clip_bytes: bytes
) -> None:
    screencast_id = receive()
    other = clip_bytes + b"\0\0\0\x08free"
    _, answer = send_whole(sender, other, replaces=screencast_id, filename="better.mp4")
    assert answer.headers["Screencast-Id"] == screencast_id
    db.session.rollback()
    replaced = db.session.get_one(Screencast, screencast_id)
    assert (replaced.take, replaced.filename, replaced.original_bytes) == (2, "better.mp4", len(other))
    assert [version.take for version in replaced.versions] == [1]


def test_only_a_recording_of_ones_own_may_be_replaced(
    sender: Sender, receive: Callable[..., str], people: People
) -> None:
    others = receive(by=people.other)
    refused(sender.begin(10, Upload_Metadata=metadata(replaces=others)), 403, "not-allowed")
    private = receive(by=people.other, visibility="private")
    refused(sender.begin(10, Upload_Metadata=metadata(replaces=private)), 404, "not-found")
    refused(sender.begin(10, Upload_Metadata=metadata(replaces="unknown")), 404, "not-found")


def test_one_that_is_erased_before_its_new_recording_is_in_is_said_to_be(
    sender: Sender, receive: Callable[..., str], clip_bytes: bytes, person: Person
) -> None:
    screencast_id = receive()
    url = sender.begun(len(clip_bytes), replaces=screencast_id)
    erasing.erase(screencast_id, by=person)
    refused(sender.send(url, 0, clip_bytes), 404, "not-found")


def test_one_that_its_replacer_may_not_see_any_more_is_left_as_it_is(
    call_as: Callable[[str | None], Caller], receive: Callable[..., str], clip_bytes: bytes, people: People
) -> None:
    admin = Sender(call_as(people.admin))
    screencast_id = receive(visibility="everyone")
    url = admin.begun(len(clip_bytes) + 8, replaces=screencast_id)
    with writing():
        db.session.get_one(Screencast, screencast_id).visibility = "private"
    refused(admin.send(url, 0, clip_bytes + b"\0\0\0\x08free"), 404, "not-found")
    assert db.session.get_one(Screencast, screencast_id).take == 1


# -- room ---------------------------------------------------------------------------------------------------


def room_for(site: Flask, free_bytes: int) -> None:
    """As if the disk had so much room beside what is kept for the rest of the site."""
    the_hands = site.extensions["kb.hands"]
    the_hands.has_room = lambda size_bytes, *_folders, spare_bytes: size_bytes <= free_bytes


def test_what_others_have_announced_counts_as_taken(
    sender: Sender, call_as: Callable[[str | None], Caller], people: People, in_site: Flask
) -> None:
    room_for(in_site, 1000)
    url = Sender(call_as(people.other)).begun(600, b"0" * 100)
    refused(sender.begin(501), 507, "no-room")
    assert sender.begin(500).status_code == 201
    deferred = sender.begun(None)
    refused(sender.send(deferred, 0, Upload_Length=1), 507, "no-room")
    assert Sender(call_as(people.other)).call("DELETE", url).status_code == 204
    assert sender.send(deferred, 0, Upload_Length=1).status_code == 204


def test_a_disk_that_fills_up_keeps_what_came_and_it_can_be_gone_on_with(
    sender: Sender, clip_bytes: bytes, in_site: Flask
) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:1000])
    has_room = in_site.extensions["kb.hands"].has_room
    room_for(in_site, 0)
    problem = refused(sender.send(url, 1000, clip_bytes[1000:]), 507, "no-room")
    assert "is kept" in problem["detail"]
    assert sender.offset(url) == 1000
    in_site.extensions["kb.hands"].has_room = has_room
    assert sender.send(url, 1000, clip_bytes[1000:]).headers["Screencast-Id"]


def test_a_full_disk_is_said_to_be_one(sender: Sender, folder: Path) -> None:
    url = sender.begun(100)
    (folder / url.rpartition("/")[2]).symlink_to("/dev/full")
    refused(sender.send(url, 0, b"x"), 507, "no-room")


def test_one_person_may_begin_only_so_many(
    sender: Sender, call_as: Callable[[str | None], Caller], people: People, settings: Settings
) -> None:
    with writing() as session:
        for _ in range(limits.MOST_OPEN):
            session.add(PartialUpload(person_id=people.author, size_bytes=1, expires_at=now() + timedelta(days=1)))
    problem = refused(sender.begin(1), 429, "too-many-uploads")
    assert str(limits.MOST_OPEN) in problem["detail"]
    assert Sender(call_as(people.other)).begin(1).status_code == 201


def test_one_person_may_announce_only_so_much(sender: Sender, settings: Settings) -> None:
    for _ in range(limits.MOST_PROMISED):
        sender.begun(settings.max_upload_bytes)
    refused(sender.begin(1), 429, "too-many-uploads")


# -- the end of it ------------------------------------------------------------------------------------------


def test_what_is_ended_gives_its_bytes_back_at_once(sender: Sender, remains: Left) -> None:
    url = sender.begun(20, b"0123456789")
    assert sender.call("DELETE", url).status_code == 204
    assert remains() == []
    for answer in (sender.head(url), sender.send(url, 10, b"x"), sender.call("DELETE", url)):
        assert answer.status_code == 404


def test_to_end_what_has_become_a_screencast_leaves_that(sender: Sender, author: Caller, clip_bytes: bytes) -> None:
    url, answer = send_whole(sender, clip_bytes)
    assert sender.call("DELETE", url).status_code == 204
    assert sender.head(url).status_code == 404
    assert author.get(f"/screencasts/{answer.headers['Screencast-Id']}/original").data == clip_bytes


def test_what_is_ended_while_it_becomes_a_screencast_becomes_none(
    sender: Sender, clip_bytes: bytes, people: People, in_site: Flask, remains: Left
) -> None:
    url = sender.begun(len(clip_bytes))
    storage = in_site.extensions["kb.hands"].storage

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(storage, name)

        def put(self, key: str, file: Path) -> None:
            storage.put(key, file)
            uploads.end(url.rpartition("/")[2], by=db.session.get_one(Person, people.author))

    in_site.extensions["kb.hands"].storage = Slow()
    refused(sender.send(url, 0, clip_bytes), 404, "not-found")
    in_site.extensions["kb.hands"].storage = storage
    assert remains() == []


def test_what_nobody_goes_on_with_expires(sender: Sender, remains: Left) -> None:
    url = sender.begun(20, b"0123456789")
    change(url, expires_at=now() - timedelta(seconds=1))
    refused(sender.send(url, 10, b"x"), 410, "expired")
    assert sender.head(url).status_code == 410
    endings.tend()
    assert remains() == []
    refused(sender.send(url, 10, b"x"), 410, "expired")
    change(url, expires_at=now() - timedelta(seconds=1))
    endings.tend()
    assert sender.head(url).status_code == 404


def test_each_part_puts_the_end_off(sender: Sender) -> None:
    url = sender.begun(20)
    soon = now() + timedelta(hours=1)
    change(url, expires_at=soon)
    sender.send(url, 0, b"0123456789")
    assert row(url).expires_at > soon + timedelta(days=6)


def test_how_it_ended_is_told_for_a_week_and_then_forgotten(sender: Sender, clip_bytes: bytes) -> None:
    url, _ = send_whole(sender, clip_bytes)
    endings.tend()
    assert sender.head(url).status_code == 200
    change(url, expires_at=now())
    endings.tend()
    assert sender.head(url).status_code == 404
    assert db.session.scalars(select(Screencast.id)).one()


def test_the_clock_takes_away_files_without_an_upload_and_no_others(sender: Sender, folder: Path) -> None:
    url = sender.begun(20, b"0123456789")
    for name in ("stray", "stray.unchecked", "stray.wanted", "stray.whole"):
        (folder / name).write_bytes(b"5")
    endings.tend()
    assert [path.name for path in folder.iterdir()] == [url.rpartition("/")[2]]
    assert sender.offset(url) == 10


def test_the_clock_leaves_one_alone_that_is_being_sent(sender: Sender) -> None:
    url = sender.begun(20, b"0123456789")
    change(url, expires_at=now() - timedelta(seconds=1))
    with part_files.opened(url.rpartition("/")[2]):
        endings.tend()
    assert row(url).refusal is None


def test_cleaning_up_spares_unfinished_uploads(sender: Sender, folder: Path) -> None:
    from kb.screencasts.files.cleaning import clean

    url = sender.begun(20, b"0123456789")
    os.utime(folder, (0, 0))
    clean()
    assert sender.offset(url) == 10


def test_what_can_be_gone_on_with_is_listed_for_its_person(
    sender: Sender, clip_bytes: bytes, people: People, person: Person
) -> None:
    first, second, late = sender.begun(20, b"0123456789", filename="a.mp4"), sender.begun(None), sender.begun(5)
    send_whole(sender, clip_bytes)
    change(late, expires_at=now())
    listed = [(f"{UPLOADS}/{upload.id}", offset) for upload, offset in uploads.unfinished(person)]
    assert sorted(listed) == sorted([(second, 0), (first, 10)])
    assert uploads.unfinished(db.session.get_one(Person, people.mate)) == []


# -- one writer ---------------------------------------------------------------------------------------------


def test_while_somebody_sends_nobody_else_does(sender: Sender) -> None:
    url = sender.begun(20, b"0123456789")
    with part_files.opened(url.rpartition("/")[2]):
        refused(sender.send(url, 10, b"x"), 423, "in-use")
        assert sender.offset(url) == 10
    assert sender.send(url, 10, b"x").status_code == 204


def test_bytes_that_a_killed_process_had_not_verified_do_not_count(sender: Sender) -> None:
    url = sender.begun(20, b"0123456789")
    with part_files.opened(url.rpartition("/")[2]) as file:
        (file.path.with_name(f"{file.path.name}.unchecked")).write_text("4")
    assert sender.offset(url) == 4
    assert sender.send(url, 4, b"x").headers["Upload-Offset"] == "5"
    assert sender.offset(url) == 5


def test_a_mark_without_a_number_counts_for_nothing(sender: Sender, folder: Path) -> None:
    """Killed after it was made and before it said where: no byte was added by then."""
    url = sender.begun(20, b"0123456789")
    (folder / f"{url.rpartition('/')[2]}.unchecked").touch()
    assert sender.offset(url) == 10
    assert sender.send(url, 10, b"x").headers["Upload-Offset"] == "11"


def test_a_file_that_was_lost_is_sent_again_from_its_start(sender: Sender, clip_bytes: bytes, folder: Path) -> None:
    url = sender.begun(len(clip_bytes), clip_bytes[:5000])
    (folder / url.rpartition("/")[2]).unlink()
    assert sender.offset(url) == 0
    assert sender.send(url, 0, clip_bytes).headers["Screencast-Id"]
