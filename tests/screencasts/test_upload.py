"""One request with a recording: what is taken, what is refused and how, and that a refusal leaves nothing behind."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.config import Settings
from kb.db import db
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People, Sent

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

WORDS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"

Upload = Callable[..., Any]
Left = Callable[[], list[str]]


def refused(answer: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """Check that it is a problem document of this status and code, about this field; return it."""
    problem = answer.json
    assert answer.content_type == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code), problem
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"].endswith((".", "?"))
    assert set(problem) <= {"type", "title", "status", "detail", "code", "errors"}
    if field:
        assert problem["errors"][field][0]
    return dict(problem)


NO_VIDEO = (
    (b"", "empty.mp4", 422, "empty-file"),
    (b"just some text " * 50, "text.mp4", 415, "not-a-video"),
    (PNG, "picture.png", 415, "not-a-video"),
    (PNG, "picture.mp4", 415, "not-a-video"),
    (PLAYLIST, "list.m3u8", 415, "not-a-video"),
    (PLAYLIST, "list.mp4", 415, "not-a-video"),
    (PLAYLIST, "list.webm", 415, "not-a-video"),
    (CONCAT, "list.avi", 415, "not-a-video"),
    (SDP, "stream.mp4", 415, "not-a-video"),
    (HTML, "page.mp4", 415, "not-a-video"),
    (SVG, "drawing.mp4", 415, "not-a-video"),
    (b"\0\0\0\x18ftypisom" + b"\0" * 2000, "broken.mp4", 422, "unreadable"),
)


def test_what_is_no_video_is_refused_in_words_and_leaves_nothing(upload: Upload, left: Left, sent: Sent) -> None:
    for content, filename, status, code in NO_VIDEO:
        problem = refused(upload(content, filename), status, code)
        assert "ffmpeg" not in problem["detail"].lower()
        assert "/" not in problem["detail"]
    assert left() == []
    assert sent.jobs == []


def test_a_recording_without_a_picture_is_refused(
    upload: Upload, left: Left, sound_only: Callable[[str], bytes]
) -> None:
    for name in ("sound.wav", "sound.mp3", "sound.m4a"):
        refused(upload(sound_only(name), "video.mp4"), 415, "not-a-video")
    for name in ("sound.mp4", "sound.mkv"):
        refused(upload(sound_only(name), name), 422, "no-picture")
    assert left() == []


def test_a_recording_that_is_too_long_is_refused_at_once(  # type: ignore[no-untyped-def]
    make_site, settings: Settings, clip_bytes: bytes
) -> None:
    from tests.web.actors import prepare

    site = prepare(make_site(settings.model_copy(update={"max_duration_s": 1})))
    with site.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "A", Role.member, None), "test")
        bearer = {"Authorization": f"Bearer {token}"}
        answer = site.test_client().post(
            "/api/v1/screencasts", data={"file": (BytesIO(clip_bytes), "clip.mp4")}, headers=bearer
        )
        refused(answer, 422, "too-long", "file")
        assert db.session.scalars(select(Screencast)).all() == []
    assert list((settings.data_dir / "originals").iterdir()) == []
    assert list(settings.tmp_dir.iterdir()) == []


def test_without_a_file_the_answer_says_so(author: Caller, left: Left) -> None:
    for data in ({}, {"title": "No file"}, {"file": "not a file"}, {"recording": (BytesIO(b"x"), "a.mp4")}):
        refused(author.post("/api/v1/screencasts", data=data), 422, "no-file", "file")
    for kind in ("application/json", "text/plain", "application/octet-stream"):
        refused(author.post("/api/v1/screencasts", data=b"{}", content_type=kind), 422, "no-file", "file")
    assert left() == []


WRONG = (
    ("title", "x" * 201),
    ("title", "x" * 300),
    ("purpose", "x" * 301),
    ("description", "x" * 20_001),
    ("category", "no-such-category"),
    ("category", "../../etc"),
    ("visibility", "secret"),
    ("visibility", ""),
    ("visibility", "Public"),
    ("tags", ["x" * 61]),
    ("tags", [f"tag{n}" for n in range(31)]),
    ("captions_language", "../../../etc/passwd"),
    ("captions_language", "..\\..\\x"),
    ("captions_language", "/etc/passwd"),
    ("captions_language", "en/../../x"),
    ("captions_language", "e"),
    ("captions_language", "en\x00"),
    ("captions_language", "en\n"),
    ("captions_language", "abc-abcdefgh-abcdefgh"),
    ("captions_language", "en-" + "-".join(["abcdefgh"] * 20)),
    ("captions_language", "%2e%2e%2f"),
    ("captions_language", "en_US"),
)


def test_a_wrong_field_is_named_and_leaves_nothing(upload: Upload, left: Left, sent: Sent) -> None:
    """The category and the team are looked up inside the transaction, when the file is in its place already."""
    for field, value in WRONG:
        problem = refused(upload(**{"captions": WORDS, field: value}), 422, "invalid")
        assert list(problem["errors"]) == [field]
        assert "pattern" not in str(problem)
        assert left() == [], field
    assert sent.jobs == []


def test_captions_that_can_not_be_read_are_refused_and_leave_nothing(upload: Upload, left: Left, sent: Sent) -> None:
    for captions in (b"", b"not captions at all", b"\x00\xff" * 500, b"WEBVTT\n\n", b"x" * (6 << 20)):
        refused(upload(captions=captions), 422, "bad-captions", "captions")
    assert left() == []
    assert sent.jobs == []


# -- visibility and teams -----------------------------------------------------------------------------------


def test_a_team_is_the_uploaders_only_one_unless_it_is_named(upload: Upload, people: People) -> None:
    for fields in ({}, {"team": people.team}):
        answer = upload(visibility="team", **fields)
        assert answer.status_code == 202
        assert answer.json["team"] == {"id": people.team, "name": "Blue"}


def test_of_several_teams_one_must_be_named_and_it_must_be_ones_own(
    upload: Upload, people: People, left: Left, call_as: Callable[[str], Caller]
) -> None:
    admin = db.session.get_one(Person, people.admin)
    red = accounts.add_team("Red", by=admin).id
    refused(upload(visibility="team", team=red), 422, "invalid", "team")
    refused(upload(visibility="team", as_=call_as(people.other)), 422, "invalid", "team")
    refused(upload(visibility="team", team="no-such-team"), 422, "invalid", "team")
    accounts.change_person(people.author, by=admin, role=Role.member, active=True, team_ids=[people.team, red])
    refused(upload(visibility="team"), 422, "invalid", "team")
    assert left() == []
    assert upload(visibility="team", team=red).json["team"]["name"] == "Red"


def test_a_team_without_visibility_team_means_nothing(upload: Upload, people: People) -> None:
    answer = upload(visibility="private", team=people.team).json
    assert (answer["visibility"], answer["team"]) == ("private", None)


# -- what is taken --------------------------------------------------------------------------------------------


def test_the_fields_come_back_as_they_were_meant(upload: Upload, author: Caller, people: People) -> None:
    answer = upload(
        title="  Reset   the VPN ",
        purpose="roll back\na deploy",
        description="Line one\n\tline two",
        tags=["VPN", "#net work, vpn", ""],
        visibility="private",
        draft="true",
    )
    assert answer.status_code == 202
    taken = answer.json
    assert answer.headers["Location"] == f"/api/v1/screencasts/{taken['id']}"
    assert author.get(answer.headers["Location"]).json == taken
    assert taken["title"] == "Reset the VPN"
    assert taken["purpose"] == "roll back a deploy"
    assert taken["description"] == "Line one\n\tline two"
    assert taken["tags"] == ["net work", "vpn"]
    assert (taken["visibility"], taken["draft"], taken["published_at"]) == ("private", True, None)
    assert taken["author"] == {"id": people.author, "name": "Test Author"}
    assert (taken["state"], taken["playable"], taken["progress"], taken["error"]) == ("processing", False, 0.0, None)


def test_without_a_word_it_is_for_everyone_and_published(upload: Upload) -> None:
    taken = upload().json
    assert (taken["title"], taken["visibility"], taken["draft"]) == ("Clip", "everyone", False)
    assert taken["published_at"]
    assert (taken["category"], taken["tags"], taken["purpose"], taken["captions"]) == (None, [], "", [])


NAMES = (
    ("../../etc/passwd.mp4", "Passwd", "passwd.mp4"),
    ("/absolute/path/to_it.mp4", "To it", "to_it.mp4"),
    ("gnp\u202e4pm.exe.mp4", "Gnp 4pm exe", "gnp 4pm.exe.mp4"),
    ("tab\tand\x07bell.mp4", "Tab and bell", "tab and bell.mp4"),
    ("-rf --exec $(id) `id` ;|&.mp4", "Rf exec $(id) `id` ;|&", "-rf --exec $(id) `id` ;|&.mp4"),
    ("Größe 日本語 🎬.mp4", "Größe 日本語 🎬", "Größe 日本語 🎬.mp4"),
    ("x" * 400 + ".mp4", "X" + "x" * 199, "x" * 255),
    ("\u202e\u200f.mp4", "Untitled", ".mp4"),
)


def test_a_file_name_is_words_and_never_a_path(upload: Upload, in_site: Flask) -> None:
    data = in_site.extensions["kb.settings"].data_dir
    for filename, title, kept in NAMES:
        taken = upload(filename=filename).json
        db.session.rollback()
        row = db.session.get_one(Screencast, taken["id"])
        assert (taken["title"], row.filename) == (title, kept)
        assert row.original_key == f"originals/{taken['id']}.mp4"
        assert (data / row.original_key).is_file()
    assert len(list((data / "originals").iterdir())) == len(NAMES)
    assert list((data / "private" / "tmp").iterdir()) == []


def test_a_name_with_a_line_break_breaks_no_header(author: Caller, clip_bytes: bytes) -> None:
    name = "filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1.mp4"
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"; {name}\r\n\r\n'.encode()
    taken = author.post(
        "/api/v1/screencasts", data=head + clip_bytes + b"\r\n--b--\r\n", content_type="multipart/form-data; boundary=b"
    )
    assert taken.json["title"] == "A Set Cookie: x=1"
    answer = author.get(f"/screencasts/{taken.json['id']}/original")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_of_several_files_the_first_is_taken_and_the_others_are_gone(
    author: Caller, clip_bytes: bytes, in_site: Flask
) -> None:
    two = [(BytesIO(clip_bytes), "first.mp4"), (BytesIO(clip_bytes), "second.mp4")]
    answer = author.post("/api/v1/screencasts", data={"file": two, "other": (BytesIO(b"x"), "third.mp4")})
    assert answer.json["title"] == "First"
    data = in_site.extensions["kb.settings"].data_dir
    assert len(list((data / "originals").iterdir())) == 1
    assert list((data / "private" / "tmp").iterdir()) == []


def test_a_wrong_extension_is_no_fault(upload: Upload) -> None:
    assert upload(filename="clip.avi").status_code == 202
    assert upload(filename="clip").status_code == 202


def test_captions_come_along(upload: Upload, author: Caller) -> None:
    captions = b"\xef\xbb\xbf1\r\n00:00:00,500 --> 00:00:01,500\r\n<i>Reset</i> the \xc3\xbcbung\r\n"
    taken = upload(captions=captions, captions_language="pt-br").json
    assert [(each["language"], each["source"]) for each in taken["captions"]] == [("pt-BR", "upload")]
    url = taken["captions"][0]["url"].removeprefix("http://127.0.0.1:8000")
    assert author.get(url).text == "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nReset the übung\n"


@pytest.mark.parametrize(
    ("said", "kept"), [({"language": "de"}, "de"), ({"language": "de", "captions_language": "en"}, "en"), ({}, "en")]
)
def test_captions_without_a_language_are_in_that_of_the_recording(
    upload: Upload, said: dict[str, str], kept: str
) -> None:
    captions = b"WEBVTT\n\n00:00.500 --> 00:01.500\nDas Kennwort\n"
    taken = upload(captions=captions, **said).json
    assert [each["language"] for each in taken["captions"]] == [kept]


# -- the form that works without JavaScript -------------------------------------------------------------------


def test_the_plain_form_takes_the_same(author: Caller, clip_bytes: bytes, left: Left) -> None:
    fields = {"title": "By form", "tags": "one, two", "visibility": "private", "captions_language": ""}
    answer = author.post("/upload", data={"file": (BytesIO(clip_bytes), "clip.mp4"), **fields})
    assert answer.status_code == 302
    taken = author.get(f"/api/v1{answer.location}").json
    assert (taken["title"], taken["tags"], taken["visibility"]) == ("By form", ["one", "two"], "private")


def test_the_plain_form_shows_what_was_typed_and_what_is_wrong(author: Caller, clip_bytes: bytes, left: Left) -> None:
    fields = {"title": "T" * 201, "purpose": "keep this"}
    answer = author.post("/upload", data={"file": (BytesIO(clip_bytes), "clip.mp4"), **fields})
    assert answer.status_code == 422
    assert 'value="keep this"' in answer.text
    assert 'id="title-fault"' in answer.text
    answer = author.post("/upload", data={"file": (BytesIO(b"text"), "clip.mp4")})
    assert answer.status_code == 415
    assert 'id="file-fault"' in answer.text
    assert left() == []
