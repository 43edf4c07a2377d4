"""The build of scripts, styles and icons, on a small site of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb.config import ROOT

NODE = Path(sys.prefix, "bin", "node")
SOURCES = {
    "deploy/assets.mjs": (ROOT / "deploy/assets.mjs").read_text(),
    "templates/page.html": """<script type="module" src="{{ asset("main.js") }}"></script>{{ icon('search') }}""",
    "kb/web/static/js/main.js": 'import { shared } from "./parts/shared.js"; console.log(shared, icon("play"));',
    "kb/web/static/js/watch.js": 'import { shared } from "./parts/shared.js"; import "./parts/watch.css"; shared();',
    "kb/web/static/js/theme.js": 'const theme = "dark"; document.documentElement.dataset.theme = theme;',
    "kb/web/static/js/parts/shared.js": "export const shared = () => import('./later.js');",
    "kb/web/static/js/parts/later.js": "export const later = 1;",
    "kb/web/static/js/parts/watch.css": "video { color: red }",
    "kb/web/static/css/main.css": '@import "@fontsource-variable/inter/wght.css";\n@import "./base.css";',
    "kb/web/static/css/base.css": "body { color: red }",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        write(tmp_path / name, text)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def build(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NODE, tree / "deploy/assets.mjs"], capture_output=True, text=True, timeout=60)


def built(tree: Path) -> dict[str, str]:
    """Logical name -> text, as the manifest says."""
    result = build(tree)
    assert result.returncode == 0, result.stderr
    dist = tree / "kb/web/static/dist"
    manifest = json.loads((dist / "manifest.json").read_text())
    return {name: (dist / hashed).read_text() for name, hashed in manifest.items()}


def test_what_pages_ask_for_is_built_under_hashed_names(tree: Path) -> None:
    files = built(tree)
    assert files.keys() == {
        *("main.js", "watch.js", "theme.js", "main.css", "watch.css", "icons.svg"),
        *("swagger-ui.css", "swagger-ui-bundle.js"),
    }
    names = set(os.listdir(tree / "kb/web/static/dist")) - {"manifest.json"}
    assert all(re.fullmatch(r".+-[A-Z0-9]{8}(\.\w+)+", name) for name in names)
    # Two modules share one part; the head's script is none, or its constants would be everybody's.
    assert re.search(r'from"\./part-\w+\.js"', files["main.js"])
    assert files["theme.js"].startswith("(()=>{")
    # The font that a package's style sheet names beside itself is served from here.
    fonts = re.findall(r"""url\("?\./(inter-latin-wght-normal-\w+\.woff2)""", files["main.css"])
    assert fonts and set(fonts) <= names


def test_the_sprite_holds_the_icons_that_are_used_and_no_other(tree: Path) -> None:
    assert re.findall(r'<symbol id="([^"]+)" viewBox', built(tree)["icons.svg"]) == ["play", "search"]


def test_a_change_replaces_the_file_and_leaves_no_old_one(tree: Path) -> None:
    before = built(tree)
    old = set(os.listdir(tree / "kb/web/static/dist"))
    write(tree / "kb/web/static/css/base.css", "body { color: green }")
    assert built(tree)["main.css"] != before["main.css"]
    new = set(os.listdir(tree / "kb/web/static/dist"))
    assert {name.partition("-")[0] for name in new - old} == {"main"}
    assert len(new) == len(old)


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("templates/a.html", "{{ icon('serch') }}", 'templates/a.html asks for the icon "serch"'),
        ("templates/a.html", "{{ asset('uplod.js') }}", "templates/a.html asks for uplod.js"),
        ("kb/web/static/js/main.js", "import './nope.js'", 'Could not resolve "./nope.js"'),
        ("kb/web/static/css/main.css", "@import './nope.css'", "Tailwind can't build kb/web/static/css/main.css"),
    ],
)
def test_a_fault_is_named_and_the_last_good_build_stays(tree: Path, file: str, text: str, complaint: str) -> None:
    write(tree / "kb/web/static/dist/manifest.json", "the last good one")
    write(tree / file, text)
    result = build(tree)
    assert result.returncode == 1
    assert complaint in result.stderr
    assert (tree / "kb/web/static/dist/manifest.json").read_text() == "the last good one"
