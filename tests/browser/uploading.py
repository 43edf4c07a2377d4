"""What the tests of the upload page share: recordings of any size, a slow network, and what went over it."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, Request, Response


def padded(clip: Path, path: Path, size_bytes: int) -> Path:
    """The clip as an MP4 of about this size: what is added is a box that players skip."""
    content = clip.read_bytes()
    padding = size_bytes - len(content)
    path.write_bytes(content + struct.pack(">I4s", padding, b"free") + path.name.encode().ljust(padding - 8, b"."))
    return path


def choose(page: Page, *files: Path) -> None:
    page.locator(".drop-zone input[type=file]").set_input_files(files)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem", name=name, exact=True)


@contextmanager
def slow(page: Page, bytes_per_second: int) -> Iterator[Callable[[], None]]:
    """A narrow network for what this page sends. Yields what widens it again."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")

    def limit(upload: int) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}
        devtools.send("Network.emulateNetworkConditions", conditions)

    limit(bytes_per_second)
    yield lambda: limit(-1)
    devtools.detach()


@dataclass
class Part:
    """One PATCH: from which offset, and up to which one the site took it; None where its answer never came."""

    address: str
    start: int
    end: int | None = None


@dataclass
class Traffic:
    """What uploads in parts a page began, and each part that it sent of them."""

    begun: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def of(self, address: str) -> list[Part]:
        return [part for part in self.parts if part.address == address]


def watch(page: Page) -> Traffic:
    traffic = Traffic()
    sent: dict[Request, Part] = {}

    def asked(request: Request) -> None:
        if request.method == "PATCH" and "/api/v1/uploads/" in request.url:
            sent[request] = Part(request.url, int(request.headers["upload-offset"]))
            traffic.parts.append(sent[request])

    def answered(response: Response) -> None:
        if response.request in sent and response.status == 204:
            sent[response.request].end = int(response.headers["upload-offset"])
        elif response.request.method == "POST" and response.url.endswith("/api/v1/uploads") and response.status == 201:
            traffic.begun.append(urljoin(response.url, response.headers["location"]))

    page.on("request", asked)
    page.on("response", answered)
    return traffic
