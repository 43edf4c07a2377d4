"""What harmful people write stays text, wherever a search brings it."""

from collections.abc import Callable
from typing import Any

from kb.search import actions as search
from tests.conftest import Caller, People
from tests.search.conftest import Make

HARM = '<script>alert("boom")</script>'


def test_a_script_in_what_is_found_or_asked_is_text(
    make: Make, people: People, call_as: Callable[[str], Caller], signed_in: Callable[[str], Any]
) -> None:
    item = make(f"{HARM} printer", f"tag {HARM}", purpose=f"{HARM} purpose", duration_ms=10_000)
    noted = call_as(people.other).post(
        f"/api/v1/screencasts/{item.id}/solved", json={"at": 1, "note": f"{HARM}\x0b\u202e note"}
    )
    assert noted.status_code == 201
    assert "\x0b" not in noted.json["note"]
    assert "\u202e" not in noted.json["note"]
    search.rebuild()
    reader = signed_in(people.mate)
    for address in ("/search", "/feeds/search", f"/screencasts/{item.id}"):
        for asked in ({"q": "boom "}, {"q": f"{HARM} nowhere", "tag": HARM}):
            answer = reader.get(address, query_string=asked)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
    [hit] = call_as(people.mate).get("/api/v1/search?q=boom+").json["hits"]
    assert "<script" not in hit["title_html"] + "".join(moment["html"] for moment in hit["moments"])
