import shutil
from pathlib import Path

import pytest

from kb.speech import choose
from kb.speech.contract import Engine
from tests.speech.conftest import run
from tests.speech.whisper_model import make_model


def chosen(setting: str, models: Path) -> tuple[str, str, bool]:
    engine = choose(setting, run, models)
    assert engine is not None
    return engine.name, engine.model, engine.draft


def fault(engine: Engine | None) -> str:
    assert engine is not None
    return engine.unavailable() or ""


def test_without_a_model_the_built_in_recognition_hears(tmp_path: Path) -> None:
    assert chosen("auto", tmp_path) == chosen("pocketsphinx", tmp_path) == ("pocketsphinx", "en-us", True)
    assert choose("none", run, tmp_path) is None


def test_a_model_in_the_data_folder_is_taken_the_largest_first(models: Path, tmp_path: Path) -> None:
    for name in ("larger", "smaller"):
        shutil.copytree(models / "chain", tmp_path / name)
    with (tmp_path / "larger/model.bin").open("ab") as model:
        model.write(b"0")
    assert chosen("auto", tmp_path) == ("whisper", "larger", False)
    assert chosen("whisper:smaller", tmp_path) == ("whisper", "smaller", False)


def test_a_model_may_lie_elsewhere(models: Path, tmp_path: Path) -> None:
    engine = choose(f"whisper:{models / 'chain'}", run, tmp_path)
    assert engine is not None
    assert (engine.model, engine.unavailable()) == ("chain", None)


def test_what_a_model_lacks_is_said_before_it_is_wanted(tmp_path: Path) -> None:
    assert "no folder" in fault(choose("whisper:absent", run, tmp_path))
    make_model(tmp_path / "torn")
    (tmp_path / "torn/tokenizer.json").unlink()
    assert "lacks tokenizer.json" in fault(choose("whisper:torn", run, tmp_path))
    assert chosen("auto", tmp_path)[0] == "pocketsphinx"


def test_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        choose("parrot", run, tmp_path)
