"""With the real program: what it reads, and how it ends where it can't."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from kb.errors import ToolFailed
from kb.hands import run_tool
from kb.screentext import choose
from kb.screentext.contract import Line
from kb.screentext.tesseract import Tesseract

FONT = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 15)


def page(*lines: str, ink: int = 20, ground: int = 245, size: tuple[int, int] = (900, 300)) -> Image.Image:
    picture = Image.new("L", size, ground)
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((24, 20 + 24 * number), line, fill=ink, font=FONT)
    return picture


def read(picture: Image.Image) -> list[Line]:
    return Tesseract(run_tool, lambda name: True).read(picture, should_stop=lambda: False)


@pytest.mark.parametrize(("ink", "ground"), [(20, 245), (220, 25)], ids=["light", "dark"])
def test_lines_are_read_with_their_places(ink: int, ground: int) -> None:
    said = ["TypeError: cannot read properties", "at checkout.submit (cart.js:42)"]
    first, second = read(page(*said, ink=ink, ground=ground))
    assert [first.text, second.text] == said
    assert 0.5 < first.confidence <= 1
    left, top, right, bottom = first.box
    assert abs(left - 24) <= 4
    assert 15 <= top < bottom <= 44
    assert 290 <= right <= 340
    assert second.box[1] >= bottom - 2


def test_a_single_line_cut_out_of_a_screen_is_read() -> None:
    picture = page("kubectl get pods --all-namespaces", size=(400, 44))
    assert [line.text for line in read(picture)] == ["kubectl get pods --all-namespaces"]


@pytest.mark.parametrize("ink", [85, 120, 150])
@pytest.mark.parametrize("size", [13, 15])
def test_a_dim_token_is_read(ink: int, size: int) -> None:
    picture = Image.new("L", (700, 28), 14)
    font = FONT.font_variant(size=size)
    ImageDraw.Draw(picture).text((10, 4), "API_TOKEN=ghp_JxAnPl3S3crItV0lue9E76", fill=ink, font=font)
    (line,) = read(picture)
    assert line.text.startswith("API_TOKEN=ghp_JxAnP")


@pytest.mark.parametrize("size", [11, 13, 16, 24, 40])
def test_letters_of_any_size_are_read(size: int) -> None:
    said = ["How to weigh a parcel before it leaves", "depot reserve --pallet 4711"]
    picture = Image.new("L", (1200, 200), 250)
    for number, line in enumerate(said):
        place = (20, 20 + 2 * size * number)
        ImageDraw.Draw(picture).text(place, line, fill=40, font=FONT.font_variant(size=size))
    assert [line.text for line in read(picture)] == said


def test_a_screen_without_words_gives_no_line() -> None:
    assert read(Image.new("L", (600, 400), 200)) == []


def test_no_few_signs_are_taken_for_a_line() -> None:
    assert read(page("| . -", "ok!")) == []


def test_auto_takes_it_where_it_is_installed_and_none_never() -> None:
    assert choose("none", run_tool, lambda name: True) is None
    assert choose("auto", run_tool, lambda name: False) is None
    found = choose("auto", run_tool, lambda name: True)
    assert found is not None
    assert (found.name, found.unavailable()) == ("tesseract", None)
    with pytest.raises(ValueError, match="rapidocr"):
        choose("rapidocr", run_tool, lambda name: True)


def test_one_that_crashes_fails_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(tmp_path, monkeypatch, "kill -SEGV $$")
    with pytest.raises(ToolFailed) as failed:
        read(page("anything"))
    assert (failed.value.code, failed.value.permanent) == ("crashed", True)


def test_one_that_hangs_is_ended_when_the_work_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(tmp_path, monkeypatch, "exec sleep 600")
    asked: list[Any] = []

    def over() -> bool:
        asked.append(None)
        return len(asked) > 1

    with pytest.raises(ToolFailed) as failed:
        Tesseract(run_tool, lambda name: True).read(page("anything"), should_stop=over)
    assert failed.value.code == "stopped"


def _instead(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program of this name, found first."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{Path(shutil.which('sh') or '').parent}:/usr/bin:/bin")
