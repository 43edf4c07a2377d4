"""What the upload page shows of an earlier visit."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from kb.db import writing
from kb.screencasts.models import Screencast, State
from tests.conftest import Caller, People

MODIFIED = 1_772_600_000_000


@pytest.fixture
def other(people: People, call_as: Callable[[str | None], Caller]) -> Caller:
    return call_as(people.other)


def test_a_part_of_a_file_is_told_with_what_it_is_known_again_by(
    author: Caller, other: Caller, clip_bytes: bytes
) -> None:
    path = begin(author, clip_bytes, title="Reset the VPN", modified=str(MODIFIED))
    send(author, path, clip_bytes[:1000])
    [part] = begun(author)["parts"]
    assert path.endswith(part["path"])
    assert (part["name"], part["size"], part["modified"]) == ("vpn.mp4", len(clip_bytes), MODIFIED)
    assert part["offset"] == 1000
    assert part["fields"]["title"] == "Reset the VPN"
    assert begun(other)["parts"] == []


def test_what_another_client_sends_is_for_that_to_go_on_with(author: Caller, clip_bytes: bytes) -> None:
    begin(author, clip_bytes)
    begin(author, clip_bytes, modified="yesterday")
    assert begun(author)["parts"] == []


def test_drafts_and_work_in_progress_are_told_and_what_is_out_is_not(
    author: Caller, other: Caller, upload: Callable[..., Any]
) -> None:
    draft = upload(title="Draft", draft="true").json["id"]
    in_work = upload(title="In work").json["id"]
    out = upload(title="Out").json["id"]
    with writing() as session:
        session.execute(update(Screencast).where(Screencast.id.in_([draft, out])).values(state=State.ready))
    told = {each["id"]: each for each in begun(author)["screencasts"]}
    assert told.keys() == {draft, in_work}
    assert told[draft]["isDraft"]
    assert not told[in_work]["isDraft"]
    assert told[draft]["fields"]["title"] == "Draft"
    assert begun(other)["screencasts"] == []


def begin(author: Caller, content: bytes, **said: str) -> str:
    words = {"filename": "vpn.mp4", **said}
    pairs = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in words.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": pairs}
    answer = author.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 201
    return str(answer.headers["Location"])


def send(author: Caller, path: str, content: bytes) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert author.patch(path, headers=headers, data=content).status_code == 204


def begun(person: Caller) -> dict[str, Any]:
    """As the page holds it for its script."""
    found = re.search(r"data-begun='([^']*)'", person.get("/upload").text)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told
