"""tus-js-client in real Chromium against gunicorn, with the session cookie and the CSRF token of a page."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import select

from kb.accounts.models import Person
from kb.app import create_app
from kb.config import ROOT
from kb.db import db
from tests.screencasts.uploads.served import Served
from tests.screencasts.uploads.served import served as served

pytestmark = pytest.mark.browser

CLIENT = ROOT / "node_modules/tus-js-client/dist/tus.min.js"
# In the page: ([bytes, options]) -> what happened. source: the bytes as a file, or as a stream whose end nobody knows.
SEND = """async ([bytes, source, options]) => {
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  const blob = new Blob([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))]);
  const asked = [];
  return new Promise((resolve) => {
    const told = (more) => resolve({ asked, ...more });
    new tus.Upload(source === "stream" ? blob.stream().getReader() : blob, {
      endpoint: "/api/v1/uploads",
      metadata: { filename: "from the browser.mp4" },
      retryDelays: [50, 100, 200, 400],
      onBeforeRequest(request) {
        request.setHeader("X-CSRFToken", csrf);
        asked.push(request.getMethod());
      },
      onSuccess: ({ lastResponse }) => told({ screencast: lastResponse.getHeader("Screencast-Id") }),
      onError: (error) => told({ status: error.originalResponse?.getStatus(), text: String(error) }),
      ...options,
    }).start();
  });
}"""


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    site = create_app(served.settings, send=lambda *_: None)
    with site.app_context():
        key = db.session.scalars(select(Person)).one().fs_uniquifier
        db.session.remove()
        db.engine.dispose()
    client = site.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = key, True
    cookie = client.get_cookie(site.config["SESSION_COOKIE_NAME"])
    assert cookie
    address = f"http://127.0.0.1:{served.port}"
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto("/me")
    page.evaluate(CLIENT.read_text())
    yield page
    context.close()


def send(page: Page, content: bytes, source: str = "file", **options: Any) -> dict[str, Any]:
    return dict(page.evaluate(SEND, [base64.b64encode(content).decode(), source, options]))


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("file", {}),
        ("file", {"chunkSize": 20_000}),
        ("file", {"uploadDataDuringCreation": True}),
        ("file", {"overridePatchMethod": True}),
        ("stream", {"chunkSize": 20_000, "uploadLengthDeferred": True}),
    ],
    ids=["whole", "chunks", "begunWithBytes", "override", "deferred"],
)
def test_a_page_sends_a_recording(page: Page, served: Served, clip: Path, source: str, options: dict[str, Any]) -> None:
    told = send(page, clip.read_bytes(), source, **options)
    assert served.original(told["screencast"]) == clip.read_bytes(), told


def test_it_goes_on_where_the_network_broke(page: Page, served: Served, clip: Path) -> None:
    broken = []

    def breaks(route: Route) -> None:
        if route.request.method == "PATCH" and len(broken) < 3 and route.request.headers["upload-offset"] != "0":
            broken.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", breaks)
    told = send(page, clip.read_bytes(), chunkSize=20_000)
    assert broken == ["20000"] * 3
    assert told["asked"][:6] == ["POST", "PATCH", "PATCH", "HEAD", "PATCH", "HEAD"]
    assert served.original(told["screencast"]) == clip.read_bytes()


def test_what_is_no_video_is_refused_in_the_middle_of_its_bytes(page: Page) -> None:
    told = send(page, b"just some text " * 200_000)
    assert (told["status"], told["asked"]) == (415, ["POST", "PATCH"])
    assert "not like a video" in told["text"]
