from pathlib import Path

import pytest

from tests.web.actors import World, make_world
from tests.web.actors import site as site


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("world"), migrated, clip)
