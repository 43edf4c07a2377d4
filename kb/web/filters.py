"""How numbers and times read for people."""

from datetime import datetime

from flask import Flask

from kb.db import now

SPANS = ((365 * 86400, "year"), (30 * 86400, "month"), (86400, "day"), (3600, "hour"), (60, "minute"))


def init(app: Flask) -> None:
    app.jinja_env.filters |= {"clock": clock, "ago": ago, "size": size, "counted": counted}


def clock(ms: int | None) -> str:
    """61300 -> 1:01; hours only where there are some."""
    seconds = (ms or 0) // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def ago(at: datetime, since: datetime | None = None) -> str:
    """The largest whole unit: `just now`, `5 minutes ago`, `2 months ago`."""
    seconds = ((since or now()) - at).total_seconds()
    for span, word in SPANS:
        if (count := int(seconds // span)) >= 1:
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def size(size_bytes: int) -> str:
    """3 significant digits at most, in units of 1000: `4.2 MB`."""
    value, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} {units[0]}" if value >= 10 or units[0] == "B" else f"{value:.1f} {units[0]}"


def counted(number: int, one: str = "screencast", many: str = "") -> str:
    """`1 screencast`, `1,200 screencasts`. many: where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
