"""What names other files and addresses, what it hides in, and a canary at the end of each name.

The canaries: words that stand in no other file, a film of a colour that no other has, a port at which nobody may call.
"""

import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.media import forge
from tests.media.bombs import GRAY, gray_track, still_pictures
from tests.media.forge import element

FFMPEG = shutil.which("ffmpeg") or "ffmpeg"
CANARY = "canary-7f3a"
MAGENTA = "0xff00c8"


@dataclass
class Bait:
    """words, film (MPEG-TS), movie (MP4), child (a playlist of the film): files that no tool was given.

    The words are named like a film, since ffmpeg looks at that, too.
    """

    words: Path
    film: Path
    movie: Path
    child: Path
    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def baited(folder: Path) -> Iterator[Bait]:
    """Lay out the canaries; who calls, by TCP or UDP, is in `heard`."""
    folder.mkdir()
    words, film, movie, child = (folder / name for name in ("words.ts", "film.ts", "movie.mp4", "child.m3u8"))
    words.write_text(f"{CANARY}\n" * 50)
    colour = ["-f", "lavfi", "-i", f"color={MAGENTA}:s=320x180:r=5:d=2", "-c:v", "libx264", "-preset", "ultrafast"]
    for path in (film, movie):
        command = [FFMPEG, "-nostdin", "-v", "error", *colour, "-pix_fmt", "yuv420p", str(path)]
        subprocess.run(command, check=True)
    child.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{film}\n#EXT-X-ENDLIST\n")
    with socket.create_server(("127.0.0.1", 0)) as calls, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        bait = Bait(words, film, movie, child, calls.getsockname()[1])
        packets.bind(("127.0.0.1", bait.port))
        listeners = [threading.Thread(target=listen, args=(bait.heard,)) for listen in (_take(calls), _hear(packets))]
        for listener in listeners:
            listener.start()
        yield bait
        calls.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", bait.port))
        for listener in listeners:
            listener.join()


def _take(calls: socket.socket) -> Callable[[list[bytes]], None]:
    def listen(heard: list[bytes]) -> None:
        while True:
            try:
                caller, _ = calls.accept()
            except OSError:
                return
            with caller:
                heard.append(caller.recv(1000))

    return listen


def _hear(packets: socket.socket) -> Callable[[list[bytes]], None]:
    def listen(heard: list[bytes]) -> None:
        while packet := packets.recv(1000):
            heard.append(packet)

    return listen


def shows_magenta(path: Path) -> bool:
    """Whether any pixel of any picture in it has the canary's colour."""
    command = [FFMPEG, "-nostdin", "-v", "quiet", "-i", str(path), "-vf", "scale=32:18", "-f", "rawvideo"]
    pixels = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], check=False, capture_output=True).stdout
    triples = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    return any(red > 180 and green < 90 and blue > 120 for red, green, blue in triples)


# -- texts that name others --------------------------------------------------------------------------------

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n{}#EXT-X-ENDLIST\n"


def playlist(*addresses: str) -> str:
    return PLAYLIST.format("".join(f"#EXTINF:2,\n{address}\n" for address in addresses))


SCRIPTS: dict[str, Callable[[Bait], str]] = {
    "playlist of a film": lambda bait: playlist(f"file://{bait.film}"),
    "playlist of an address": lambda bait: playlist(f"http://{bait.address}/segment.ts", f"file://{bait.words}"),
    "playlist of playlists": lambda bait: (
        f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile://{bait.child}\n"
        f"#EXT-X-STREAM-INF:BANDWIDTH=2\nhttp://{bait.address}/child.m3u8\n"
    ),
    "playlist with a key": lambda bait: (
        f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://{bait.address}/key"\n#EXT-X-MAP:URI="file://{bait.words}"\n'
        f"#EXTINF:2,\nfile://{bait.film}\n"
    ),
    "playlist of protocols": lambda bait: playlist(
        f"concat:file:{bait.words}|http://{bait.address}/x",
        f"subfile,,start,0,end,200,,:file:{bait.words}",
        f"tcp://{bait.address}",
        f"udp://{bait.address}",
        f"crypto+http://{bait.address}/x",
        f"data:application/vnd.apple.mpegurl,{playlist(f'file://{bait.film}')!r}",
    ),
    "concat script": lambda bait: f"ffconcat version 1.0\nfile '{bait.film}'\nfile 'http://{bait.address}/a.mp4'\n",
    "session description": lambda bait: (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"a=control:rtsp://{bait.address}/\nm=video {bait.port} RTP/AVP 96\n"
    ),
    "manifest": lambda bait: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>http://{bait.address}/a.mp4</BaseURL></Representation>'
        f'<Representation id="2"><BaseURL>file://{bait.movie}</BaseURL></Representation></AdaptationSet></Period></MPD>'
    ),
    "picture with a link": lambda bait: (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://{bait.address}/a.png"/>'
        f'<image href="file://{bait.words}"/></svg>'
    ),
    "script of a program for films": lambda bait: f'FFVideoSource("{bait.film}")\n',
}

# -- films with a script within -----------------------------------------------------------------------------

Clip = Callable[[str], Path]


def after_packets(script: bytes, clip: Clip) -> bytes:
    return clip("plain.ts").read_bytes() + script


def as_subtitle(script: bytes, _: Clip) -> bytes:
    words = forge.track(2, forge.SUBTITLE, "S_TEXT/UTF8")
    return forge.matroska([gray_track(), words], [*still_pictures(2), forge.cluster(2000, forge.group(2, script, 500))])


