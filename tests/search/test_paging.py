"""An answer of many hits: in the order asked for, and page by page with its cursor."""

import pytest

from tests.conftest import Caller
from tests.screencasts.test_upload import refused


@pytest.mark.parametrize("sort", ["best", "newest", "solved"])
@pytest.mark.parametrize("limit", [7, 15, 100])
def test_an_answer_is_walked_with_no_hit_twice_and_none_missing(
    author: Caller, forty: list[str], sort: str, limit: int
) -> None:
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        url = f"/api/v1/search?q=reset&sort={sort}&limit={limit}&cursor={cursor}"
        answer = author.get(url).json
        assert answer["total"] == 40
        found += [hit["screencast"]["id"] for hit in answer["hits"]]
        cursor = answer["next"]
    assert sorted(found) == sorted(forty)


def test_a_posted_search_is_walked_with_its_cursor(author: Caller, forty: list[str]) -> None:
    asked: dict[str, object] = {"q": "reset", "limit": 25}
    first = author.post("/api/v1/search", json=asked).json
    second = author.post("/api/v1/search", json=asked | {"cursor": first["next"]}).json
    assert sorted(hit["screencast"]["id"] for hit in first["hits"] + second["hits"]) == sorted(forty)
    assert second["next"] is None


def test_an_answer_is_sorted_as_asked(author: Caller, forty: list[str]) -> None:
    def hits(sort: str) -> list[dict[str, object]]:
        return [hit["screencast"] for hit in author.get(f"/api/v1/search?q=reset&sort={sort}&limit=40").json["hits"]]

    assert [hit["id"] for hit in hits("newest")] == forty
    counts = [hit["solved_count"] for hit in hits("solved")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 4
    refused(author.get("/api/v1/search?q=reset&sort=title"), 422, "invalid", "sort")
    tags = "&".join(f"tag=t{at}" for at in range(12))
    assert author.get(f"/api/v1/search?{tags}&tag=t0").status_code == 200
    refused(author.get(f"/api/v1/search?{tags}&tag=t12"), 422, "invalid", "tag")


def test_a_limit_and_a_cursor_are_checked(author: Caller, forty: list[str]) -> None:
    for limit in ("0", "101", "x", "²"):
        refused(author.get(f"/api/v1/search?q=reset&limit={limit}"), 422, "invalid", "limit")
    good = author.get("/api/v1/search?q=reset&limit=5").json["next"]
    for cursor in ("x", good[:-1], "WzVd", "Wy01XQ"):
        refused(author.get(f"/api/v1/search?q=reset&cursor={cursor}"), 422, "invalid", "cursor")
    refused(author.get(f"/api/v1/search?q=reset&sort=newest&cursor={good}"), 422, "invalid", "cursor")
