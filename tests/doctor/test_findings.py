from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from kb.cli import kb
from kb.doctor.findings import Finding, examine


def found(name: str) -> Finding:
    return next(finding for finding in examine() if finding.name == name)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose system has none of our programs; returns the folder where it looks for them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_what_wheels_brought_counts_as_there(in_site: Flask, bare: Path) -> None:
    assert found("ffmpeg").ok
    assert found("ffmpeg").detail.endswith("from PyPI, because the system has none")
    assert found("ffprobe") == Finding("ffprobe", True, "PyAV does its work")


def test_what_the_site_can_do_without_is_named_with_the_command_that_adds_it(in_site: Flask, bare: Path) -> None:
    flite = found("flite")
    assert (flite.ok, flite.is_needed) == (False, False)
    assert "make demo" in flite.detail
    assert flite.command.startswith("apt-get install") and flite.command.endswith(" flite")


def test_a_program_that_does_not_start_is_missing(in_site: Flask, bare: Path) -> None:
    (bare / "ffmpeg").write_text("#!/bin/sh\nexit 1\n")
    (bare / "ffmpeg").chmod(0o755)
    ffmpeg = found("ffmpeg")
    assert (ffmpeg.ok, ffmpeg.is_needed) == (False, True)
    assert "does not start" in ffmpeg.detail


def test_what_is_not_in_order_says_how_to_mend_it(in_site: Flask, bare: Path) -> None:
    """No Redis and no address for others in this site: something is there to say."""
    broken = [finding for finding in examine() if not finding.ok]
    assert {"redis", "address", "flite", "tesseract"} <= {finding.name for finding in broken}
    assert [finding.name for finding in broken if not (finding.mend or finding.command)] == []


def test_the_command_fails_for_what_is_needed_alone(
    in_site: Flask, monkeypatch: pytest.MonkeyPatch, bare: Path
) -> None:
    settings = in_site.extensions["kb.settings"]
    monkeypatch.setenv("KB_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KB_REDIS_URL", settings.redis_url)
    said = CliRunner().invoke(kb, ["doctor"])
    assert said.exit_code == 1
    assert "MISS  redis: " in said.output
    assert "less  flite: " in said.output
