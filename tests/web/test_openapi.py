"""The document that describes the API: whole, true, and the same for everybody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.web.actors import Browser
from tests.web.routes import ROUTES

METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture
def document(site: Flask) -> dict[str, Any]:
    answer = site.test_client().get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    return dict(answer.json)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, calls in document["paths"].items():
        for method in calls.keys() & METHODS:
            yield path, method, calls[method]


def everything(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(inner)


def test_it_is_an_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"] == "Showhow"
    assert document["info"]["version"]
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "security", "tags"}


def test_it_names_every_call_and_no_other(document: dict[str, Any]) -> None:
    calls = {f"{method.upper()} {path}" for path, method, _ in operations(document)}
    expected = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for route in ROUTES if "/api/v1" in route}
    assert calls == expected - {"GET /api/v1/openapi.json"}


def test_every_call_says_what_it_is_takes_and_answers(document: dict[str, Any]) -> None:
    for path, method, call in operations(document):
        assert call["summary"], path
        assert call["tags"][0] in {tag["name"] for tag in document["tags"]}
        answers = set(call["responses"])
        assert any(re.fullmatch(r"2\d\d", status) for status in answers), path
        assert "application/problem+json" in call["responses"]["default"]["content"]
        assert all("description" in answer for answer in call["responses"].values())
        in_path = {each["name"] for each in call["parameters"] if each["in"] == "path" and each["required"]}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        assert all(each["schema"] and each["in"] in ("path", "query", "header") for each in call["parameters"])
        takes_nothing = re.search(r"}/(retry|cancel|undo|restore|accept|decline)$", path) is not None
        assert ("requestBody" in call) == (method in ("post", "put", "patch") and not takes_nothing), path


def test_every_call_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [call["operationId"] for _, _, call in operations(document)]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [each["$ref"] for each in everything(document) if "$ref" in each]
    assert len(references) > 20
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_an_upload_is_a_form_with_a_file_and_the_fields_of_the_contract(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/screencasts"]["post"]["requestBody"]
    assert body["required"]
    (kind, held) = next(iter(body["content"].items()))
    assert kind == "multipart/form-data"
    form = document["components"]["schemas"][held["schema"]["$ref"].rpartition("/")[2]]
    assert form["required"] == ["file"]
    assert set(form["properties"]) == {
        "file", "title", "purpose", "description", "category", "tags", "visibility", "team", "captions",
        "captions_language", "draft", "language",
    }  # fmt: skip
    assert form["properties"]["file"] == {
        "type": "string", "format": "binary", "title": "File", "description": "The recording.",
    }  # fmt: skip


def test_words_are_taken_in_three_formats(document: dict[str, Any]) -> None:
    path = document["paths"]["/api/v1/screencasts/{screencast_id}/transcripts/{language}"]
    formats = {"text/vtt", "application/x-subrip", "application/json"}
    assert set(path["put"]["requestBody"]["content"]) == formats
    for method in ("get", "put"):
        assert set(path[method]["responses"]["200"]["content"]) == formats


def test_every_call_takes_a_bearer_token(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert document["security"] == [{"token": []}]
    assert not [path for path, _, call in operations(document) if "security" in call]


def test_it_sends_nobody_to_the_host_that_somebody_else_named(site: Flask) -> None:
    """The document is made once and kept: the first to ask must not write into it."""
    browser: Browser = site.test_client()  # type: ignore[assignment]
    document = browser.get("/api/v1/openapi.json", headers={"Host": "evil.example"}).json
    assert document["servers"] == [{"url": "/"}]
    assert "evil.example" not in browser.get("/api/v1/openapi.json").text


def test_an_upload_in_parts_tells_its_headers_and_no_body_where_there_is_none(document: dict[str, Any]) -> None:
    begin = document["paths"]["/api/v1/uploads"]["post"]
    append = document["paths"]["/api/v1/uploads/{upload_id}"]["patch"]
    named = [{each["name"] for each in call["parameters"] if each["in"] == "header"} for call in (begin, append)]
    assert {"Tus-Resumable", "Upload-Length", "Upload-Metadata"} <= named[0]
    assert {"Tus-Resumable", "Upload-Offset"} <= named[1]
    assert {"Location", "Upload-Offset", "Screencast-Id"} <= begin["responses"]["201"]["headers"].keys()
    assert "Screencast-Id" in append["responses"]["204"]["headers"]
    assert not any("content" in answers for answers in (begin["responses"]["201"], append["responses"]["204"]))
    assert (begin["requestBody"]["required"], append["requestBody"]["required"]) == (False, True)
