"""ffprobe's answers, in its words, on machines that have none: the wheel that brings ffmpeg leaves it out.

Started by `probe` as `python -I -S pyav.py WHEELS header|counted|packets FILE OPTION=VALUE ...`, behind the same walls
as ffmpeg, since it reads what strangers uploaded. It may import the standard library and, from the folder WHEELS, PyAV.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

TURNED = re.compile(r"^ {6}display ?matrix: rotation of (-?[\d.]+) degrees", re.MULTILINE | re.IGNORECASE)
STREAM = re.compile(r"^ {2}Stream #0:(\d+)", re.MULTILINE)
MICROSECONDS = 1_000_000


def main(wheels: str, what: str, file: str, *options: str) -> int:
    sys.path.append(wheels)
    import av
    import av.logging

    # ffmpeg's own sentences say what is wrong with a file, and `probe` knows some of them.
    av.logging.restore_default_callback()
    av.logging.set_libav_level(av.logging.ERROR)
    given = dict(option.split("=", 1) for option in options)
    try:
        with av.open(file, format=given["f"], options=given, metadata_errors="replace") as recording:
            if what == "packets":
                write_packets(recording)
            else:
                sys.stdout.write(json.dumps(header(recording, count=what == "counted")))
    except av.FFmpegError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def header(recording: Any, *, count: bool) -> dict[str, Any]:
    counts = counted(recording) if count else {}
    turns = rotations(dump(recording))
    streams = [described(stream, turns.get(stream.index), counts.get(stream.index)) for stream in recording.streams]
    duration = None if recording.duration is None else f"{recording.duration / MICROSECONDS:.6f}"
    return {"streams": streams, "format": known(duration=duration, bit_rate=recording.bit_rate or None)}


def described(stream: Any, turn: float | None, packets: int | None) -> dict[str, Any]:
    codec = stream.codec_context
    marks = {name: int(mark in stream.disposition) for name, mark in type(stream.disposition).__members__.items()}
    told = {"index": stream.index, "codec_type": stream.type, "disposition": marks, "tags": dict(stream.metadata)}
    if turn is not None:
        told["side_data_list"] = [{"rotation": turn}]
    told |= known(nb_frames=stream.frames or None, nb_read_packets=packets)
    if codec is None:
        return told
    told |= known(codec_name=codec.codec.canonical_name, profile=codec.profile)
    if stream.type == "video":
        told |= picture(codec)
    elif stream.type == "audio":
        told["channels"] = codec.channels
    return told


def picture(codec: Any) -> dict[str, Any]:
    ratio, pixels = codec.sample_aspect_ratio, codec.format
    return known(
        width=codec.width,
        height=codec.height,
        pix_fmt=codec.pix_fmt,
        bits_per_raw_sample=max((part.bits for part in pixels.components), default=None) if pixels else None,
        sample_aspect_ratio=f"{ratio.numerator}:{ratio.denominator}" if ratio else None,
    )


def dump(recording: Any) -> str:
    """ffmpeg's own description for people, which PyAV takes from the log."""
    import av.logging

    av.logging.set_level(av.logging.INFO)
    return str(recording.dumps_format())


def rotations(description: str) -> dict[int, float]:
    """Degrees by stream. PyAV gives the display matrix of decoded frames alone, but ffmpeg's description names it."""
    _, *parts = STREAM.split(description)
    return {
        int(index): float(turn[1])
        for index, text in zip(parts[::2], parts[1::2], strict=True)
        if (turn := TURNED.search(text))
    }


def counted(recording: Any) -> dict[int, int]:
    counts: dict[int, int] = {}
    for packet in packets_of(recording):
        counts[packet.stream_index] = counts.get(packet.stream_index, 0) + 1
    return counts


def write_packets(recording: Any) -> None:
    for packet in packets_of(recording):
        unit = packet.time_base
        times = (clock(at, unit) for at in (packet.pts, packet.dts, packet.duration or None))
        flags = ("K" if packet.is_keyframe else "_") + ("D" if packet.is_discard else "_")
        sys.stdout.write(f"{packet.stream_index}|{'|'.join(times)}|{flags}\n")
    start = recording.start_time
    sys.stdout.write("N/A\n" if start is None else f"{start / MICROSECONDS:.6f}\n")


def packets_of(recording: Any) -> Iterator[Any]:
    """Every packet up to the end, or to where the file is damaged: so does ffprobe."""
    import av

    try:
        for packet in recording.demux():
            # At its end PyAV adds an empty one for each stream.
            if packet.size or packet.pts is not None or packet.dts is not None:
                yield packet
    except av.FFmpegError as error:
        sys.stderr.write(f"{error}\n")


def clock(at: int | None, unit: Any) -> str:
    return "N/A" if at is None else f"{at * unit.numerator / unit.denominator:.6f}"


def known(**facts: Any) -> dict[str, Any]:
    """ffprobe says numbers as text, and leaves out what it doesn't know."""
    return {
        name: fact if name in ("width", "height") else str(fact) for name, fact in facts.items() if fact is not None
    }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
