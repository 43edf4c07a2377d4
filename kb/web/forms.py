"""Form fields into typed values, with one text for each field that needs a correction."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kb.errors import Invalid

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], values: Mapping[str, Any]) -> M:
    """Raises Invalid with a text for every field at fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid("Some fields need a correction.", errors=field_texts(error.errors())) from error


def field_texts(faults: list[Any]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for fault in faults:
        field = str(fault["loc"][0]) if fault["loc"] else "form"
        texts.setdefault(field, []).append(_words(fault))
    return texts


def _words(fault: Any) -> str:
    limits = fault.get("ctx") or {}
    match fault["type"]:
        case "string_too_long":
            return f"Take at most {limits['max_length']} characters."
        case "string_too_short" | "missing":
            return "This is needed."
        case "value_error":
            return str(fault["msg"]).removeprefix("Value error, ")
        case _:
            return str(fault["msg"])
