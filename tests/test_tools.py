import shutil
import subprocess
from pathlib import Path

import pytest

from kb import tools


def test_the_system_s_program_is_meant_where_it_has_one() -> None:
    assert tools.find("ffmpeg") == Path(shutil.which("ffmpeg") or "")


@pytest.mark.parametrize(("name", "says"), [("ffmpeg", "ffmpeg version"), ("redis-server", "Redis server v=")])
def test_a_wheel_s_program_is_meant_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, says: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = tools.find(name)
    assert found and tools.is_brought(found)
    assert subprocess.run(
        [found, "--version" if name == "redis-server" else "-version"], capture_output=True
    ).stdout.startswith(says.encode())


def test_what_neither_has_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools.find("ffprobe") is None
    assert tools.find("no-such-program") is None
