"""Addresses that came from outside, and the one under which others find the site."""

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
    settings: Settings = current_app.extensions["kb.settings"]
    if not settings.leads_only_here or not has_request_context():
        return settings.address
    came_by = settings.model_copy(update={"site_url": request.host_url})
    return settings.address if came_by.leads_only_here else came_by.address


def leads_only_here() -> bool:
    """Whether links to the site work on its own machine alone, as far as this request can tell."""
    settings: Settings = current_app.extensions["kb.settings"]
    return settings.model_copy(update={"site_url": site_address()}).leads_only_here
