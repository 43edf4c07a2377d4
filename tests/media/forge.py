"""Writes the bytes of streams and containers that no encoder would: sizes, counts and lengths as one likes."""

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence

# -- H.264 ---------------------------------------------------------------------------------------------


def h264(width: int, height: int, pictures: int) -> bytes:
    """An elementary stream (Annex B) of one gray picture and others that repeat it, about 20 bytes each.

    A valid one, whatever its size: one byte a macroblock for the first. Sides are rounded up to 16.
    """
    across, down = -(-width // 16), -(-height // 16)
    stream = [_unit(0x67, _sequence(across, down)), _unit(0x68, _PICTURE_PARAMETERS)]
    for number in range(pictures):
        if number == 0:
            # I, frame 0, no idr id, no marks, no change of the quantizer, no deblocking; each macroblock is predicted
            # from its neighbours alone (I_16x16, DC) with nothing added: eight bits.
            bits = _ue(0) + _ue(7) + _ue(0) + "0000" + _ue(0) + "00" + _se(0) + _ue(1) + "00100111" * (across * down)
            stream.append(_unit(0x65, bits))
        else:
            skip_all = _ue(across * down)
            bits = _ue(0) + _ue(5) + _ue(0) + f"{number % 16:04b}" + "0" + "0" + "0" + _se(0) + _ue(1) + skip_all
            stream.append(_unit(0x41, bits))
    return b"".join(stream)


def _sequence(across: int, down: int) -> str:
    """Constrained baseline, level 5.2; numbers of frames in four bits, shown in the order of decoding."""
    start = f"{66:08b}{0xC0:08b}{52:08b}"
    return start + _ue(0) + _ue(0) + _ue(2) + _ue(1) + "0" + _ue(across - 1) + _ue(down - 1) + "1100"


def _ue(number: int) -> str:
    bits = f"{number + 1:b}"
    return "0" * (len(bits) - 1) + bits


def _se(number: int) -> str:
    return _ue(2 * number - 1 if number > 0 else -2 * number)


# CAVLC, one slice group, deblocking may be switched off.
_PICTURE_PARAMETERS = (
    _ue(0) + _ue(0) + "00" + _ue(0) + _ue(0) + _ue(0) + "000" + _se(0) + _se(0) + _se(0) + "1" + "0" + "0"
)


def _unit(head: int, bits: str) -> bytes:
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    content = int(bits, 2).to_bytes(len(bits) // 8, "big")
    for byte in (3, 0, 1, 2):
        content = content.replace(bytes([0, 0, byte]), bytes([0, 0, 3, byte]))
    return b"\0\0\0\1" + bytes([head]) + content


# -- Matroska --------------------------------------------------------------------------------------------

SUBTITLE, SOUND, PICTURE = 17, 2, 1


def element(name: int, *content: bytes | int | float | str) -> bytes:
    """name: the whole id, as documents write it."""
    joined = b"".join(map(_value, content))
    size = bytes([0x80 | len(joined)]) if len(joined) < 0x7F else (1 << 56 | len(joined)).to_bytes(8, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + joined


def _value(content: bytes | int | float | str) -> bytes:
    if isinstance(content, float):
        return struct.pack(">d", content)
    if isinstance(content, int):
        return content.to_bytes(max(1, (content.bit_length() + 7) // 8), "big")
    return content.encode() if isinstance(content, str) else content


def matroska(tracks: Iterable[bytes], clusters: Iterable[bytes], *, duration: float = 0.0, extra: bytes = b"") -> bytes:
    """duration: milliseconds, 0 for none; extra: elements between the tracks and the first cluster."""
    header = element(0x1A45DFA3, element(0x4282, "matroska"), element(0x4287, 4), element(0x4285, 2))
    length = element(0x4489, duration) if duration else b""
    info = element(0x1549A966, element(0x2AD7B1, 1_000_000), length)
    return header + element(0x18538067, info, element(0x1654AE6B, *tracks), extra, *clusters)


def track(number: int, kind: int, codec: str, *settings: bytes) -> bytes:
    return element(
        0xAE, element(0xD7, number), element(0x73C5, number), element(0x83, kind), element(0x86, codec), *settings
    )


def picture_track(number: int, codec: str, width: int, height: int, *settings: bytes) -> bytes:
    video = element(0xE0, element(0xB0, width), element(0xBA, height))
    return track(number, PICTURE, codec, video, *settings)


def sound_track(number: int, *, rate: float, channels: int, bits: int = 16) -> bytes:
    audio = element(0xE1, element(0xB5, rate), element(0x9F, channels), element(0x6264, bits))
    return track(number, SOUND, "A_PCM/INT/LIT", audio)


def cluster(at_ms: int, *blocks: bytes) -> bytes:
    return element(0x1F43B675, element(0xE7, at_ms), *blocks)


def block(number: int, content: bytes, after_ms: int = 0) -> bytes:
    return element(0xA3, (0x4000 | number).to_bytes(2, "big"), struct.pack(">hB", after_ms, 0x80), content)


def group(number: int, content: bytes, lasts_ms: int, after_ms: int = 0) -> bytes:
    """A block with a length."""
    inner = element(0xA1, (0x4000 | number).to_bytes(2, "big"), struct.pack(">hB", after_ms, 0), content)
    return element(0xA0, inner, element(0x9B, lasts_ms))


def compressed_by_zlib() -> bytes:
    """What a track says whose blocks are compressed."""
    return element(0x6D80, element(0x6240, element(0x5034, element(0x4254, b"\0"))))


def attachment(name: str, mime: str, content: bytes) -> bytes:
    file = element(0x61A7, element(0x466E, name), element(0x4660, mime), element(0x465C, content), element(0x46AE, 7))
    return element(0x1941A469, file)


# -- MP4 -------------------------------------------------------------------------------------------------

BRANCHES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"udta", b"rmra", b"rmda")


def box(name: bytes, *content: bytes) -> bytes:
    joined = b"".join(content)
    return struct.pack(">I4s", 8 + len(joined), name) + joined


def boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        found.append((name, content[at + 8 : at + (size or len(content))]))
        at += size or len(content)
    return found


def changed(content: bytes, changes: dict[bytes, Callable[[bytes], bytes]]) -> bytes:
    """The same boxes; those named get what their function makes of their content. b"" from it leaves the box out.

    What stands behind a box that grows moves, so the index must stand behind the pictures, as ffmpeg writes it.
    """
    made = []
    for name, inner in boxes(content):
        if name in BRANCHES:
            inner = changed(inner, changes)
        if name in changes:
            inner = changes[name](inner)
            if not inner:
                continue
        made.append(box(name, inner))
    return b"".join(made)


def one_of(content: bytes, path: Sequence[bytes]) -> bytes:
    """The content of the first box under each of these names."""
    for name in path:
        content = next(inner for found, inner in boxes(content) if found == name)
    return content


# -- AVI -------------------------------------------------------------------------------------------------


def chunk(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(name: bytes, *parts: bytes) -> bytes:
    return chunk(b"LIST", name, *parts)


def avi(width: int, height: int, frames: Sequence[bytes], *, subtitle: bytes | None = None) -> bytes:
    """Pictures as they are (24 bits a pixel, whatever frames hold), ten a second.

    subtitle: a file within, as the second stream's first packet (GAB2, CVE-2017-9993).
    """
    pixels = width * height * 3
    count = 1 if subtitle is None else 2
    main = struct.pack("<14I", 100_000, 0, 0, 0x10, len(frames), 0, count, pixels, width, height, 0, 0, 0, 0)
    bitmap = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, pixels & 0xFFFFFFFF, 0, 0, 0, 0)
    streams = [listed(b"strl", chunk(b"strh", _avi_stream(b"vids", b"DIB ", len(frames))), chunk(b"strf", bitmap))]
    words = b""
    if subtitle is not None:
        streams.append(listed(b"strl", chunk(b"strh", _avi_stream(b"txts", b"\0\0\0\0", 10)), chunk(b"strf", b"")))
        name = struct.pack("<HI", 2, 4) + b"a\0\0\0"
        words = chunk(b"01tx", b"GAB2\0", name, struct.pack("<HI", 4, len(subtitle)), subtitle)
    header = listed(b"hdrl", chunk(b"avih", main), *streams)
    movie = listed(b"movi", words, *(chunk(b"00db", frame) for frame in frames))
    return chunk(b"RIFF", b"AVI ", header, movie)


def _avi_stream(kind: bytes, codec: bytes, frames: int) -> bytes:
    return struct.pack("<4s4sIHHIIIIIIII4H", kind, codec, 0, 0, 0, 0, 1, 10, 0, frames, 0, 0, 0, 0, 0, 0, 0)


# -- pictures --------------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """White, one bit a pixel: 100 million of them in 15 KB."""
    rows = (b"\0" + b"\xff" * -(-width // 8)) * height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def gif(width: int, height: int, pictures: int) -> bytes:
    """A screen of that size on which single pixels are drawn, one every tenth of a second."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    dot = b"\x21\xf9\x04\0" + struct.pack("<H", 10) + b"\0\0" + b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + screen + dot * pictures + b"\x3b"
