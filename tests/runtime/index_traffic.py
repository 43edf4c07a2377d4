"""Who changes and who searches, each a process.

Usage: `python -m tests.runtime.index_traffic write|read API IDS EVERY_S LEAST`.

The token comes as a line on standard input; at the next line, and after that many times at least, it ends, and prints
what it did as JSON.
"""

import itertools
import json
import select
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

WORDS = (
    "restart",
    "certificate",
    '"pull request"',
    "pasword",
    "invoic",
    "vpn client",
    "tag:none",
    "how do I merge",
    "",
)


def write(api: str, token: str, ids: list[str], every_s: float, least: int) -> dict[str, Any]:
    """Give each screencast another title, again and again. -> the last word of each."""
    last: dict[str, str] = {}
    failures: list[str] = []
    done = 0
    for number in _until_told(every_s, least):
        screencast_id = ids[number % len(ids)]
        last[screencast_id] = f"stormy{screencast_id}x{number}"
        done += _tried(failures, _change, api, token, screencast_id, f"Stormy {last[screencast_id]}")
    return {"count": done, "failures": failures, "last": last}


def read(api: str, token: str, ids: list[str], every_s: float, least: int) -> dict[str, Any]:
    """Search for all kinds of words, and for screencasts that nobody changes, which must always be found."""
    failures: list[str] = []
    done = 0
    for number in _until_told(every_s, least):
        if number % 2:
            done += _tried(failures, _search, api, token, WORDS[number // 2 % len(WORDS)], None)
        else:
            calm = ids[number // 2 % len(ids)]
            done += _tried(failures, _search, api, token, f"calm{calm}", calm)
    return {"count": done, "failures": failures}


def _until_told(every_s: float, least: int) -> Iterator[int]:
    is_told = False
    for number in itertools.count():
        if is_told:
            time.sleep(every_s)
        else:
            is_told = bool(select.select([sys.stdin], [], [], every_s)[0])
        if is_told and number >= least:
            return
        yield number


def _tried(failures: list[str], act: Callable[..., None], *arguments: Any) -> bool:
    try:
        act(*arguments)
    except (AssertionError, OSError) as failure:
        failures.append(f"{time.strftime('%X')} {arguments[2:]}: {failure!r}")
        return False
    return True


def _change(api: str, token: str, screencast_id: str, title: str) -> None:
    """One who finds the database locked by all the others for half a minute is told to come again."""
    try:
        _patch(api, token, screencast_id, title)
    except HTTPError as busy:
        if busy.status != 503:
            raise
        time.sleep(float(busy.headers["Retry-After"]))
        _patch(api, token, screencast_id, title)


def _patch(api: str, token: str, screencast_id: str, title: str) -> None:
    _ask("PATCH", f"{api}/screencasts/{screencast_id}", token, json.dumps({"title": title}).encode())


def _search(api: str, token: str, words: str, expected: str | None) -> None:
    found = _ask("GET", f"{api}/search?q={quote(words)}", token)
    assert not found["degraded"]
    assert expected is None or [hit["screencast"]["id"] for hit in found["hits"]] == [expected]


def _ask(method: str, url: str, token: str, body: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(url, data=body, headers=headers, method=method), timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    kind, api, ids, every_s, least = sys.argv[1:]
    token = sys.stdin.readline().strip()
    act = {"write": write, "read": read}[kind]
    print(json.dumps(act(api, token, ids.split(","), float(every_s), int(least))))  # noqa: T201
