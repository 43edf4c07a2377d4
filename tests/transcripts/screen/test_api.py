"""The words on the screen over HTTP: who may see a hidden line, and what is refused."""

import pytest

from tests.web.actors import World, word

LINES = "/api/v1/screencasts/{}/screen-text"


@pytest.mark.parametrize("actor", ["mate", "other", "author", "curator"])
def test_hidden_lines_are_told_to_those_alone_who_may_show_them(world: World, actor: str) -> None:
    item = world.items["everyone"]
    answer = world.call(actor, "GET", LINES.format(item)).json
    texts = {line["text"]: line["hidden"] for line in answer["lines"]}
    shown, hidden = f"Error: {word('everyone', 'screen')}", word("everyone", "hidden")
    may = actor in ("author", "curator")
    assert texts == ({shown: False, hidden: True} if may else {shown: False})
    assert [each["text"] for each in answer["hidings"]] == ([hidden] if may else [])
    for url in (f"/screencasts/{item}/screen-text", f"/screencasts/{item}"):
        page = world.call(actor, "GET", url).text
        assert (hidden in page) == (may and url.endswith("text")), url
        assert ("Hide from search" in page) == (may and url.endswith("text")), url


def test_no_search_finds_a_hidden_line_for_anybody(world: World) -> None:
    for actor in ("author", "mate", "admin"):
        for url in ("/api/v1/search?q=", "/api/v1/suggest?q=", "/search?q="):
            text = world.call(actor, "GET", url + word("everyone", "hidden")[:-2]).text
            assert word("everyone", "hidden") not in text, (actor, url)


@pytest.mark.parametrize(
    "sent",
    [{}, {"start": 3}, {"text": "a line", "start": 1, "end": 2}, {"text": " "}, {"start": 5, "end": 2}, {"start": -1}],
)
def test_what_says_neither_a_line_nor_a_range_is_refused(world: World, sent: dict[str, object]) -> None:
    url = LINES.format(world.items["everyone"]) + "/hidings"
    answer = world.call("author", "POST", url, json=sent)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_hiding_and_showing_over_the_api(world: World) -> None:
    url = LINES.format(world.items["team"])
    with world.put_back():
        made = world.call("author", "POST", f"{url}/hidings", json={"start": 0, "end": 60})
        assert (made.status_code, made.json["start"], made.json["end"], made.json["text"]) == (201, 0, 60, None)
        assert world.call("mate", "GET", url).json["lines"] == []
        assert world.call("author", "DELETE", f"{url}/hidings/{made.json['id']}").status_code == 204
        assert len(world.call("mate", "GET", url).json["lines"]) == 1
        assert world.call("author", "DELETE", f"{url}/hidings/{made.json['id']}").status_code == 404


def test_a_range_is_typed_as_people_write_it_and_refused_in_words(world: World) -> None:
    url = f"/screencasts/{world.items['everyone']}/screen-text/hidings"
    refused = world.call("author", "POST", url, data={"start": "later", "end": "0:10"})
    assert refused.status_code == 422
    assert "Write a time, such as 1:24." in refused.text
    with world.put_back():
        taken = world.call("author", "POST", url, data={"start": "0:00", "end": "0:10"})
        assert taken.status_code == 302
        page = world.call("author", "GET", url.removesuffix("/hidings")).text
        assert "From 0:00 to 0:10 all is hidden." in page
