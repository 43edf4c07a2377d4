"""Form fields into typed values, with one text for each field that needs a correction."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kb.errors import Invalid

M = TypeVar("M", bound=BaseModel)
# Not "printable", yet Persian and Indic words, and many emoji, fall apart without them.
JOINERS = "\u200c\u200d"


def parse(model: type[M], values: Mapping[str, Any]) -> M:
    """Raises Invalid with a text for every field at fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid("Some fields need a correction.", errors=field_texts(error.errors())) from error


def is_shown(sign: str) -> bool:
    """False for control signs, and for those that turn the direction of what follows them."""
    return sign.isprintable() or sign in JOINERS


def field_texts(faults: list[Any]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for fault in faults:
        field = str(fault["loc"][0]) if fault["loc"] else "form"
        texts.setdefault(field, []).append(_words(fault))
    return texts


def _words(fault: Any) -> str:
    limits = fault.get("ctx") or {}
    match fault["type"]:
        # The latter where a text was cleaned before it was measured.
        case "string_too_long" | "too_long" if isinstance(fault["input"], str):
            return f"Take at most {limits['max_length']} characters."
        case "string_too_short" | "missing" | "too_short":
            return "This is needed."
        case "value_error":
            return str(fault["msg"]).removeprefix("Value error, ")
        case "bool_parsing" | "bool_type":
            return "Write true or false."
        case "string_type" | "string_unicode":
            return "Write text here."
        case "list_type":
            return "Send a list of words."
        case _:
            return str(fault["msg"])
