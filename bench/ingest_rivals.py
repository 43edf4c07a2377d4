"""What others do with the same recording, as ffmpeg commands rebuilt from their sources; and the least possible.

Cap's media server (July 2026), MediaCMS 8.3.2 with the profiles that are active at first, PeerTube 7 at the size of the
source. Each probes more, uploads and joins besides; only their ffmpeg is here.
"""

from pathlib import Path

Command = list[str]

# Rung: kbit/s of their table at up to 30 pictures a second.
MEDIACMS_RATES = {144: 150, 240: 300, 360: 500, 480: 1000, 720: 2500, 1080: 4500}
DISTINCT = "mpdecimate=hi=200:lo=100:frac=0.02:max=60"


def cap(source: Path, folder: Path) -> list[Command]:
    """One MP4. It says nothing of the frame rate: for a browser's recording ffmpeg 5.1 then makes 1000 pictures a
    second, so -fps_mode vfr is added here, which is what ffmpeg 6 and later do by themselves.
    """
    box = "scale='min(1920,iw)':'min(1080,ih)':force_original_aspect_ratio=decrease,scale=trunc(iw/2)*2:trunc(ih/2)*2"
    picture = ["-c:v", "libx264", "-preset", "medium", "-crf", "23", "-vf", box, "-pix_fmt", "yuv420p"]
    rest = "-level:v 4.2 -c:a aac -b:a 128k -movflags +faststart -progress pipe:2".split()
    variable = ["-fps_mode", "vfr"] if source.suffix == ".webm" else []
    return [["ffmpeg", "-threads", "2", "-i", str(source), *picture, *variable, *rest, str(folder / "cap.mp4")]]


def mediacms(source: Path, folder: Path) -> list[Command]:
    """A ladder of six, upscaled if need be, each from the source anew, and a picture every ten seconds.

    All by preset medium, as 8.3.2 was seen to run them; some earlier versions took faster from 720p on.
    """
    ladder = [_mediacms_rung(source, folder, height, rate) for height, rate in MEDIACMS_RATES.items()]
    sprite = [
        "ffmpeg",
        "-i",
        str(source),
        "-vf",
        "fps=1/10,scale=160:90",
        "-vsync",
        "0",
        str(folder / "sprite-%03d.jpg"),
    ]
    return [*ladder, sprite]


def _mediacms_rung(source: Path, folder: Path, height: int, rate: int) -> Command:
    width = round(height * 16 / 9)
    scale = (
        rf"scale=if(lt(iw\,ih)\,{height}\,{width}):if(lt(iw\,ih)\,{width}\,{height})"
        ":force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos,fps=fps=30"
    )
    most = f"{int(rate * 1.5)}k"
    # As they give it: x264 calls it min-keyint and passes over this.
    keyframes = ["-force_key_frames", "expr:gte(t,n_forced*4)", "-x264-params", "keyint=240:keyint_min=120"]
    return [
        *[
            "ffmpeg",
            "-y",
            "-i",
            str(source),
            "-c:v",
            "libx264",
            "-filter:v",
            scale,
            "-pix_fmt",
            "yuv420p",
            "-crf",
            "23",
        ],
        *["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-maxrate", most, "-bufsize", most, *keyframes],
        *["-preset", "medium", "-profile:v", "main", "-level", "4.2", str(folder / f"mediacms-{height}.mp4")],
    ]


def peertube(source: Path, folder: Path) -> list[Command]:
    """The one at 1080p of its ladder: 0.1 bits a pixel at most, a keyframe every two seconds."""
    rate = int(1920 * 1080 * 30 * 0.10)
    limits = f"-maxrate:v {rate} -bufsize:v {rate * 2} -b_strategy 1 -bf 16 -r 30 -g:v 60 -threads 1".split()
    picture = ["-c:v", "libx264", "-vf", "scale=w=-2:h=1080", "-preset", "veryfast", "-pix_fmt", "yuv420p", *limits]
    rest = "-c:a aac -max_muxing_queue_size 1024 -map_metadata -1 -movflags faststart -f mp4".split()
    return [["ffmpeg", "-y", "-i", str(source), *picture, *rest, str(folder / "peertube.mp4")]]


def limit(source: Path, folder: Path) -> list[Command]:
    """The least that is possible: look at each picture once, find those that differ, encode these once. No sound."""
    picture = "-c:v libx264 -preset veryfast -crf 21 -g 300 -fps_mode vfr".split()
    return [["ffmpeg", "-i", str(source), "-an", "-vf", DISTINCT, *picture, str(folder / "limit.mp4")]]


def decode(source: Path, folder: Path) -> list[Command]:
    return [["ffmpeg", "-i", str(source), "-map", "0:v", "-f", "null", "-"]]


def encode(source: Path, folder: Path) -> list[Command]:
    """Of the pictures that `keep_distinct` left: nothing but the encoder, and reading them."""
    picture = "-c:v libx264 -preset veryfast -crf 21 -g 300 -fps_mode passthrough".split()
    return [["ffmpeg", "-i", str(source), *picture, str(folder / "encoded.mp4")]]


def keep_distinct(source: Path, target: Path) -> Command:
    """As they are, so that nothing is left to decode: half a gigabyte for 20 s."""
    kept = ["-an", "-vf", DISTINCT, "-fps_mode", "vfr", "-c:v", "rawvideo"]
    return ["ffmpeg", "-v", "error", "-i", str(source), *kept, str(target)]


def bare_copy(source: Path, folder: Path) -> list[Command]:
    """What the quick copy is held against; the sound is encoded, as ours is, where its container does not take it."""
    if source.suffix == ".webm":
        return [["ffmpeg", "-i", str(source), "-c", "copy", str(folder / "copy.webm")]]
    sound = "aac -aac_coder fast -b:a 96k" if source.name == "recorded-h264.mkv" else "copy"
    options = ["-c:v", "copy", "-c:a", *sound.split(), "-movflags", "+faststart"]
    return [["ffmpeg", "-i", str(source), *options, str(folder / "copy.mp4")]]
