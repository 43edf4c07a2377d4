"""Small files that would be large, long or many once opened. Each is made in well under a second."""

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.media import forge
from tests.media.forge import element

Ffmpeg = Callable[..., None]
Make = Callable[[Ffmpeg, Path, Callable[[str], Path]], Path]

HOUR_MS = 3_600_000
SIDE = 16
GRAY = b"\x80" * (SIDE * SIDE)


def gray_track(number: int = 1, side: int = SIDE, *settings: bytes) -> bytes:
    """Pictures of 8-bit gray without a codec."""
    video = element(0xE0, element(0xB0, side), element(0xBA, side), element(0x2EB524, "Y800"))
    return forge.track(number, forge.PICTURE, "V_UNCOMPRESSED", video, *settings)


def still_pictures(seconds: int, number: int = 1) -> list[bytes]:
    """A gray picture a second."""
    return [forge.cluster(at * 1000, forge.block(number, GRAY)) for at in range(seconds)]


# -- pictures --------------------------------------------------------------------------------------------


def from_h264(ffmpeg: Ffmpeg, path: Path, stream: bytes, *options: str, fps: int = 10) -> Path:
    raw = path.with_name(path.name + ".h264")
    raw.write_bytes(stream)
    ffmpeg("-f", "h264", "-r", fps, "-i", raw, "-c", "copy", *options, path)
    raw.unlink()
    return path


@cache
def giant_stream() -> bytes:
    return forge.h264(16000, 16000, 2)


def giant_h264(name: str) -> Make:
    return lambda ffmpeg, folder, _: from_h264(ffmpeg, folder / name, giant_stream())


