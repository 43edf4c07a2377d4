"""Images that somebody sends: what they are, how large they say they are, and what becomes of those made to harm."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kb.errors import ToolFailed
from kb.media import picture
from kb.media.picture import gray, kind_of, size_of

FORMATS = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp", "GIF": "gif", "BMP": "bmp"}


def image(form: str, size: tuple[int, int] = (64, 40), **options: object) -> bytes:
    """Black to the left, white to the right."""
    made = Image.new("RGB", size, "white")
    made.paste("black", (0, 0, size[0] // 2, size[1]))
    bytes_ = BytesIO()
    made.save(bytes_, form, **options)
    return bytes_.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1_000_000))
    parts = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (header, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def decoded(content: bytes, folder: Path) -> picture.Gray:
    source = folder / "source"
    source.write_bytes(content)
    with source.open("rb") as file:
        kind = kind_of(file.read(picture.HEAD_BYTES))
        assert kind
        size = size_of(file, kind)
    assert size
    return gray(source, kind, size, folder, deadline_s=20)


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_told_by_its_bytes_and_its_size_is_read_without_decoding(form: str) -> None:
    content = image(form, (301, 203))
    kind = kind_of(content[: picture.HEAD_BYTES])
    assert kind
    assert kind.name == FORMATS[form]
    assert size_of(BytesIO(content), kind) == (301, 203)


def test_the_size_is_found_in_every_kind_of_webp_and_after_the_comments_of_a_jpeg() -> None:
    for options in ({"lossless": True}, {"lossless": False}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}):
        assert size_of(BytesIO(image("WEBP", (301, 203), **options)), picture.WEBP) == (301, 203)
    assert size_of(BytesIO(image("JPEG", (301, 203), comment=b"x" * 60_000)), picture.JPEG) == (301, 203)


@pytest.mark.parametrize("form", FORMATS)
def test_an_image_becomes_gray_pixels_and_nothing_else_stays(form: str, tmp_path: Path) -> None:
    found = decoded(image(form), tmp_path)
    assert (found.width, found.height, len(found.pixels)) == (64, 40, 64 * 40)
    row = found.pixels[20 * 64 : 21 * 64]
    assert max(row[:28]) < 20
    assert min(row[36:]) > 235
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_larger_one_is_brought_down_to_what_a_screen_has(tmp_path: Path) -> None:
    found = decoded(image("PNG", (6000, 4000)), tmp_path)
    assert 0.99 < found.width * found.height / picture.MOST_GRAY_PIXELS <= 1
    assert found.width / found.height == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89PNG",
        b"#EXTM3U\nhttp://127.0.0.1/",
        b"<svg xmlns=",
        b"%PDF-1.7",
        b"BM is a text",
        b"RIFF\0\0\0\0WAVEfmt ",
    ],
)
def test_nothing_else_is_taken_for_an_image(head: bytes) -> None:
    assert kind_of(head) is None


@pytest.mark.parametrize("form", FORMATS)
def test_headers_cut_short_or_empty_have_no_size(form: str) -> None:
    content = image(form)
    kind = kind_of(content[: picture.HEAD_BYTES])
    assert kind
    for length in range(3, 30):
        cut = size_of(BytesIO(content[:length]), kind)
        assert cut is None or min(cut) > 0


def test_an_image_of_no_width_has_no_size() -> None:
    assert size_of(BytesIO(image("PNG")[:16] + bytes(8)), picture.PNG) is None
    assert size_of(BytesIO(b"GIF89a" + bytes(8)), picture.GIF) is None
    assert size_of(BytesIO(image("BMP")[:18] + bytes(8)), picture.BMP) is None


def test_a_jpeg_of_nothing_but_comments_ends_the_looking() -> None:
    assert size_of(BytesIO(b"\xff\xd8" + b"\xff\xfe\0\x02" * 100_000), picture.JPEG) is None


def test_a_bomb_is_refused_by_what_it_says_before_anything_is_decoded(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(png_that_says(30_000, 30_000))
    with pytest.raises(ToolFailed) as refused:
        gray(source, picture.PNG, (30_000, 30_000), tmp_path, deadline_s=20)
    assert refused.value.code == "picture-too-big"


@pytest.mark.parametrize("said", [(64, 40), (1, 1), (6000, 6000)])
def test_a_header_that_lies_costs_no_more_than_what_it_says(said: tuple[int, int], tmp_path: Path) -> None:
    """ffmpeg has a bound of its own for what the picture then is."""
    source = tmp_path / "source"
    source.write_bytes(png_that_says(30_000, 30_000))
    with pytest.raises(ToolFailed) as refused:
        gray(source, picture.PNG, said, tmp_path, deadline_s=20)
    assert refused.value.code == "unreadable"
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("form", FORMATS)
def test_noise_after_a_true_header_is_unreadable_or_gray_and_leaves_nothing(form: str, tmp_path: Path) -> None:
    content = image(form, (400, 300))
    try:
        found = decoded(content[: len(content) // 2] + b"\xa5\x5a\xff\0" * 5_000, tmp_path)
        assert len(found.pixels) == found.width * found.height
    except ToolFailed as failure:
        assert failure.code == "unreadable"
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_no_other_decoder_opens_what_begins_like_an_image(tmp_path: Path) -> None:
    """A film or playlist behind the name of an image is the image's demuxer's to refuse."""
    for content in (
        b"\xff\xd8\xff" + b"#EXTM3U\nfile:///etc/passwd\n" * 50,
        b"GIF89a" + b"\x01\0\x01\0" + b"\x1a\x45\xdf\xa3" * 99,
    ):
        source = tmp_path / "source"
        source.write_bytes(content)
        kind = kind_of(content)
        assert kind
        with pytest.raises(ToolFailed):
            gray(source, kind, (10, 10), tmp_path, deadline_s=20)
