"""Addresses of the built scripts, styles and icons."""

import json
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
# A file under dist carries a hash of its content in its name: it never changes.
FOREVER_S = 365 * 24 * 3600


def init(app: Flask) -> None:
    app.jinja_env.globals |= {"asset": asset, "icon": icon}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = FOREVER_S


def asset(logical: str) -> str:
    """The address of a built file. Raises LookupError if it was never built (`make assets`)."""
    manifest = _manifest((DIST / "manifest.json").stat().st_mtime_ns)
    return url_for("static", filename=f"dist/{manifest[logical]}")


def icon(name: str, label: str = "") -> Markup:
    """A lucide icon; decoration unless it has a label."""
    accessible = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>').format(
        accessible, asset("icons.svg"), escape(name)
    )


@cache
def _manifest(_changed_at: int) -> dict[str, str]:
    return cast(dict[str, str], json.loads((DIST / "manifest.json").read_text(encoding="utf-8")))
