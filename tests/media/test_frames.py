"""What the gray pictures tell, on screens that are drawn here."""

import itertools
from pathlib import Path

from PIL import Image, ImageDraw

from kb.media.frames import FRAME_SIZE, scenes_ms, telling_ms


def page(lines: int) -> bytes:
    """A screen with so many lines of text."""
    image = Image.new("L", FRAME_SIZE, 250)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        draw.text((4, 4 + 10 * line), "some words on a page", fill=20)
    return image.tobytes()


def frames_in(folder: Path, *frames: bytes) -> Path:
    path = folder / "frames.gray"
    path.write_bytes(b"".join(frames))
    return path


def test_the_poster_is_the_fullest_page_and_never_a_blank_one(tmp_path: Path) -> None:
    blank, black = page(0), bytes(FRAME_SIZE[0] * FRAME_SIZE[1])
    frames = frames_in(tmp_path, blank, black, page(1), page(8), page(8), page(3), blank, black)
    assert telling_ms(frames) == 3 * 500


def test_of_equal_moments_the_poster_is_the_earliest(tmp_path: Path) -> None:
    assert telling_ms(frames_in(tmp_path, page(0), page(5), page(5), page(5))) == 500


def test_a_picture_on_its_way_to_another_is_no_poster(tmp_path: Path) -> None:
    on_its_way = Image.blend(Image.frombytes("L", FRAME_SIZE, page(8)), Image.new("L", FRAME_SIZE, 0), 0.3).tobytes()
    assert telling_ms(frames_in(tmp_path, on_its_way, page(7), page(7))) == 500


def test_a_recording_of_nothing_but_blank_has_a_poster_all_the_same(tmp_path: Path) -> None:
    assert telling_ms(frames_in(tmp_path, page(0), page(0))) == 0


def test_a_long_recording_is_looked_at_in_steps(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, *[page(0)] * 3000, *[page(6)] * 30, *[page(0)] * 3000)
    assert 3000 * 500 <= telling_ms(frames) < 3030 * 500


# -- scenes --------------------------------------------------------------------------------------------------


def document(top: int, lines: int = 40) -> Image.Image:
    """A page of dark words on white, scrolled down by so many pixels; no line is like another."""
    image = Image.new("L", FRAME_SIZE, 250)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        draw.text((4, 4 + 10 * line - top), f"{line * 7919 % 10007} some words {line * 104729 % 9973}", fill=20)
    return image


def terminal(lines: int) -> Image.Image:
    image = Image.new("L", FRAME_SIZE, 12)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        draw.text((4, 2 + 5 * line), "$ ls", fill=200)
    return image


def test_another_window_is_another_scene_from_its_first_picture() -> None:
    assert scenes_ms([document(0)] * 6 + [terminal(1)] * 6) == [0, 3000]


def test_a_line_more_is_no_reason_for_a_later_poster(tmp_path: Path) -> None:
    screens = [terminal(lines).tobytes() for lines in (0, 8, 16, 16, 17, 17)]
    assert telling_ms(frames_in(tmp_path, *screens)) == 2 * 500


def test_what_is_typed_makes_no_scene() -> None:
    assert scenes_ms([terminal(lines) for lines in range(16) for _ in range(3)]) == [0]


def test_a_jump_within_a_page_is_a_scene() -> None:
    assert scenes_ms([document(0)] * 8 + [document(165)] * 8) == [0, 4000]


def test_a_scrolled_page_is_a_scene_where_it_stands_still() -> None:
    scrolled = [document(6 * step) for step in range(1, 13)]
    assert scenes_ms([document(0)] * 6 + scrolled + [document(72)] * 6) == [0, 8500]


def test_what_moves_and_comes_back_is_no_scene() -> None:
    moved = [document(8), document(16), document(8)]
    assert scenes_ms([document(0)] * 6 + moved + [document(0)] * 6) == [0]


def test_scenes_do_not_follow_each_other_faster_than_people_look() -> None:
    flicker = [terminal(1) if number % 2 else document(0) for number in range(12)]
    begins = scenes_ms(flicker)
    assert all(later - earlier >= 2000 for earlier, later in itertools.pairwise(begins))


def test_one_picture_is_one_scene_and_none_is_none() -> None:
    assert scenes_ms([document(0)]) == [0]
    assert scenes_ms([]) == []
