"""What each step takes, beside what kb/screencasts/pipeline/forecast.py expects: the bar and the time left rest on it.

`.venv/bin/python bench/steps.py [ROUNDS]` prints the table of docs/performance.md. The recordings are those of
bench/inputs.py; every step runs in this process, one after the other, so CPU seconds are its own.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from inputs import inputs

from kb import db
from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.screencasts import actions
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import work
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.hearing import step as hearing
from kb.transcripts.screen import text as screen_text

STEPS: dict[str, Callable[[str], None]] = {
    "probe": work.probe,
    "quick": work.quick,
    "rendition": work.rendition,
    "speech": hearing.hear,
    "screen": screen_text.read_screen,
    "chapters": chapters.find,
}


def main(rounds: int) -> None:
    found = inputs()
    paths = [getattr(found, each.name) for each in fields(found) if isinstance(getattr(found, each.name), Path)]
    print("| recording | step | expected, s | CPU s |\n|---|---|---|---|")
    for path in paths:
        took = [measure(path) for _ in range(rounds)]
        for step in STEPS:
            expected, spent = zip(*(each[step] for each in took), strict=True)
            print(f"| {path.name} | {step} | {expected[0]:.1f} | {statistics.median(spent):.1f} |", flush=True)


def measure(path: Path) -> dict[str, tuple[float, float]]:
    """(expected when it began, CPU seconds that it took) by step."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data", redis_url="unix:///nowhere/redis.sock")
        settings.make_folders()
        db.migrate(settings.sqlalchemy_url)
        app = create_app(settings, pages=False, send=lambda *_: None)
        with app.app_context():
            person = accounts.add_person("a@test.example", "Ann", Role.member, None)
            landed = settings.tmp_dir / "landing"
            shutil.copy(path, landed)
            screencast = actions.receive(landed, path.name, Upload(title="One"), by=person)
            return {name: run(screencast, name) for name in STEPS}


def run(screencast: Screencast, name: str) -> tuple[float, float]:
    STEPS[name](screencast.id)
    step = screencast.step(name)
    assert step
    return step.expected_s or 0.0, step.cpu_s or 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
