"""Addresses that came from outside."""

from urllib.parse import urlsplit


def safe_next(given: str | None) -> str:
    """A path on this site to go on to, or the front page: never another host, however it is spelled."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")) or not given.isprintable():
        return "/"
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc and "\\" not in given else "/"
