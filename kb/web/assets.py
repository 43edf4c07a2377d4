"""The built scripts, styles and icons: their addresses, and how they are sent."""

import json
import mimetypes
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app, request, send_from_directory, url_for
from markupsafe import Markup, escape
from werkzeug.security import safe_join

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"
# A file under dist carries a hash of its content in its name: it never changes.
FOREVER_S = 365 * 24 * 3600


def init(app: Flask) -> None:
    app.jinja_env.globals |= {"asset": asset, "icon": icon}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = FOREVER_S
    app.view_functions["static"] = _send


def _send(filename: str) -> Response:
    """A file of static/; as the build compressed it, to a browser that takes it so."""
    folder = str(current_app.static_folder)
    packed = safe_join(folder, f"{filename}.gz")
    if packed and request.accept_encodings.quality("gzip") and Path(packed).is_file():
        response = send_from_directory(folder, f"{filename}.gz", mimetype=mimetypes.guess_type(filename)[0])
        response.content_encoding = "gzip"
    else:
        response = current_app.send_static_file(filename)
    response.vary.add("Accept-Encoding")
    return response


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
