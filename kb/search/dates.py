"""Dates as people write them in a search."""

import re
from datetime import UTC, datetime

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def start_of(text: str) -> datetime | None:
    """The first moment of a year, month or day (2026, 2026-05, 2026-05-03), in UTC; None for what is no date."""
    written = _DATE.fullmatch(text)
    if not written:
        return None
    year, month, day = (int(part or 1) for part in written.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
