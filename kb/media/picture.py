"""A still image that somebody sends, made into gray pixels by ffmpeg behind its walls; this process decodes none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kb.errors import ToolFailed
from kb.media.bounds import MAX_PIXELS
from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.kinds import Kind
from kb.media.run import Limits

HEAD_BYTES = 64
# Larger ones are brought down to this many pixels, as many as a screen of 4K has: their letters stay large enough.
MOST_GRAY_PIXELS = 3840 * 2160
# Before its size a JPEG may hold comments, colours and a preview; each part has at most 64 kB.
MOST_JPEG_PARTS = 200

# What each is opened as, and the only decoder that may then run.
PNG = Kind("png", "png_pipe", "png", "image/png", "PNG")
JPEG = Kind("jpeg", "jpeg_pipe", "jpg", "image/jpeg", "JPEG")
WEBP = Kind("webp", "webp_pipe", "webp", "image/webp", "WebP")
GIF = Kind("gif", "gif", "gif", "image/gif", "GIF")
BMP = Kind("bmp", "bmp_pipe", "bmp", "image/bmp", "BMP")
DECODERS = {"png": "png", "jpeg": "mjpeg", "webp": "webp", "gif": "gif", "bmp": "bmp"}

Size = tuple[int, int]


@dataclass(frozen=True)
class Gray:
    """One byte a pixel, row by row, 255 being white."""

    width: int
    height: int
    pixels: bytes


def kind_of(head: bytes) -> Kind | None:
    """Return what these first HEAD_BYTES bytes begin: a PNG, JPEG, WebP, GIF or BMP; None for everything else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    return BMP if head.startswith(b"BM") and head[6:10] == bytes(4) else None


def size_of(file: BinaryIO, kind: Kind) -> Size | None:
    """Return width and height as the header says; None if it says none. Decodes nothing."""
    file.seek(0)
    try:
        width, height = SIZES[kind.name](file)
    except (IndexError, ValueError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def gray(source: Path, kind: Kind, size: Size, folder: Path, *, deadline_s: float) -> Gray:
    """Decode the first picture of source in a child process that may read nothing else.

    size: as `size_of` gave it. folder: for the pixels until they are read. Raises ToolFailed; "picture-too-big" for
    more than MAX_PIXELS, "unreadable" where ffmpeg gives up.
    """
    if size[0] * size[1] > MAX_PIXELS:
        raise ToolFailed("It has too many pixels.", permanent=True, code="picture-too-big")
    width, height = _fitting(size)
    with workshop(folder) as shop:
        made = shop / "picture.gray"
        picture = opened(source, kind, codec_whitelist=DECODERS[kind.name], threads=1)["0"]
        picture = picture.filter("scale", width, height).filter("format", "gray")
        output = picture.output(str(made), f="rawvideo", vframes=1, **CLEAN)
        limits = Limits(deadline_s=deadline_s, output_bytes=2 * MOST_GRAY_PIXELS)
        convert([output], source=source, folder=shop, limits=limits)
        pixels = made.read_bytes()
    if len(pixels) != width * height:
        raise ToolFailed("It can't be decoded.", permanent=True, code="unreadable")
    return Gray(width, height, pixels)


def _fitting(size: Size) -> Size:
    width, height = size
    factor = min(1.0, (MOST_GRAY_PIXELS / (width * height)) ** 0.5)
    return max(1, int(width * factor)), max(1, int(height * factor))


# -- what the headers say; too short a file raises ------------------------------------------------------


def _png(file: BinaryIO) -> Size:
    head = file.read(24)
    if head[12:16] != b"IHDR":
        raise ValueError("no header")
    return _big(head[16:20]), _big(head[20:24])


def _gif(file: BinaryIO) -> Size:
    head = file.read(10)
    return _little(head[6:8]), _little(head[8:10])


def _bmp(file: BinaryIO) -> Size:
    head = file.read(26)
    if head[14] == 12:
        return _little(head[18:20]), _little(head[20:22])
    # A height below 0 says that the first row is the topmost.
    return _little(head[18:22]), abs(int.from_bytes(head[22:26], "little", signed=True))


def _webp(file: BinaryIO) -> Size:
    head = file.read(30)
    if head[12:16] == b"VP8X":
        return 1 + _little(head[24:27]), 1 + _little(head[27:30])
    if head[12:16] == b"VP8L":
        bits = _little(head[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF


def _jpeg(file: BinaryIO) -> Size:
    """Go from part to part, each a mark and a length, to the one that begins a picture."""
    file.seek(2)
    for _ in range(MOST_JPEG_PARTS):
        head = file.read(4)
        if head[0] != 0xFF:
            break
        if 0xC0 <= head[1] <= 0xCF and head[1] not in (0xC4, 0xC8, 0xCC):
            frame = file.read(5)
            return _big(frame[3:5]), _big(frame[1:3])
        file.seek(_big(head[2:4]) - 2, 1)
    raise ValueError("no picture")


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")


SIZES: dict[str, Callable[[BinaryIO], Size]] = {"png": _png, "jpeg": _jpeg, "webp": _webp, "gif": _gif, "bmp": _bmp}
