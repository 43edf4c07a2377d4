"""Lists without end: a cursor names the last row shown, so that page 1,000 costs what page 1 costs."""

import re
from typing import Any, cast

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from kb.errors import Invalid

MOST = 100


def limit_of(given: str | None, usual: int = 24) -> int:
    if given is None or given == "":
        return usual
    if not re.fullmatch("[0-9]{1,3}", given) or not 1 <= int(given) <= MOST:
        raise Invalid("The limit needs a correction.", errors={"limit": [f"Write a number from 1 to {MOST}."]})
    return int(given)


def cursor_of(order: str, *values: Any) -> str:
    """Opaque to clients, and signed: only what was shown can be gone on from.

    order: of which list, sorted how. values: what it is sorted by, of the last row; JSON values.
    """
    return _signer(order).dumps(values)


def read_cursor(order: str, text: str | None) -> list[Any] | None:
    """The values back, None if there is no cursor. Raises Invalid for any that we did not make for this order."""
    if not text:
        return None
    try:
        return cast(list[Any], _signer(order).loads(text))
    except BadData as error:
        detail = "This list changed its shape. Start again from its first page."
        raise Invalid(detail, errors={"cursor": ["Unknown."]}) from error


def _signer(order: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"cursor:{order}")
