"""The JSON API: one blueprint per noun below /api/v1, described by one OpenAPI document."""

from typing import Any

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Response
from flask.json.provider import DefaultJSONProvider
from pydantic import BaseModel

from kb.errors import Invalid
from kb.web.errors import problem

BASE = "/api/v1"


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
    """Say once what holds for every call: a token is needed, and how a refusal looks."""
    document["security"] = [{"token": []}]
    document.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = Refusal.model_json_schema()
    refusal = {
        "description": "A problem document",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }
    for path in document["paths"].values():
        for call in path.values():
            if isinstance(call, dict) and "responses" in call:
                call["responses"].setdefault("default", refusal)
    return document
