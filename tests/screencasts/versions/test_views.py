from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from kb.db import writing
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People, make_clip


@pytest.fixture(scope="session")
def other_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("other") / "two.mp4", seconds=3).read_bytes()


@pytest.fixture
def screencast_id(upload: Callable[..., Any]) -> str:
    return str(upload(title="How to").get_json()["id"])


def test_a_recording_is_replaced_and_restored_by_the_api(
    author: Caller, screencast_id: str, other_bytes: bytes, run_jobs: Callable[[], list[str]]
) -> None:
    url = f"/api/v1/screencasts/{screencast_id}"
    answer = author.put(f"{url}/recording", data={"file": (BytesIO(other_bytes), "two.mp4")})
    assert (answer.status_code, answer.get_json()["id"]) == (202, screencast_id)
    (version,) = author.get(f"{url}/versions").get_json()["items"]
    assert version["filename"] == "clip.mp4"
    run_jobs()
    assert author.get(url).get_json()["duration"] == pytest.approx(3, abs=0.2)
    assert author.post(f"{url}/versions/{version['id']}/restore").status_code == 202
    run_jobs()
    assert author.get(url).get_json()["duration"] == pytest.approx(2, abs=0.2)
    (version,) = author.get(f"{url}/versions").get_json()["items"]
    assert author.delete(f"{url}/versions/{version['id']}").status_code == 204
    assert author.get(f"{url}/versions").get_json()["items"] == []


def test_the_page_says_which_recording_plays_until_the_new_one_does(
    author: Caller, screencast_id: str, other_bytes: bytes, run_jobs: Callable[[], list[str]]
) -> None:
    run_jobs()
    author.put(f"/api/v1/screencasts/{screencast_id}/recording", data={"file": (BytesIO(other_bytes), "two.mp4")})
    assert "The earlier recording plays until the new one can." in author.get(f"/screencasts/{screencast_id}").text
    with writing() as session:
        screencast = session.get_one(Screencast, screencast_id)
        for source in screencast.sources:
            source.take = screencast.take
    assert "You can watch it already." in author.get(f"/screencasts/{screencast_id}").text


def test_what_is_no_recording_is_refused_and_changes_nothing(author: Caller, screencast_id: str) -> None:
    url = f"/api/v1/screencasts/{screencast_id}"
    answer = author.put(f"{url}/recording", data={"file": (BytesIO(b"just words"), "two.mp4")})
    assert (answer.status_code, answer.get_json()["code"]) == (415, "not-a-video")
    assert author.get(f"{url}/versions").get_json()["items"] == []


def test_the_page_replaces_too_and_says_why_not(
    author: Caller, screencast_id: str, other_bytes: bytes, clip_bytes: bytes
) -> None:
    url = f"/screencasts/{screencast_id}/recording"
    assert "Replace the recording" in author.get(f"/screencasts/{screencast_id}").text
    refused = author.post(url, data={"file": (BytesIO(clip_bytes), "same.mp4")})
    assert refused.status_code == 422
    assert "This is the recording that it has already" in refused.text
    assert author.post(url, data={"file": (BytesIO(other_bytes), "two.mp4")}).status_code == 302
    page = author.get(url).text
    assert "two.mp4" in page
    assert "clip.mp4" in page


def test_who_uploads_the_same_file_again_is_told_as_far_as_they_may_see_it(
    upload: Callable[..., Any], call_as: Callable[[str | None], Caller], people: People, author: Caller
) -> None:
    upload(as_=call_as(people.other), title="Somebody's secret", visibility="private")
    shown = upload(as_=call_as(people.other), title="Somebody's open one").get_json()["id"]
    mine = upload(title="Mine").get_json()["id"]
    items = author.get(f"/api/v1/screencasts/{mine}/duplicates").get_json()["items"]
    assert [each["id"] for each in items] == [shown]
    page = author.get(f"/screencasts/{mine}").text
    assert "The very same file is here already" in page
    assert "Somebody&#39;s open one</a>" in page
    assert "secret" not in page
    assert "very same file" not in call_as(people.other).get(f"/screencasts/{mine}").text, "for its author alone"