def as_attachment(script: bytes, _: Clip) -> bytes:
    extra = forge.attachment("../../escaped.m3u8", "application/vnd.apple.mpegurl", script)
    return forge.matroska([gray_track()], still_pictures(2), extra=extra)


def as_private_data(script: bytes, _: Clip) -> bytes:
    return forge.matroska([gray_track(1, 16, element(0x63A2, script))], still_pictures(2))


def as_words_of_a_movie(script: bytes, clip: Clip) -> bytes:
    comment = forge.box(b"udta", forge.box(b"\xa9cmt", struct.pack(">HH", len(script), 0), script))
    movie = clip("plain.mp4").read_bytes()
    return b"".join(
        forge.box(name, inner + comment if name == b"moov" else inner) for name, inner in forge.boxes(movie)
    )


def in_avi(script: bytes, _: Clip) -> bytes:
    return forge.avi(16, 16, [b"\x80" * 768] * 10, subtitle=script)


# Names of files and what makes their content; those of the second kind play without what is within.
HEADERS: dict[str, bytes] = {
    "film.mp4": b"",
    "film.m3u8": b"",
    "header.mp4": forge.box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41"),
    "header.mov": forge.box(b"wide") + forge.box(b"free", b"\0" * 8),
    "header.mkv": element(0x1A45DFA3, element(0x4282, "matroska"), element(0x4287, 4), element(0x4285, 2)),
    "header.webm": element(0x1A45DFA3, element(0x4282, "webm"), element(0x4287, 4), element(0x4285, 2)),
    "header.gif": b"GIF89a\x10\0\x10\0\0\0\0",
    "header.flv": b"FLV\1\1\0\0\0\x09\0\0\0\0",
    "header.avi": b"RIFF\xff\xff\0\0AVI ",
}
WITHIN: dict[str, Callable[[bytes, Clip], bytes]] = {
    "after.ts": after_packets,
    "subtitle.mkv": as_subtitle,
    "attachment.mkv": as_attachment,
    "private.mkv": as_private_data,
    "comment.mp4": as_words_of_a_movie,
    "subtitle.avi": in_avi,
}

# -- films that refer to others in their own words ------------------------------------------------------------


def alias(bait: Bait, _: Clip) -> bytes:
    """A movie whose pictures stand in another file (dref, alis)."""
    target = str(bait.movie).encode()
    target += b"\0" * (len(target) % 2)
    record = b"\0" * 10 + b"\0" * 28 + b"\0" * 12 + b"\0" * 64 + b"\0" * 16 + struct.pack(">HH", 0, 0) + b"\0" * 16
    record += struct.pack(">HH", 2, len(target)) + target + b"\xff\xff\0\0"
    entry = forge.box(b"alis", b"\0" * 4, record)
    changes: dict[bytes, Callable[[bytes], bytes]] = {
        b"dref": lambda _: struct.pack(">II", 0, 1) + entry,
        b"mdat": lambda pictures: b"\0" * len(pictures),
    }
    return forge.changed(bait.movie.read_bytes(), changes)


def address_of_data(bait: Bait, _: Clip) -> bytes:
    """The same by an address (dref, url)."""
    entry = forge.box(b"url ", b"\0" * 4, f"http://{bait.address}/movie.mp4\0".encode())
    changes: dict[bytes, Callable[[bytes], bytes]] = {
        b"dref": lambda _: struct.pack(">II", 0, 1) + entry,
        b"mdat": lambda pictures: b"\0" * len(pictures),
    }
    return forge.changed(bait.movie.read_bytes(), changes)


def reference_movie(bait: Bait, _: Clip) -> bytes:
    """QuickTime that says nothing but where other movies are (rmra, rdrf)."""
    places = (f"file://{bait.movie}", f"http://{bait.address}/a.mov")
    references = [struct.pack(">I4sI", 0, b"url ", len(place) + 1) + place.encode() + b"\0" for place in places]
    made = [forge.box(b"rmda", forge.box(b"rdrf", reference)) for reference in references]
    return forge.box(b"moov", forge.box(b"rmra", *made)) + forge.box(b"mdat", b"\0" * 1000)


def linked_segments(bait: Bait, _: Clip) -> bytes:
    """Matroska that goes on in another file, by its neighbours and by ordered chapters."""
    other = b"\x42" * 16
    chapter = element(0xB6, element(0x73C4, 1), element(0x91, 0), element(0x92, 2_000_000_000), element(0x6E67, other))
    chapters = element(0x1043A770, element(0x45B9, element(0x45DD, 1), chapter))
    links = element(0x3EB923, other) + element(0x3E83BB, str(bait.film)) + element(0x3C83AB, str(bait.film))
    info = element(0x1549A966, element(0x2AD7B1, 1_000_000), links)
    return forge.matroska([gray_track()], still_pictures(2), extra=info + chapters)


def escaping_attachments(bait: Bait, _: Clip) -> bytes:
    extra = forge.attachment("../../escaped.txt", "text/plain", b"x") + forge.attachment(
        str(bait.words.parent / "escaped.txt"), "image/png", forge.png(10, 10)
    )
    tracks = [gray_track()]
    return forge.matroska(tracks, [forge.cluster(at * 500, forge.block(1, GRAY)) for at in range(4)], extra=extra)


REFERENCES: dict[str, Callable[[Bait, Clip], bytes]] = {
    "alias.mov": alias,
    "address.mov": address_of_data,
    "references.mov": reference_movie,
    "linked.mkv": linked_segments,
    "attachments.mkv": escaping_attachments,
}
