"""What docs/ says about settings, programs and packages is complete."""

import re
from pathlib import Path

import click
import pytest

from kb.cli import kb
from kb.config import ROOT, Settings
from kb.queues import QUEUES
from kb.supervise import programs


def rows(name: str) -> set[str]:
    """What the first cells of a page's tables name."""
    return set(re.findall(r"^\| `([^`]+)`", (ROOT / "docs" / name).read_text(), re.MULTILINE))


def test_every_setting_is_explained_and_no_other() -> None:
    assert rows("settings.md") == {f"KB_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["max_upload_bytes", "max_duration_s", "bind", "signup", "speech"])
def test_a_setting_s_default_is_the_one_in_the_docs(name: str) -> None:
    [default] = re.findall(
        rf"^\| `KB_{name.upper()}` \| [^|`]*`([^`]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    assert default == str(Settings.model_fields[name].default)


def test_every_program_is_explained(tmp_path: Path) -> None:
    listed = programs((ROOT / "Procfile").read_text(), Settings(data_dir=tmp_path))
    assert {program.name for program in listed} <= rows("running.md")


def test_every_command_of_the_makefile_is_explained() -> None:
    [targets] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    steps_of_others = {"help", "setup", "setup-test"}
    text = (ROOT / "docs/running.md").read_text()
    assert {target for target in set(targets.split()) - steps_of_others if f"`make {target}`" not in text} == set()


def test_every_system_package_is_explained() -> None:
    needed = set(re.findall(r"\bneed ([\w-]+) ", (ROOT / "deploy/setup").read_text()))
    assert needed
    assert needed <= rows("dependencies.md")


def test_every_command_and_every_job_is_explained() -> None:
    assert rows("commands.md") == {*commands(kb, "kb"), *QUEUES}


def test_the_jobs_stand_beside_the_queue_they_wait_in() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    assert dict(re.findall(r"^\| `(\w+\.\w+)` \| (\w+) \|", text, re.MULTILINE)) == dict(QUEUES)


def commands(group: click.Group, name: str) -> list[str]:
    found = []
    for child in group.commands.values():
        path = f"{name} {child.name}"
        found += commands(child, path) if isinstance(child, click.Group) else [path]
    return found
