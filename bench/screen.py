"""How well and at what price words are read off the screen: the table in docs/performance.md.

`.venv/bin/python bench/screen.py [FOLDER]`. Four minutes that no setting was chosen on: a dark editor, a terminal, a
light form and a page of documentation, each drawn by Chromium at 1920 x 1080, encoded as H.264 (CRF 23, 30 a second),
and taken through the site's own steps. FOLDER: where the recordings stay, to be looked at.
"""

import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from inputs import CHROMIUM
from playwright.sync_api import sync_playwright

from kb import db
from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.screencasts import actions
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import work
from kb.transcripts.models import ScreenLine
from kb.transcripts.screen import text as screen_text

SIZE = (1920, 1080)
# When the screen changes, in seconds; none of them at a full or half second.
CHANGES_S = (0.0, 8.3, 17.2, 27.7, 36.1, 49.4)
LENGTH_S = 60.0
NOUNS = (
    "warehouse parcel courier shelf barcode pallet scanner invoice tariff customs freight cargo route driver depot "
    "manifest container voucher receipt stock supplier branch ledger quota"
).split()
VERBS = "reserve release weigh dispatch confirm reject export import rotate archive lock unlock merge split".split()
SANS, MONO = '"DejaVu Sans", sans-serif', '"DejaVu Sans Mono", monospace'
RESET = "*{{box-sizing:border-box;margin:0}}body{{width:1920px;height:1080px;overflow:hidden;{css}}}"
SHELL = f"<!doctype html><style>{RESET}</style>{{body}}"


@dataclass(frozen=True)
class Measured:
    recall: float
    starts_s: list[float]
    frames: int
    read_cpu_s: float
    cpu_s: float


def main(folder: Path) -> None:
    print("| screen | words found | start off by, median / worst | CPU s a picture | CPU s a minute |")
    print("|---|---|---|---|---|")
    for name, states in (("dark editor", editor()), ("terminal", terminal()), ("light form", form()), ("page", page())):
        video = folder / f"{name.replace(' ', '-')}.mp4"
        shown = record(states, video)
        found = measure(video, shown)
        off = f"{statistics.median(found.starts_s):.1f} s / {max(found.starts_s):.1f} s"
        each = found.read_cpu_s / found.frames
        row = f"| {name} | {found.recall:.3f} | {off} | {each:.2f} | {found.cpu_s * 60 / LENGTH_S:.1f} |"
        print(row, flush=True)


# -- what is shown -----------------------------------------------------------------------------------


def editor() -> list[str]:
    """13 px on dark, with a tree of files and line numbers; each state has more code, one has an error in a panel."""
    chance = random.Random(11)
    files = [f"{chance.choice(VERBS)}_{chance.choice(NOUNS)}.ts" for _ in range(24)]
    code = [_code(chance) for _ in range(46)]
    failure = ["TypeError: Cannot read properties of undefined (reading 'tariff')", "    at weigh (parcel.ts:42:17)"]
    states = []
    for place, count in enumerate((14, 20, 26, 34, 40, 46)):
        numbers = "<style>i::before{content:attr(data-number);color:#6d7380}</style>"
        problem = "<br>".join(map(escape, failure)) if place in (2, 3) else ""
        # Numbers of lines, dim as they are, are nothing that anybody looks for: they stand there, and are not counted.
        rows = "\n".join(f"<i data-number='{at:3}'></i>  {escape(line)}" for at, line in enumerate(code[:count], 1))
        states.append(
            SHELL.format(
                css=f"background:#1e1f26;color:#d5d8df;font:13px/20px {MONO}",
                body=f"<pre style='position:absolute;left:16px;top:12px;color:#9aa1ad'>{chr(10).join(files)}</pre>"
                f"<pre style='position:absolute;left:280px;top:12px'>{numbers}{rows}</pre>"
                f"<div style='position:absolute;left:1180px;top:820px;color:#ff8080;white-space:pre'>{problem}</div>",
            )
        )
    return states


def terminal() -> list[str]:
    """15 px, light green on black: commands and what they print, scrolled once it is full."""
    chance = random.Random(12)
    lines = [_log(chance) for _ in range(70)]
    lines[30] = "FATAL: password authentication failed for user warehouse_reader"
    states = []
    for count in (6, 15, 28, 40, 52, 70):
        text = "\n".join(map(escape, lines[:count][-46:]))
        states.append(
            SHELL.format(
                css=f"background:#0b0d10;color:#a8e6a1;font:15px/22px {MONO}",
                body=f"<pre style='padding:16px'>{text}</pre>",
            )
        )
    return states


