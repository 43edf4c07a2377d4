"""Addresses that came from outside, and the one under which others find the site."""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request

from kb.config import Settings


def safe_next(given: str | None) -> str:
    """A path on this site to go on to, or the front page: never another host, however it is spelled."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")) or not given.isprintable():
        return "/"
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc and "\\" not in given else "/"


def site_address() -> str:
    """Where others find the site, without a slash at the end, for links that people hand on.

    Where the settings' own leads to this machine alone, the one that the asker came by says more (KB_BIND=0.0.0.0).
    """
    return _address(current_app.extensions["kb.settings"], request.host_url if has_request_context() else "")


@lru_cache(maxsize=64)
def _address(settings: Settings, came_by: str) -> str:
    """Kept, since an answer of the API may hold a thousand links. came_by: empty where nobody asks."""
    if not settings.leads_only_here or not came_by:
        return settings.address
    there = settings.model_copy(update={"site_url": came_by})
    return settings.address if there.leads_only_here else there.address


def leads_only_here() -> bool:
    """Whether links to the site work on its own machine alone, as far as this request can tell."""
    settings: Settings = current_app.extensions["kb.settings"]
    return settings.model_copy(update={"site_url": site_address()}).leads_only_here
