"""Lists without end: a cursor names the last row shown, so that page 1,000 costs what page 1 costs."""

import base64
import json
from typing import Any

from kb.errors import Invalid

MOST = 100


def limit_of(given: str | None, usual: int = 24) -> int:
    if given is None or given == "":
        return usual
    if not given.isdigit() or not 1 <= int(given) <= MOST:
        raise Invalid("The limit needs a correction.", errors={"limit": [f"Write a number from 1 to {MOST}."]})
    return int(given)


def cursor_of(*values: Any) -> str:
    """Opaque to clients. values: what the list is sorted by, of the last row; JSON values."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """The values back, None if there is no cursor. Raises Invalid for anything that we did not make."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeError):
        values = None
    if not isinstance(values, list) or tuple(map(type, values)) != kinds:
        raise Invalid("This list changed its shape. Start again from its first page.", errors={"cursor": ["Unknown."]})
    return values