def form() -> list[str]:
    """12 to 16 px, gray and blue on white: labels, fields that are filled, a message, a table of results."""
    chance = random.Random(13)
    labels = [f"{chance.choice(VERBS).title()} {chance.choice(NOUNS)}" for _ in range(12)]
    values = [f"{chance.choice(NOUNS)} {chance.randint(100, 9999)}" for _ in labels]
    rows = [[_code_word(chance), chance.choice(NOUNS), f"{chance.randint(10, 99)} units"] for _ in range(16)]
    states = []
    for place, filled in enumerate((0, 4, 8, 12, 12, 12)):
        fields = "".join(
            f"<p style='margin:0 0 10px'><b style='font-size:12px;color:#555'>{label}</b><br>"
            f"<span style='display:inline-block;width:420px;height:30px;border:1px solid #c5cad3;padding:4px 8px'>"
            f"{value if at < filled else ''}</span></p>"
            for at, (label, value) in enumerate(zip(labels, values, strict=True))
        )
        message = "The depot is closed on this day. Choose another delivery date." if place == 3 else ""
        table = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows) if place >= 4 else ""
        states.append(
            SHELL.format(
                css=f"background:#fff;color:#1f2430;font:14px/1.5 {SANS}",
                body="<style>td{padding:5px 26px 5px 0;border-bottom:1px solid #e3e6ec}</style>"
                "<h1 style='font-size:20px;padding:20px 40px'>New delivery order</h1>"
                f"<div style='position:absolute;left:40px;top:90px'>{fields}</div>"
                f"<div style='position:absolute;left:620px;top:90px;color:#b3261e;font-size:16px'>{message}</div>"
                f"<table style='position:absolute;left:620px;top:150px;border-collapse:collapse'>{table}</table>",
            )
        )
    return states


def page() -> list[str]:
    """16 px on white: headings, running text and commands; each state is another part of it, as after a jump."""
    chance = random.Random(14)
    states = []
    for part in range(len(CHANGES_S)):
        blocks = []
        for at in range(4):
            title = f"{part * 4 + at + 1}. How to {chance.choice(VERBS)} a {chance.choice(NOUNS)}"
            text = " ".join(chance.choice(NOUNS + VERBS) for _ in range(70)).capitalize() + "."
            command = f"depot {chance.choice(VERBS)} --{chance.choice(NOUNS)} {chance.randint(100, 9999)}"
            blocks.append(f"<h2>{title}</h2><p>{text}</p><p><code>{command}</code></p>")
        states.append(
            SHELL.format(
                css=f"background:#fdfdfc;color:#24292f;font:16px/1.6 {SANS};padding:30px 330px",
                body="<style>h2{margin:18px 0 6px}p{margin-bottom:8px}code{background:#f0f1f3;padding:3px 6px;"
                f"font:15px {MONO}}}</style>{''.join(blocks)}",
            )
        )
    return states


def _code(chance: random.Random) -> str:
    noun, other = chance.sample(NOUNS, 2)
    return chance.choice(
        [
            f"export function {chance.choice(VERBS)}{noun.title()}({other}: number) {{",
            f"  const {noun} = await {chance.choice(VERBS)}({other}, {chance.randint(10, 999)});",
            f"  if ({noun}.{other} > {chance.randint(10, 999)}) return {other};",
            f'  throw new Error("{noun} needs a {other}");',
        ]
    )


def _log(chance: random.Random) -> str:
    noun, other = chance.sample(NOUNS, 2)
    return chance.choice(
        [
            f"$ depotctl {chance.choice(VERBS)} --{noun} {chance.randint(100, 9999)}",
            f"INFO  {noun} {_code_word(chance)} was sent to {other}",
            f"WARN  {noun}: {other} is slower than {chance.randint(10, 99)} seconds",
        ]
    )


def _code_word(chance: random.Random) -> str:
    return f"{chance.choice(NOUNS)}-{chance.randint(100, 9999)}"


# -- recording it ------------------------------------------------------------------------------------


