"""How scripts and styles go to a browser."""

import gzip
import json
import re

import pytest
from flask import Flask

from kb.config import ROOT
from kb.web.assets import DIST, FOREVER_S, MANIFEST


def address(name: str) -> str:
    return f"/static/dist/{json.loads(MANIFEST.read_text())[name]}"


@pytest.mark.parametrize(
    ("name", "kind"), [("main.css", "text/css"), ("main.js", "text/javascript"), ("icons.svg", "image/svg+xml")]
)
def test_text_goes_compressed_to_who_takes_it_so(site: Flask, name: str, kind: str) -> None:
    plain = site.test_client().get(address(name))
    packed = site.test_client().get(address(name), headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.mimetype == packed.mimetype == kind
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert f"max-age={FOREVER_S}" in packed.headers["Cache-Control"]


def test_icons_are_named_where_they_are_drawn() -> None:
    """The sprite is made of the names in icon("…") and of those that a category may have: no other is in it."""
    files = (ROOT / "templates").rglob("*.html")
    unnamed = {each for file in files for each in re.findall(r"\bicon\(\s*([^\"'\s)][^)]*)", file.read_text())}
    of_categories = {"library.branch.icon", "below.icon", "node.icon", 'node.icon or "folder"', "name"}
    assert unnamed == of_categories, "name it there, or pass what is drawn"


def loaded(name: str, seen: set[str]) -> set[str]:
    """A module and all that it imports at once."""
    if name not in seen:
        seen.add(name)
        for found in re.findall(r"""(?:from|import)\s*["']\./([\w-]+\.js)["']""", (DIST / name).read_text()):
            loaded(found, seen)
    return seen


def test_what_a_first_page_loads_is_small(site: Flask) -> None:
    """At most 100 kB of scripts and styles of our own, as they go over the line."""
    manifest = json.loads(MANIFEST.read_text())
    files = loaded(manifest["main.js"], set()) | {manifest["main.css"], manifest["theme.js"]}
    sizes = {name: (DIST / f"{name}.gz").stat().st_size for name in files}
    assert len(sizes) > 3
    assert 10_000 < sum(sizes.values()) < 100_000, sizes


@pytest.mark.parametrize("path", ["../assets.py", "dist/../../assets.py", "dist/nothing.js"])
def test_nothing_else_is_sent(site: Flask, path: str) -> None:
    assert site.test_client().get(f"/static/{path}", headers={"Accept-Encoding": "gzip"}).status_code == 404