def giant_vp8(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
    return written(folder / "giant.webm", resized_vp8(clip("browser.webm").read_bytes(), 0))


def suddenly_giant_vp8(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
    return written(folder / "grows.webm", resized_vp8(clip("keyframes.webm").read_bytes(), 2))


def resized_vp8(webm: bytes, which: int) -> bytes:
    """The same, but the keyframe of this number says that it is 16,383 pixels wide and high, the most for VP8."""
    start, at = b"\x9d\x01\x2a", -1
    for _ in range(which + 1):
        at = webm.index(start, at + 1)
    return webm[: at + 3] + struct.pack("<HH", 16383, 16383) + webm[at + 7 :]


def giant_vp9(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
    """Thirty thousand pixels wide and high, as its first keyframe says."""
    webm = clip("vp9.webm").read_bytes()
    at = webm.index(b"\x49\x83\x42") - 1
    # After frame marker, profile and flags (8 bits), sync code (24), colours (4): two sides of 16 bits, less one.
    bits = int.from_bytes(webm[at : at + 9], "big")
    mask = ((1 << 32) - 1) << 4
    bits = bits & ~mask | (29_999 << 16 | 29_999) << 4
    return written(folder / "giant-vp9.webm", webm[:at] + bits.to_bytes(9, "big") + webm[at + 9 :])


def suddenly_giant_h264(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    small = from_h264(ffmpeg, folder / "small.ts", forge.h264(320, 176, 10))
    large = from_h264(ffmpeg, folder / "large.ts", giant_stream(), "-output_ts_offset", "1")
    return written(folder / "grows.ts", small.read_bytes() + large.read_bytes())


def many_large_pictures(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    """Sixty pictures a second, each as large as we take, in a megabyte."""
    return from_h264(ffmpeg, folder / "many-large.mp4", forge.h264(5888, 5888, 20_000), fps=60)


def thousand_a_second(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    return from_h264(ffmpeg, folder / "1000fps.mp4", forge.h264(640, 352, 10_000), fps=1000)


def all_at_once(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """A hundred thousand pictures within one millisecond."""
    pictures = [forge.cluster(0, *[forge.block(1, GRAY)] * 100_000)]
    return written(folder / "at-once.mkv", forge.matroska([gray_track()], pictures))


def giant_raw_avi(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    return written(folder / "raw.avi", forge.avi(16000, 16000, [b"\x80" * 1000] * 3))


def encoded(codec: str, name: str, *options: str) -> Make:
    """A stream of a codec of studios, whose size is then said to be larger by its container and its pictures."""

    def make(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
        path = folder / name
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=5:d=1", "-c:v", codec, *options, path)
        content = path.read_bytes().replace(struct.pack(">HH", 1920, 1080), struct.pack(">HH", 30000, 30000))
        return written(path, content)

    return make


def giant_gif(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    return written(folder / "giant.gif", forge.gif(30000, 30000, 3))


def large_gif(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """Fifty pictures, each as large as we take, in a kilobyte."""
    return written(folder / "large.gif", forge.gif(5888, 5888, 50))


def cover(kind: str) -> Make:
    """A picture of a hundred million pixels beside a clip: attached, or as a stream."""

    def make(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
        picture = forge.png(10_000, 10_000)
        if kind == "attached":
            extra = forge.attachment("cover.png", "image/png", picture)
            return written(folder / "cover.mkv", forge.matroska([gray_track()], still_pictures(3), extra=extra))
        drawn, path = written(folder / "cover.png", picture), folder / "cover.mp4"
        clip = from_h264(ffmpeg, folder / "clip.mp4", forge.h264(320, 176, 20))
        ffmpeg("-i", clip, "-i", drawn, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v:1", "attached_pic", path)
        return path

    return make


# -- time ------------------------------------------------------------------------------------------------


def one_picture_for(hours: float) -> Make:
    """One picture at the start and one at the end."""

    def make(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
        end_ms = int(hours * HOUR_MS)
        clusters = [forge.cluster(0, forge.block(1, GRAY)), forge.cluster(end_ms, forge.block(1, GRAY))]
        return written(folder / f"{hours:g}h.mkv", forge.matroska([gray_track()], clusters, duration=float(end_ms)))

    return make


def claims_days(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """Three seconds whose header says 39 hours."""
    return written(folder / "claims.mkv", forge.matroska([gray_track()], still_pictures(3), duration=39.0 * HOUR_MS))


def index_claims_days(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    """An MP4 each of whose pictures is to stay for thirteen hours."""
    clip = from_h264(ffmpeg, folder / "clip.mp4", forge.h264(320, 176, 3)).read_bytes()
    ticks = struct.unpack_from(">I", forge.one_of(clip, [b"moov", b"trak", b"mdia", b"mdhd"]), 12)[0]
    stays = struct.pack(">IIII", 0, 1, 3, (13 * 3600 * ticks) & 0xFFFFFFFF)
    return written(folder / "days.mp4", forge.changed(clip, {b"stts": lambda _: stays, b"edts": lambda _: b""}))


def no_time_at_all(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    pictures = [forge.cluster(0, forge.group(1, GRAY, 0))]
    return written(folder / "zero.mkv", forge.matroska([gray_track()], pictures))


# -- counts ----------------------------------------------------------------------------------------------


def thousands_of_streams(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    tracks = [gray_track(number + 1) for number in range(5000)]
    return written(folder / "streams.mkv", forge.matroska(tracks, still_pictures(3)))


def thousands_of_tracks(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    clip = from_h264(ffmpeg, folder / "clip.mp4", forge.h264(320, 176, 3)).read_bytes()
    trak = forge.box(b"trak", forge.one_of(clip, [b"moov", b"trak"]))
    made = [forge.box(name, inner + trak * 4999 if name == b"moov" else inner) for name, inner in forge.boxes(clip)]
    return written(folder / "tracks.mp4", b"".join(made))


def many_cuts(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
    """The picture has an edit list of 400,000 cuts of a thousandth of a second, each from somewhere else."""
    cuts = b"".join(struct.pack(">IiI", 1, 37 * number % 900, 0x10000) for number in range(400_000))
    edits = iter([forge.box(b"elst", struct.pack(">II", 0, 400_000), cuts)])
    film = forge.changed(clip("h264-aac.mp4").read_bytes(), {b"edts": lambda sounds: next(edits, sounds)})
    return written(folder / "cuts.mp4", film)


def many_sounds(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """Sixty sound tracks of 64 channels."""
    tracks = [gray_track(), *(forge.sound_track(2 + number, rate=48_000.0, channels=64) for number in range(60))]
    second = b"\0" * (64 * 2 * 480)
    clusters = [
        forge.cluster(at * 10, *([forge.block(1, GRAY)] if at % 5 == 0 else []),
                      *(forge.block(2 + number, second) for number in range(60)))
        for at in range(10)
    ]  # fmt: skip
    return written(folder / "sounds.mkv", forge.matroska(tracks, clusters))


def absurd_rate(rate: float) -> Make:
    def make(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
        tracks = [gray_track(), forge.sound_track(2, rate=rate, channels=2)]
        clusters = [forge.cluster(at * 1000, forge.block(1, GRAY), forge.block(2, b"\1\0" * 4000)) for at in range(3)]
        return written(folder / f"rate-{rate:g}.mkv", forge.matroska(tracks, clusters))

    return make


def million_subtitles(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    words = forge.track(2, forge.SUBTITLE, "S_TEXT/UTF8")
    line = forge.element(0xA0, element(0xA1, b"\x40\x02\0\0\0x"), element(0x9B, 1))
    clusters = [forge.cluster(at * 10, forge.block(1, GRAY), line * 10_000) for at in range(100)]
    return written(folder / "subtitles.mkv", forge.matroska([gray_track(), words], clusters))


# -- claims of an index, what is packed, what is too long ---------------------------------------------------


def index_of(samples: int) -> Make:
    """An index of few bytes that says how many samples there are, all of one size."""

    def make(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
        clip = from_h264(ffmpeg, folder / "clip.mp4", forge.h264(320, 176, 3)).read_bytes()
        changes: dict[bytes, Callable[[bytes], bytes]] = {
            b"stsz": lambda _: struct.pack(">III", 0, 1, samples),
            b"stts": lambda _: struct.pack(">IIII", 0, 1, samples, 1),
            b"stsc": lambda _: struct.pack(">IIIII", 0, 1, 1, samples, 1),
        }
        return written(folder / "index.mp4", forge.changed(clip, changes))

    return make


def packed_index(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
    """QuickTime with a compressed index (cmov): 200 KB that say and become 200 MB."""
    film = clip("silent.mp4").read_bytes()
    index = forge.one_of(film, [b"moov"])
    padded = forge.box(b"moov", index, forge.box(b"free", b"\0" * 200_000_000))
    packed = forge.box(b"cmvd", struct.pack(">I", len(padded)), zlib.compress(padded, 1))
    cmov = forge.box(b"cmov", forge.box(b"dcom", b"zlib"), packed)
    return written(folder / "cmov.mov", replaced_index(film, cmov))


def index_that_says(size: int) -> Make:
    """A compressed index that says it will be as large as can be said."""

    def make(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
        film = clip("silent.mp4").read_bytes()
        packed = forge.box(b"cmvd", struct.pack(">I", size), zlib.compress(b"\0" * 1000))
        return written(
            folder / "cmov.mov", replaced_index(film, forge.box(b"cmov", forge.box(b"dcom", b"zlib"), packed))
        )

    return make


def replaced_index(film: bytes, index: bytes) -> bytes:
    """As QuickTime without a file type; what stands where stays."""
    changes = {b"ftyp": (b"wide", None), b"moov": (b"moov", index)}
    made = [(*changes.get(name, (name, None)), inner) for name, inner in forge.boxes(film)]
    return b"".join(forge.box(name, inner if other is None else other) for name, other, inner in made)


def packed_blocks(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """Blocks that are ten kilobytes and become ten megabytes each."""
    zeros = zlib.compress(b"\0" * 9_900_000, 9)
    track = gray_track(1, 3000, forge.compressed_by_zlib())
    clusters = [forge.cluster(at * 20, forge.block(1, zeros)) for at in range(100)]
    return written(folder / "packed.mkv", forge.matroska([track], clusters))


def packed_header(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """A codec's private data that become hundreds of megabytes."""
    bomb = zlib.compress(b"\0" * 300_000_000, 1)
    scope = element(0x6D80, element(0x6240, element(0x5032, 3), element(0x5034, element(0x4254, b"\0"))))
    track = gray_track(1, SIDE, element(0x63A2, bomb), scope)
    return written(folder / "packed-header.mkv", forge.matroska([track], still_pictures(3)))


def giant_tags(_: Ffmpeg, folder: Path, __: Callable[[str], Path]) -> Path:
    """A title of 60 MB."""
    title = element(0x67C8, element(0x45A3, "TITLE"), element(0x4487, b"x" * 60_000_000))
    tags = element(0x1254C367, element(0x7373, element(0x63C0), title))
    return written(folder / "tags.mkv", forge.matroska([gray_track()], still_pictures(3), extra=tags))


def many_tags(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    """Half a million tags."""
    tag = element(0x67C8, element(0x45A3, "K"), element(0x4487, "v"))
    tags = element(0x1254C367, element(0x7373, element(0x63C0), tag * 500_000))
    return written(folder / "many-tags.mkv", forge.matroska([gray_track()], still_pictures(3), extra=tags))


def boxes_within_boxes(ffmpeg: Ffmpeg, folder: Path, _: Callable[[str], Path]) -> Path:
    """Ten thousand boxes, each in the one before."""
    inner = b""
    for _depth in range(10_000):
        inner = forge.box(b"udta", inner)
    clip = from_h264(ffmpeg, folder / "clip.mp4", forge.h264(320, 176, 3)).read_bytes()
    made = [forge.box(name, content + inner if name == b"moov" else content) for name, content in forge.boxes(clip)]
    return written(folder / "deep.mp4", b"".join(made))


def noise_after_header(name: str) -> Make:
    def make(_: Ffmpeg, folder: Path, clip: Callable[[str], Path]) -> Path:
        head = clip(name).read_bytes()[:8000]
        return written(folder / f"noise-{name}", head + random.Random(1).randbytes(5_000_000))

    return make


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


NOISY = ("h264-aac.mp4", "browser.webm", "camera.ts", "mpeg4.avi", "flash.flv", "theora.ogv", "moving.gif")


@dataclass(frozen=True)
class Bomb:
    """ends: as an Outcome's; where it isn't "plays", nobody tries again."""

    make: Make
    ends: tuple[str, ...]


BIG, MANY, LONG, BAD, PLAYS = "picture-too-big", "too-many-pictures", "too-long", "unreadable", "plays"
BOMBS = {
    "H.264, 16,000 x 16,000, MP4": Bomb(giant_h264("giant.mp4"), (BIG,)),
    "H.264, 16,000 x 16,000, Matroska": Bomb(giant_h264("giant.mkv"), (BIG,)),
    "H.264, 16,000 x 16,000, MPEG-TS": Bomb(giant_h264("giant.ts"), (BIG,)),
    "VP8, 16,383 x 16,383": Bomb(giant_vp8, (BAD,)),
    "VP9, 30,000 x 30,000": Bomb(giant_vp9, (BIG,)),
    "GIF, 30,000 x 30,000": Bomb(giant_gif, (BIG,)),
    "AVI without a codec, 16,000 x 16,000": Bomb(giant_raw_avi, (BIG,)),
    "ProRes, 30,000 x 30,000": Bomb(encoded("prores_ks", "prores.mov"), (BIG,)),
    "DNxHR, 30,000 x 30,000": Bomb(
        encoded("dnxhd", "dnxhr.mov", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p"), (BIG,)
    ),
    "VP8 that grows to 16,383 x 16,383": Bomb(suddenly_giant_vp8, (PLAYS,)),
    "H.264 that grows to 16,000 x 16,000": Bomb(suddenly_giant_h264, (PLAYS,)),
    "H.264, 20,000 pictures of 35 million pixels": Bomb(many_large_pictures, (MANY,)),
    "GIF, 50 pictures of 35 million pixels": Bomb(large_gif, (PLAYS,)),
    "a cover of 100 million pixels, attached": Bomb(cover("attached"), (BIG,)),
    "a cover of 100 million pixels, as a stream": Bomb(cover("stream"), (BIG,)),
    "1000 pictures a second": Bomb(thousand_a_second, (MANY,)),
    "100,000 pictures at one moment": Bomb(all_at_once, (MANY,)),
    "10 hours of one picture": Bomb(one_picture_for(10), (LONG,)),
    "59 minutes of one picture": Bomb(one_picture_for(59 / 60), (PLAYS,)),
    "3 s that claim 39 hours": Bomb(claims_days, (PLAYS,)),
    "MP4, 3 pictures of 13 hours each": Bomb(index_claims_days, (LONG,)),
    "no length at all": Bomb(no_time_at_all, (PLAYS,)),
    # ffmpeg 9 leaves out those above the limit.
    "5000 streams, Matroska": Bomb(thousands_of_streams, ("too-many-streams", PLAYS)),
    "5000 tracks, MP4": Bomb(thousands_of_tracks, ("too-many-streams",)),
    "400,000 cuts in 5 MB": Bomb(many_cuts, (MANY, "output-too-big")),
    "60 sounds of 64 channels": Bomb(many_sounds, (BAD,)),
    "a sound of 2,147,483,647 Hz": Bomb(absurd_rate(2147483647.0), (BAD, "crashed")),
    "a sound of 1 Hz": Bomb(absurd_rate(1.0), (BAD, "crashed")),
    "a million subtitles": Bomb(million_subtitles, (PLAYS,)),
    "an index of 2 million samples in 100 bytes": Bomb(index_of(2_000_000), (BAD,)),
    "an index of 4 billion samples in 100 bytes": Bomb(index_of(4_000_000_000), (BAD,)),
    "a compressed index that becomes 200 MB": Bomb(packed_index, (PLAYS,)),
    "a compressed index that says 4 GB": Bomb(index_that_says(0xFFFFFFF0), ("memory",)),
    "compressed pictures, 10 KB that become 10 MB": Bomb(packed_blocks, (PLAYS,)),
    "a compressed header that becomes 300 MB": Bomb(packed_header, (BAD,)),
    "a title of 60 MB": Bomb(giant_tags, (PLAYS,)),
    "500,000 tags": Bomb(many_tags, (PLAYS,)),
    "10,000 boxes, each in the one before": Bomb(boxes_within_boxes, (BAD,)),
    **{
        f"noise after the header of {name}": Bomb(noise_after_header(name), (BAD, "no-picture", PLAYS))
        for name in NOISY
    },
}