def record(states: list[str], video: Path) -> list[list[str]]:
    """Write the recording. Returns the lines that stand in each state."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        shown, listed = [], []
        for at, html in enumerate(states):
            tab.set_content(html)
            shown.append([line for line in tab.inner_text("body").splitlines() if _words(line)])
            picture = Path(folder) / f"{at}.png"
            tab.screenshot(path=picture)
            until = [*CHANGES_S[1:], LENGTH_S][at]
            listed += [f"file '{picture}'", f"duration {until - CHANGES_S[at]}"]
        browser.close()
        (Path(folder) / "list").write_text("\n".join([*listed, listed[-2]]))
        source = ["-f", "concat", "-safe", "0", "-i", str(Path(folder) / "list")]
        coded = "-fps_mode cfr -r 30 -c:v libx264 -preset veryfast -crf 23 -pix_fmt yuv420p".split()
        subprocess.run(["ffmpeg", "-v", "error", "-y", *source, "-t", str(LENGTH_S), *coded, video], check=True)
    return shown


# -- measuring ---------------------------------------------------------------------------------------


def measure(video: Path, shown: list[list[str]]) -> Measured:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data", redis_url="unix:///nowhere/redis.sock", speech="none")
        settings.make_folders()
        db.migrate(settings.sqlalchemy_url)
        app = create_app(settings, pages=False, send=lambda *_: None)
        with app.app_context():
            person = accounts.add_person("a@test.example", "Ann", Role.member, None)
            landed = settings.tmp_dir / "landing"
            shutil.copy(video, landed)
            item = actions.receive(landed, video.name, Upload(title="One"), by=person).id
            for step in (work.probe, work.quick, work.rendition):
                step(item)
            reader = Counted(app.extensions["kb.hands"].screen_text)
            app.extensions["kb.hands"].screen_text = reader
            before = time.process_time()
            screen_text.read_screen(item)
            own_s = time.process_time() - before
            step = db.db.session.get_one(Screencast, item).step("screen")
            assert step
            assert step.state == "done", step.error_text
            lines = screen_text.of(item, with_hidden=True)
            cpu_s = (step.cpu_s or 0) + own_s
            return Measured(_recall(lines, shown), list(_starts(lines, shown)), reader.count, reader.cpu_s, cpu_s)


class Counted:
    """The reader, and how often and how long it worked."""

    def __init__(self, reader) -> None:  # type: ignore[no-untyped-def]
        self._reader, self.name, self.count, self.cpu_s = reader, reader.name, 0, 0.0

    def unavailable(self) -> str | None:
        return self._reader.unavailable()

    def read(self, picture, **options):  # type: ignore[no-untyped-def]
        from kb.media.run import spent_cpu_s

        before = spent_cpu_s()
        lines = self._reader.read(picture, **options)
        self.count += 1
        self.cpu_s += spent_cpu_s() - before
        return lines


def _words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[A-Za-z0-9]{2,}", text)]


def _recall(lines: list[ScreenLine], shown: list[list[str]]) -> float:
    """Of the words on each screen, counted as often as they stand there, those found in lines of its middle."""
    wanted = found = 0
    for at, texts in enumerate(shown):
        middle_ms = 500 * (CHANGES_S[at] + [*CHANGES_S[1:], LENGTH_S][at])
        there = Counter(word for text in texts for word in _words(text))
        read = Counter(w for line in lines if line.start_ms <= middle_ms < line.end_ms for w in _words(line.text))
        # The same line twice on a screen is one line to us.
        twice = Counter(word for text, count in Counter(texts).items() for word in _words(text) * (count - 1))
        wanted += (there - twice).total()
        found += ((there - twice) & read).total()
    return found / wanted


def _starts(lines: list[ScreenLine], shown: list[list[str]]) -> Iterator[float]:
    """How far off each start is, of lines that came with a change and are of three words or more."""
    for at in range(1, len(shown)):
        earlier = {text for texts in shown[:at] for text in texts}
        for text in set(shown[at]) - earlier:
            wanted = _words(text)
            near = [line.start_ms / 1000 - CHANGES_S[at] for line in lines if _words(line.text) == wanted]
            if len(wanted) >= 3 and near:
                yield min(map(abs, near))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        kept.mkdir(parents=True, exist_ok=True)
        main(kept)
