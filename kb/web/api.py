"""The JSON API: one blueprint per noun below /api/v1, described by one OpenAPI document."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app
from flask.json.provider import DefaultJSONProvider
from pydantic import BaseModel

from kb.errors import Invalid
from kb.web.errors import problem

BASE = "/api/v1"
# What APIFlask says of an answer without a body.
NOTHING: dict[str, Any] = {"application/json": {"schema": {}}}
V = TypeVar("V", bound=Callable[..., Any])


class Problem(BaseModel):
    """RFC 9457. `code` is a stable word."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Refusal(Problem):
    """Why a call was refused; `errors` names the fields that need a correction."""

    errors: dict[str, list[str]] = {}


class Json(DefaultJSONProvider):
    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Raises ValueError for what is no JSON, and for what is nested deeper than anybody means."""
        try:
            return super().loads(s, **options)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


@dataclass(frozen=True)
class Taken:
    content: Mapping[str, type[BaseModel]]
    headers: Mapping[str, str]
    needs_body: bool


def takes(
    content: Mapping[str, type[BaseModel]], headers: Mapping[str, str] | None = None, *, needs_body: bool = True
) -> Callable[[V], V]:
    """Describe what its view reads by itself: a body, as a stream or in one of several formats, and headers.

    content: by media type; a RootModel for what is plain text; empty for no body. headers: what each says.
    """

    def described(view: V) -> V:
        view.takes = Taken(content, headers or {}, needs_body)  # type: ignore[attr-defined]
        return view

    return described


def blueprint(noun: str, import_name: str) -> APIBlueprint:
    return APIBlueprint(f"api_{noun}", import_name, url_prefix=BASE, tag=noun.capitalize())


def make_app(import_name: str, **options: Any) -> APIFlask:
    app = APIFlask(
        import_name,
        title="Showhow",
        version="1",
        json_errors=False,
        spec_path=f"{BASE}/openapi.json",
        docs_path=None,
        **options,
    )
    # The class as well: Flask-Security makes its own from it.
    app.json_provider_class = Json
    app.json = Json(app)
    app.config |= {
        "OPENAPI_VERSION": "3.1.0",
        "SPEC_FORMAT": "json",
        "LOCAL_SPEC_PATH": None,
        # Else the address would be the one that the first asker named, kept for all.
        "AUTO_SERVERS": False,
        "AUTO_OPERATION_ID": True,
        "AUTO_404_RESPONSE": False,
        "AUTO_VALIDATION_ERROR_RESPONSE": False,
        "INFO": {
            "description": "Screencasts, their words, and the second that helps. Times are ISO 8601 UTC; moments are "
            "seconds. Lists take `limit` and `cursor`. Errors are problem documents (RFC 9457)."
        },
        "SECURITY_SCHEMES": {"token": {"type": "http", "scheme": "bearer"}},
    }
    app.spec_processor(_finish_document)
    app.error_processor(_refusal)
    return app


def _refusal(error: HTTPError) -> Response:
    """What APIFlask refuses, by our words for each field."""
    fields: dict[str, list[str]] = {}
    for texts in error.detail.values() if isinstance(error.detail, dict) else ():
        fields |= {field: list(lines) for field, lines in texts.items()} if isinstance(texts, dict) else {}
    if error.status_code == 422:
        refused = Invalid("Some fields need a correction.", errors=fields)
        return problem(422, refused.code, refused.title, refused.detail, refused.errors)
    return problem(error.status_code, "bad-request", error.message or "Refused", error.message or "Refused", fields)


def _finish_document(document: Any) -> Any:
    """Say once what holds for every call: where it goes, that a token is needed, and how a refusal looks."""
    # Relative to where the document came from, by whatever name somebody reaches the site.
    document["servers"] = [{"url": "/"}]
    document["security"] = [{"token": []}]
    refusal = {
        "description": "A problem document",
        "content": {"application/problem+json": {"schema": _named(Refusal, document)}},
    }
    for rule in current_app.url_map.iter_rules():
        path = document["paths"].get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})
        for method in path.keys() & {method.lower() for method in rule.methods or ()}:
            for answer in path[method]["responses"].values():
                if answer.get("content") in ({}, NOTHING):
                    del answer["content"]
            path[method]["responses"].setdefault("default", refusal)
            if taken := getattr(current_app.view_functions[rule.endpoint], "takes", None):
                _add_taken(path[method], taken, document)
    return document


def _add_taken(call: Any, taken: Taken, document: Any) -> None:
    call["parameters"] += [
        {"in": "header", "name": name, "description": text, "schema": {"type": "string"}}
        for name, text in taken.headers.items()
    ]
    if taken.content:
        bodies = {kind: {"schema": _named(model, document)} for kind, model in taken.content.items()}
        call["requestBody"] = {"required": taken.needs_body, "content": bodies}


def _named(model: type[BaseModel], document: Any) -> dict[str, str]:
    """A reference to the schema of a model, which is put among the document's components."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
    return {"$ref": f"#/components/schemas/{model.__name__}"}
