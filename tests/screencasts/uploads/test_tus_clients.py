"""The clients that people use for tus, as they come: tuspy, and tus-js-client under node."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from tusclient.storage.filestorage import FileStorage

from kb.config import ROOT
from tests.screencasts.conftest import UPLOADS
from tests.screencasts.uploads.served import Served
from tests.screencasts.uploads.served import served as served

# Served from SQLite in any case.
pytestmark = pytest.mark.only_sqlite

SCRIPT = Path(__file__).parent / "tus_js.mjs"


@pytest.fixture
def tuspy(served: Served) -> TusClient:
    return TusClient(f"http://127.0.0.1:{served.port}{UPLOADS}", headers={"Authorization": f"Bearer {served.token}"})


@pytest.fixture
def tus_js(served: Served) -> Callable[..., dict[str, Any]]:
    """(case of the script, file) -> what it tells."""

    def ran(case: str, file: Path) -> dict[str, Any]:
        argv = [str(ROOT / ".venv/bin/node"), str(SCRIPT), case, str(file), str(served.port), served.token]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    return ran


# -- tuspy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10_000, 1 << 40], ids=["chunks", "whole"])
def test_tuspy_sends_with_a_checksum_of_each_part(served: Served, tuspy: TusClient, clip: Path, size: int) -> None:
    uploader = tuspy.uploader(
        str(clip), chunk_size=size, upload_checksum=True, metadata={"filename": "clip.mp4", "title": "By tuspy"}
    )
    uploader.upload()
    screencast_id = uploader.request.response_headers["screencast-id"]
    assert served.original(screencast_id) == clip.read_bytes()


def test_tuspy_is_told_that_a_part_was_damaged(served: Served, tuspy: TusClient, clip: Path) -> None:
    uploader = tuspy.uploader(str(clip), chunk_size=10_000, upload_checksum=True)
    uploader.upload_chunk()
    other = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    uploader.get_headers = lambda: tuspy.headers | {"Tus-Resumable": "1.0.0", "upload-checksum": f"sha1 {other}"}
    uploader.upload_checksum = False
    with pytest.raises(TusUploadFailed) as refused:
        uploader.upload_chunk()
    assert refused.value.status_code == 460
    assert uploader.get_offset() == 10_000
    del uploader.get_headers
    uploader.upload_checksum = True
    uploader.upload()
    assert served.original(uploader.request.response_headers["screencast-id"]) == clip.read_bytes()


def test_tuspy_goes_on_with_what_another_run_began(
    served: Served, tuspy: TusClient, clip: Path, tmp_path: Path
) -> None:
    def uploader() -> Any:
        kept = FileStorage(str(tmp_path / "urls"))
        return tuspy.uploader(str(clip), chunk_size=10_000, store_url=True, url_storage=kept)

    uploader().upload(stop_at=30_000)
    second = uploader()
    assert second.offset == 30_000
    second.upload()
    assert served.original(second.request.response_headers["screencast-id"]) == clip.read_bytes()


# -- tus-js-client under node -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    ["whole", "chunks", "begunWithBytes", "begunWithSome", "override", "file", "deferred", "deferredFile", "resumed"],
)
def test_tus_js_client_sends(served: Served, tus_js: Callable[..., dict[str, Any]], clip: Path, case: str) -> None:
    told = tus_js(case, clip)
    assert served.original(told["screencast"]) == clip.read_bytes(), told
    if case == "begunWithBytes":
        assert told["asked"] == ["POST"]
    if case == "resumed":
        assert told["from"] == told["sent"] > 0


def test_tus_js_client_takes_an_upload_away(tus_js: Callable[..., dict[str, Any]], clip: Path) -> None:
    told = tus_js("terminated", clip)
    assert told["asked"][-2:] == ["DELETE", "HEAD"]
    assert told["status"] == 404


def test_tus_js_client_comes_through_where_every_connection_breaks(
    served: Served, tus_js: Callable[..., dict[str, Any]], clip: Path
) -> None:
    told = tus_js("lossy", clip)
    assert told["cuts"] >= 12
    assert len(set(told["screencasts"])) == 4
    for screencast_id in told["screencasts"]:
        assert served.original(screencast_id) == clip.read_bytes()


def test_tus_js_client_learns_the_screencast_though_the_last_answer_was_lost(
    served: Served, tus_js: Callable[..., dict[str, Any]], clip: Path
) -> None:
    told = tus_js("lostAnswer", clip)
    assert told["cuts"] == 1
    assert told["asked"] == ["POST", "PATCH", "HEAD"]
    assert served.original(told["screencast"]) == clip.read_bytes()


def test_tus_js_client_is_told_what_is_no_video_and_does_not_try_again(
    tus_js: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "text.mp4").write_bytes(b"just some text " * 100_000)
    told = tus_js("whole", tmp_path / "text.mp4")
    assert (told["status"], json.loads(told["body"])["code"]) == (415, "not-a-video")
    assert told["asked"] == ["POST", "PATCH"]


def test_tus_js_client_is_told_that_parts_are_not_joined_here(
    tus_js: Callable[..., dict[str, Any]], clip: Path
) -> None:
    told = tus_js("parallelUploads", clip)
    assert told["status"] == 400
