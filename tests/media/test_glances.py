import itertools
from pathlib import Path

from PIL import Image, ImageDraw

from kb.media.frames import FRAME_SIZE
from kb.media.glances import (
    ALL,
    LONGEST_MOTION_MS,
    MOST_OF_SHORT,
    Box,
    Glance,
    first_change_ms,
    glances,
    pictures_between,
    worth_reading,
)

WHOLE = (*(0, 0), *FRAME_SIZE)


def screen(*boxes: tuple[int, int, int, int], ground: int = 20) -> Image.Image:
    picture = Image.new("L", FRAME_SIZE, ground)
    for box in boxes:
        ImageDraw.Draw(picture).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=60)
    return picture


def kept(folder: Path, pictures: list[Image.Image]) -> Path:
    path = folder / "frames.gray"
    path.write_bytes(b"".join(picture.tobytes() for picture in pictures))
    return path


def in_pixels(box: Box) -> tuple[float, ...]:
    return tuple(round(edge * size, 6) for edge, size in zip(box, (*FRAME_SIZE, *FRAME_SIZE), strict=True))


LINE, NEXT_LINE = (10, 10, 40, 11), (10, 12, 60, 13)


def test_a_screen_that_never_changes_is_read_once() -> None:
    assert glances([screen(LINE)] * 100) == [Glance(0, 0, (ALL,))]


def test_no_recording_has_no_glance() -> None:
    assert glances([]) == []


def test_what_is_new_is_read_once_it_stands_still_and_nothing_else_is() -> None:
    typed = [screen((10, 10, right, 11)) for right in (20, 25, 30, 35, 40)]
    first, second = glances([screen()] * 4 + typed + [typed[-1]] * 5)
    assert first.boxes == (ALL,)
    assert (second.began_ms, second.at_ms) == (2000, 4500)
    assert [in_pixels(box) for box in second.boxes] == [(8, 8, 42, 13)]


def test_a_cursor_that_blinks_is_nothing_new() -> None:
    assert len(glances([screen(LINE), screen(LINE, (50, 10, 52, 12))] * 20)) == 1


def test_what_moves_for_ever_is_read_now_and_then() -> None:
    moving = [screen((at % 100, 40, at % 100 + 20, 60)) for at in range(0, 900, 15)]
    times = [glance.at_ms for glance in glances(moving)]
    assert len(times) > 3
    apart = [later - at for at, later in itertools.pairwise(times[:-1])]
    assert all(LONGEST_MOTION_MS <= each <= LONGEST_MOTION_MS + 1000 for each in apart)


def test_what_comes_at_the_very_end_is_read() -> None:
    assert [glance.at_ms for glance in glances([screen()] * 6 + [screen(LINE)])] == [0, 3000]


def test_a_change_that_was_taken_back_is_not_read() -> None:
    moved = [screen((at, 10, at + 30, 11)) for at in (10, 40, 70)]
    assert len(glances([screen(), *moved, *[screen()] * 10])) == 1


def test_what_changes_far_apart_is_read_apart() -> None:
    pointer, window = (5, 5, 9, 9), (120, 60, 150, 80)
    _, second = glances([screen()] * 2 + [screen(pointer, window)] * 3)
    assert {in_pixels(box) for box in second.boxes} == {(3, 3, 11, 11), (118, 58, 152, 82)}


def test_a_restless_recording_is_read_in_bounds(tmp_path: Path) -> None:
    pages = [screen(WHOLE, ground=0) if at // 2 % 2 else screen() for at in range(120)]
    found = worth_reading(kept(tmp_path, pages))
    assert len(glances(pages)) > 50
    assert 2 < sum(glance.pictures for glance in found) <= MOST_OF_SHORT
    assert found[-1].at_ms > 30_000


def test_a_line_starts_when_its_own_place_changes_and_not_its_neighbours(tmp_path: Path) -> None:
    pictures = [screen()] * 4 + [screen(LINE)] * 4 + [screen(LINE, NEXT_LINE)] * 4
    frames = kept(tmp_path, pictures)
    between = pictures_between(frames, 2000, 5500)
    assert len(between) == 9

    def when(box: tuple[int, int, int, int]) -> int:
        width, height = FRAME_SIZE
        shares = (box[0] / width, box[1] / height, box[2] / width, box[3] / height)
        return first_change_ms(between, shares, 5500)

    assert (when(LINE), when(NEXT_LINE)) == (2000, 4000)
    assert when((100, 60, 140, 61)) == 5500
