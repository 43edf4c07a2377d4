"""Files made to harm: a canary file that no tool may read, a listener that nobody may call, bounds that must hold."""

import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.kinds import ALL, AVI, Kind, sniff
from kb.media.probe import Probe, probe
from kb.media.rendition import quick, render
from kb.media.stills import still

pytestmark = pytest.mark.usefixtures("both_tools")

Give = Callable[[str | Path], tuple[Path, Kind, Probe]]
CANARY = "canary-7f3a"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "secret" / "canary.ts"
    path.parent.mkdir()
    path.write_text(f"{CANARY}\n" * 50)
    return path


@pytest.fixture
def calls() -> Iterator[tuple[str, list[bytes]]]:
    """An address, and what those said who called it."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller:
                heard.append(caller.recv(1000))

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}", heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def playlist(address: str, canary: Path) -> str:
    return (
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n"
        f"#EXTINF:10,\nhttp://{address}/segment.ts\n#EXTINF:10,\nfile://{canary}\n"
        f"#EXTINF:10,\nconcat:file:{canary}|http://{address}/x\n#EXT-X-ENDLIST\n"
    )


SCRIPTS: dict[str, Callable[[str, Path], str]] = {
    "playlist": playlist,
    "playlist of playlists": lambda address, _: (
        f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nhttp://{address}/child.m3u8\n"
    ),
    "concat script": lambda address, canary: f"ffconcat version 1.0\nfile '{canary}'\nfile 'http://{address}/a.mp4'\n",
    "session description": lambda address, _: (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"a=control:rtsp://{address}/\nm=video 5004 RTP/AVP 96\n"
    ),
    "manifest": lambda address, canary: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>http://{address}/a.mp4</BaseURL></Representation>'
        f'<Representation id="2"><BaseURL>file://{canary}</BaseURL></Representation></AdaptationSet></Period></MPD>'
    ),
    "picture with a link": lambda address, canary: (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://{address}/a.png"/><image href="file://{canary}"/></svg>'
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", ["film.mp4", "film.m3u8", "film.webm", "film.avi"])
def test_a_script_in_disguise_is_no_recording(
    calls: tuple[str, list[bytes]], canary: Path, tmp_path: Path, script: str, name: str
) -> None:
    path = tmp_path / name
    path.write_text(SCRIPTS[script](calls[0], canary))
    assert sniff(path.read_bytes()) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_taken_for_a_recording_reads_and_calls_nothing_all_the_same(
    calls: tuple[str, list[bytes]], canary: Path, tmp_path: Path, script: str
) -> None:
    path = tmp_path / "film.m3u8"
    path.write_text(SCRIPTS[script](calls[0], canary))
    for kind in {kind.demuxer: kind for kind in ALL}.values():
        with pytest.raises(ToolFailed) as caught:
            probe(path, kind)
        assert CANARY not in caught.value.log
    assert calls[1] == []


def chunk(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(name: bytes, *parts: bytes) -> bytes:
    return chunk(b"LIST", name, *parts)


def film_with_subtitle(subtitle: str) -> bytes:
    """An AVI of ten gray pictures whose second stream carries a subtitle file within (GAB2, CVE-2017-9993)."""
    side, pixels = 16, 16 * 16 * 3
    main = struct.pack("<14I", 100_000, 0, 0, 0x10, 10, 0, 2, pixels, side, side, 0, 0, 0, 0)
    bitmap = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, pixels, 0, 0, 0, 0)
    picture = struct.pack(
        "<4s4sIHHIIIIIIII4H", b"vids", b"DIB ", 0, 0, 0, 0, 1, 10, 0, 10, pixels, 0, 0, 0, 0, side, side
    )
    words = struct.pack("<4s4sIHHIIIIIIII4H", b"txts", b"\0\0\0\0", 0, 0, 0, 0, 1, 10, 0, 10, 0, 0, 0, 0, 0, 0, 0)
    within = subtitle.encode()
    gab2 = b"GAB2\0" + struct.pack("<HI", 2, 4) + b"a\0\0\0" + struct.pack("<HI", 4, len(within)) + within
    header = listed(
        b"hdrl",
        chunk(b"avih", main),
        listed(b"strl", chunk(b"strh", picture), chunk(b"strf", bitmap)),
        listed(b"strl", chunk(b"strh", words), chunk(b"strf", b"")),
    )
    frames = [chunk(b"00db", b"\x80" * pixels) for _ in range(10)]
    return chunk(b"RIFF", b"AVI ", header, listed(b"movi", chunk(b"01tx", gab2), *frames))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_within_a_film_reads_and_calls_nothing(
    calls: tuple[str, list[bytes]], canary: Path, tmp_path: Path, script: str
) -> None:
    path, out = tmp_path / "film.avi", tmp_path / "out"
    out.mkdir()
    path.write_bytes(film_with_subtitle(SCRIPTS[script](calls[0], canary)))
    assert sniff(path.read_bytes()) == AVI
    found = probe(path, AVI)
    assert (found.width, found.height) == (16, 16)
    render(path, AVI, found, out, encode=True)
    assert calls[1] == []
    assert not any(CANARY.encode() in made.read_bytes() for made in out.iterdir())


NAMES = ["-i", "concat:http:x|file:y", "%03d [0:v] 'b' \"c\" $(d) `e`\nf", "@\u202e"]


@pytest.mark.parametrize("name", NAMES)
def test_names_like_options_addresses_or_patterns_are_names(probed: Give, tmp_path: Path, name: str) -> None:
    content = probed("browser.webm")[0].read_bytes()
    folder = tmp_path / name
    folder.mkdir()
    source = folder / name
    source.write_bytes(content)
    given = probed(source)
    made = quick(*given, folder)
    rendered = render(*given, folder, encode=True)
    assert made
    assert rendered.video
    still(rendered.video, 100, folder / "-still.webp")
    found = {path.name for path in folder.iterdir()}
    assert found == {
        name, "quick.webm", "video.mp4", "frames.gray", "storyboard-0.webp", "audio.wav", "-still.webp",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_days_claimed_by_two_pictures_are_refused_quickly(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    path, out = tmp_path / "days.mkv", tmp_path / "out"
    out.mkdir()
    days = ["-vf", "setpts=N*200000/TB", "-fps_mode", "passthrough"]
    ffmpeg("-f", "lavfi", "-i", "color=gray:s=16x16:r=1:d=2", *days, "-pix_fmt", "yuv420p", path)
    path, kind, found = probed(path)
    assert (found.duration_ms or 0) >= 200_000_000
    began = time.monotonic()
    with pytest.raises(ToolFailed) as caught:
        render(path, kind, found, out, encode=True)
    assert (caught.value.code, caught.value.permanent) == ("too-long", True)
    assert time.monotonic() - began < 10
    assert list(out.iterdir()) == []


def test_a_picture_that_grows_giant_on_the_way_does_no_harm(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name, size, offset in (("a", "320x180", 0), ("b", "6400x6400", 1)):
        source = ["-f", "lavfi", "-i", f"color=gray:s={size}:r=2:d=1"]
        encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", 1, "-output_ts_offset", offset]
        ffmpeg(*source, *encoder, tmp_path / f"{name}.ts")
    both = tmp_path / "both.ts"
    both.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    began = time.monotonic()
    try:
        rendered = render(*probed(both), out, encode=True)
        assert (rendered.width, rendered.height) == (320, 180)
    except ToolFailed as failure:
        assert failure.permanent
        assert list(out.iterdir()) == []
    assert time.monotonic() - began < 30


def test_an_attachment_is_not_taken_out(
    probed: Give, ffmpeg: Callable[..., None], clip: Callable[[str], Path], canary: Path, tmp_path: Path
) -> None:
    path, out = tmp_path / "film.mkv", tmp_path / "out"
    out.mkdir()
    escape = ["-metadata:s:t", "filename=../../escaped.txt", "-metadata:s:t", "mimetype=text/plain"]
    ffmpeg("-i", clip("silent.mp4"), "-c", "copy", "-attach", canary, *escape, path)
    rendered = render(*probed(path), out, encode=True)
    assert rendered.video
    assert not any(CANARY.encode() in made.read_bytes() for made in out.iterdir())
    assert not list(tmp_path.parent.rglob("escaped.txt"))


def broken(content: bytes, seed: int) -> bytes:
    """The same with some bytes changed, cut out or doubled."""
    chance, changed = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 40)):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                del changed[at : at + chance.randrange(500)]
            case 1:
                changed[at:at] = changed[at : at + chance.randrange(500)]
            case _:
                changed[at] = chance.randrange(256)
    return bytes(changed)


def go_all_the_way(path: Path, out: Path) -> None:
    """What the steps do with an upload; anything but a ToolFailed with a sentence is our fault."""
    kind = sniff(path.read_bytes()[:4096])
    if not kind:
        return
    try:
        found = probe(path, kind)
        quick(path, kind, found, out)
        rendered = render(path, kind, found, out, encode=True)
        assert rendered.video
        still(rendered.video, rendered.duration_ms // 2, out / "still.webp")
    except ToolFailed as failure:
        assert failure.detail.endswith(".")
        assert failure.code != "deadline"
    assert not list(out.glob(".*"))


@pytest.mark.parametrize("name", ["browser.webm", "h264-aac.mp4", "mpeg4.avi", "camera.ts"])
def test_a_damaged_file_ends_in_a_video_or_in_a_sentence(
    clip: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(broken(clip(name).read_bytes(), seed=1))
    out = tmp_path / "out"
    out.mkdir()
    go_all_the_way(path, out)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 40))
def test_many_damaged_files_end_so(clip: Callable[[str], Path], tmp_path: Path, seed: int) -> None:
    names = [
        "browser.webm",
        "h264-aac.mp4",
        "mpeg4.avi",
        "camera.ts",
        "flash.flv",
        "theora.ogv",
        "moving.gif",
        "vp9.webm",
    ]
    path = tmp_path / "damaged"
    path.write_bytes(broken(clip(names[seed % len(names)]).read_bytes(), seed))
    out = tmp_path / "out"
    out.mkdir()
    go_all_the_way(path, out)
