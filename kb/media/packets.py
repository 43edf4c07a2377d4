"""What all packets of a recording together say, where its header says nothing, or something else."""

import itertools
from dataclasses import dataclass

from kb.errors import ToolFailed

# What ffprobe is to say of each packet, and how: a line such as 0|1.234|1.200|0.033|K_ and at the end the time that
# ffmpeg takes for 0, alone.
ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time,flags:format=start_time"
PACKETS = ("-of", "compact=p=0:nk=1", "-show_entries", ENTRIES)

# What is read and never shown: a film of hundreds of cuts has some for each, one of 400,000 cuts in 5 MB has millions.
MOST_UNSEEN = 100_000


@dataclass(frozen=True)
class Measured:
    """How long a recording is, from its first to its last picture or sound; all times are as ffmpeg counts them.

    last_picture_us: when the last picture begins, in microseconds, since it is looked for by that among others.
    keyframe_gap_ms: the longest way between two places where decoding can start. sound_begins_ms: the earliest of all.
    """

    duration_ms: int
    video_frames: int
    fps: float
    last_picture_us: int
    keyframe_gap_ms: int
    sound_begins_ms: int | None


@dataclass
class _Track:
    """Times in seconds; ends: when the last packet ends, None where it doesn't say."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0
    ends: float | None = None

    def take(self, at: float, duration: float | None) -> None:
        self.first = min(self.first, at) if self.count else at
        if not self.count or at >= self.last:
            self.last, self.ends = at, None if duration is None else at + duration
        self.count += 1

    @property
    def end(self) -> float:
        """A last packet without a duration, as browsers write it, lasts as long as the others, at most a second."""
        if self.ends is not None:
            return self.ends
        return self.last + min(1.0, (self.last - self.first) / max(1, self.count - 1))


class Clock:
    """Takes the lines of PACKETS. Raises ToolFailed(permanent=True), code "too-many-pictures", above MOST_UNSEEN."""

    def __init__(self, video: int, audio: tuple[int, ...]) -> None:
        self.video = str(video)
        self.tracks = {str(index): _Track() for index in (video, *audio)}
        self.keyframes: list[float] = []
        self.start: float | None = None
        self.unseen = 0

    def take(self, line: str) -> None:
        if "|" not in line:
            self.start = None if line == "N/A" else float(line)
            return
        stream, pts, dts, duration, flags, *_ = line.split("|")
        # "D": decoded for the sake of the next one and never seen or heard, as the first of AAC.
        if "D" in flags:
            self._pass_over()
        if stream not in self.tracks or "D" in flags:
            return
        at = pts if pts != "N/A" else dts
        if at == "N/A":
            return
        self.tracks[stream].take(float(at), None if duration == "N/A" else float(duration))
        if stream == self.video and flags.startswith("K"):
            self.keyframes.append(float(at))

    def _pass_over(self) -> None:
        self.unseen += 1
        if self.unseen > MOST_UNSEEN:
            text = "It is cut so often that it takes too long to play. Export it anew and upload that."
            raise ToolFailed(text, permanent=True, code="too-many-pictures")

    def measured(self) -> Measured | None:
        """None if no picture came."""
        pictures = self.tracks[self.video]
        tracks = [track for track in self.tracks.values() if track.count]
        if not pictures.count:
            return None
        start = min(track.first for track in tracks) if self.start is None else self.start
        end = max(track.end for track in tracks)
        duration_ms = max(1, round((end - start) * 1000))
        sounds = [track.first for track in tracks if track is not pictures]
        gaps = (later - earlier for earlier, later in itertools.pairwise([*sorted(self.keyframes), end]))
        return Measured(
            duration_ms=duration_ms,
            video_frames=pictures.count,
            fps=round(pictures.count * 1000 / duration_ms, 3),
            last_picture_us=round((pictures.last - start) * 1_000_000),
            keyframe_gap_ms=round(max(gaps, default=end - start) * 1000),
            sound_begins_ms=round((min(sounds) - start) * 1000) if sounds else None,
        )
