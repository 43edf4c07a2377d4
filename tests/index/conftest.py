from collections.abc import Callable
from pathlib import Path

import pytest

from kb.index.contract import Index
from kb.index.memory import MemoryIndex
from kb.index.whoosh import WhooshIndex


@pytest.fixture(params=["memory", "whoosh"])
def make_index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Index]:
    """Every engine, for the tests of what they must do alike."""
    return MemoryIndex if request.param == "memory" else lambda: WhooshIndex(tmp_path / "index")
