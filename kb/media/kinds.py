"""What a file is, by our own reading of its first bytes: the only containers that ffmpeg is ever asked to open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Enough for an Ogg file's first pages and a row of MPEG-TS packets.
HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """A container that we take. demuxer: what ffmpeg calls it; it is told, never left to guess."""

    name: str
    demuxer: str
    extension: str
    mime: str
    words: str


WEBM = Kind("webm", "matroska", "webm", "video/webm", "WebM")
MATROSKA = Kind("matroska", "matroska", "mkv", "video/x-matroska", "Matroska")
MP4 = Kind("mp4", "mov", "mp4", "video/mp4", "MP4")
M4V = Kind("m4v", "mov", "m4v", "video/x-m4v", "MP4")
THREE_GP = Kind("3gp", "mov", "3gp", "video/3gpp", "3GP")
QUICKTIME = Kind("mov", "mov", "mov", "video/quicktime", "QuickTime")
AVI = Kind("avi", "avi", "avi", "video/x-msvideo", "AVI")
FLV = Kind("flv", "flv", "flv", "video/x-flv", "Flash video")
MPEG_TS = Kind("mpegts", "mpegts", "ts", "video/mp2t", "an MPEG transport stream")
GIF = Kind("gif", "gif", "gif", "image/gif", "a GIF")
OGG = Kind("ogg", "ogg", "ogv", "video/ogg", "Ogg video")
ALL = (WEBM, MATROSKA, MP4, M4V, THREE_GP, QUICKTIME, AVI, FLV, MPEG_TS, GIF, OGG)


def by_name(name: str) -> Kind:
    """The kind that `sniff` found earlier; a row keeps its name."""
    return next(kind for kind in ALL if kind.name == name)


# What files of one demuxer are named like.
EXTENSIONS = {
    "matroska": {"mkv", "webm", "mk3d"},
    "mov": {"mp4", "m4v", "mov", "qt", "3gp", "3g2", "f4v"},
    "avi": {"avi"},
    "flv": {"flv", "f4v"},
    "mpegts": {"ts", "mts", "m2ts", "m2t"},
    "gif": {"gif"},
    "ogg": {"ogv", "ogg", "ogm"},
}


def fits(kind: Kind, filename: str) -> bool:
    """Tell whether the end of a name goes with what the file is; a name without one says nothing wrong."""
    _, dot, extension = filename.rpartition(".")
    return not dot or extension.lower() in EXTENSIONS[kind.demuxer]


def sniff(head: bytes) -> Kind | None:
    """Return the container that these first HEAD_BYTES bytes (or the whole of a shorter file) begin, if we take it."""
    return next((kind for read in READERS if (kind := read(head))), None)


def describe(head: bytes) -> str:
    """Say in words for a colleague what the file seems to be, as in "This looks like …"."""
    if kind := sniff(head):
        return f"a video ({kind.extension.upper()})"
    if not head:
        return "an empty file"
    return next((words for words, looks_so in LOOKS if looks_so(head)), "a file of an unknown kind")


# -- the containers that we take --------------------------------------------------------------------


def _matroska(head: bytes) -> Kind | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    # DocType: id 0x4282, its length in one byte, the text.
    at = head.find(b"\x42\x82", 4, 128)
    text = head[at + 3 : at + 3 + (head[at + 2] & 0x7F)] if 0 < at < len(head) - 3 else b""
    return {b"webm": WEBM, b"matroska": MATROSKA}.get(text.rstrip(b"\0"))


def _iso_media(head: bytes) -> Kind | None:
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    return QUICKTIME if _is_old_quicktime(head) else None


def _by_brand(brand: bytes) -> Kind | None:
    if brand in PICTURE_BRANDS or brand in AUDIO_BRANDS:
        return None
    if brand == b"qt  ":
        return QUICKTIME
    if brand.startswith(b"M4V"):
        return M4V
    return THREE_GP if brand.startswith((b"3gp", b"3g2")) else MP4


PICTURE_BRANDS = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"crx ",
    b"jxl ",
}
AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"}


def _is_old_quicktime(head: bytes) -> bool:
    """Tell QuickTime without ftyp: its first boxes, each a length and a name, are of a few kinds."""
    at = 0
    while at + 8 <= len(head):
        size, name = int.from_bytes(head[at : at + 4], "big"), head[at + 4 : at + 8]
        if name == b"mdat":
            return True
        if name == b"moov":
            return head[at + 12 : at + 16] in (b"mvhd", b"cmov", b"rmra", b"trak", b"udta")
        # Four letters of text as a length would be half a gigabyte and more.
        if name not in (b"wide", b"free", b"skip", b"pnot") or not 8 <= size < 1 << 24:
            return False
        at += size
    return at > len(head)


def _avi(head: bytes) -> Kind | None:
    return AVI if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


def _flv(head: bytes) -> Kind | None:
    # Version 1, then flags of which only two are in use, then the length of this header.
    return FLV if head[:4] == b"FLV\x01" and head[4:5] <= b"\x0f" and head[5:9] == b"\0\0\0\x09" else None


def _mpeg_ts(head: bytes) -> Kind | None:
    """Packets of 188 bytes that each begin with 0x47; camcorders put four bytes of time before each."""
    for first, length in ((0, 188), (4, 192)):
        starts = head[first::length][:20]
        if len(starts) >= 4 and starts == b"\x47" * len(starts):
            return MPEG_TS
    return None


def _gif(head: bytes) -> Kind | None:
    return GIF if head.startswith((b"GIF87a", b"GIF89a")) else None


def _ogg(head: bytes) -> Kind | None:
    return OGG if any(page.startswith((b"\x80theora", b"OVP80", b"BBCD\0")) for page in _ogg_pages(head)) else None


def _ogg_pages(head: bytes) -> Iterator[bytes]:
    """Yield the content of each page; those of the first describe one stream each."""
    at = 0
    while head[at : at + 4] == b"OggS" and len(head) > at + 27:
        lacing = head[at + 27 : at + 27 + head[at + 26]]
        content = at + 27 + len(lacing)
        yield head[content : content + sum(lacing)]
        at = content + sum(lacing)


READERS: tuple[Callable[[bytes], Kind | None], ...] = (_matroska, _iso_media, _avi, _flv, _mpeg_ts, _gif, _ogg)


# -- words for the others ------------------------------------------------------------------------------


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


def _text_begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(starts)


def _is_svg(head: bytes) -> bool:
    return b"<svg" in head[:1024].lower()


def _is_playlist(head: bytes) -> bool:
    starts = (b"#extm3u", b"ffconcat", b"[playlist]", b"<mpd", b"<smil", b"v=0\r\no=", b"v=0\no=", b"<asx")
    return _text_begins(*starts)(head) or b"<MPD" in head[:512]


def _is_riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _is_mpeg_audio(head: bytes) -> bool:
    """Eleven bits of sync, then a layer and a rate that exist; or ADTS, which leaves the layer 0."""
    return len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[2] >> 4 not in (0, 15)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.start > 0
    return True


LOOKS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("a playlist", _is_playlist),
    ("a picture", _begins(b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP  ", b"\0\0\1\0")),
    ("a picture", _is_riff(b"WEBP")),
    ("a picture", lambda head: head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS),
    ("a picture", _is_svg),
    ("an audio file", lambda head: head[4:8] == b"ftyp" and head[8:12] in AUDIO_BRANDS),
    ("an audio file", _is_riff(b"WAVE")),
    ("an audio file", _begins(b"ID3", b"fLaC", b"OggS", b"FORM", b"caff", b".snd", b"#!AMR", b"MThd")),
    ("an audio file", _is_mpeg_audio),
    ("a PDF document", _begins(b"%PDF")),
    ("a web page", _text_begins(b"<!doctype html", b"<html", b"<head", b"<body", b"<script")),
    ("a ZIP archive or an office document", _begins(b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")),
    ("an archive", _begins(b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")),
    ("a program", _begins(b"\x7fELF", b"MZ", b"#!")),
    ("a Windows Media video", _begins(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    ("an MPEG program stream", _begins(b"\0\0\1\xba", b"\0\0\1\xb3")),
    ("a subtitle file", _text_begins(b"webvtt", b"1\n00:", b"1\r\n00:")),
    ("a text file", _is_text),
)
