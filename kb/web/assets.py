"""Addresses of the built scripts, styles and icons."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, request, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"
# A file under dist carries a hash of its content in its name: it never changes.
FOREVER_S = 365 * 24 * 3600


def init(app: Flask) -> None:
    app.jinja_env.globals |= {"asset": asset, "icon": icon}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = FOREVER_S


def asset(logical: str) -> str:
    """The address of a built file. Raises LookupError if it was never built (`make assets`)."""
    return _address(logical, request.script_root, MANIFEST.stat().st_mtime_ns)


def icon(name: str, label: str = "") -> Markup:
    """A lucide icon; decoration unless it has a label."""
    return _icon(asset("icons.svg"), name, label)


# A page has dozens of icons and few of them differ.
@lru_cache(maxsize=1000)
def _icon(sprite: str, name: str, label: str) -> Markup:
    accessible = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>').format(accessible, sprite, escape(name))


@lru_cache(maxsize=1000)
def _address(logical: str, _root: str, built_at: int) -> str:
    return url_for("static", filename=f"dist/{_manifest(built_at)[logical]}")


@cache
def _manifest(_changed_at: int) -> dict[str, str]:
    return cast(dict[str, str], json.loads(MANIFEST.read_text(encoding="utf-8")))
