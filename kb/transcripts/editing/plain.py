"""A transcript as plain text with times, for who edits it as a whole in a form. Pure.

A cue begins with its times in brackets, `[0:23.5 - 0:27]`, and goes on until the next one does.
"""

import re
from collections.abc import Iterable

from kb.errors import Invalid
from kb.transcripts.cues import TimedText, check_cues

_TIME = r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,3})?)"
TIMES = re.compile(rf"\[\s*{_TIME}\s*[-–]\s*{_TIME}\s*\](.*)", re.ASCII)
# What was meant as times, other than [laughs].
_MEANT_AS_TIMES = re.compile(r"\s*\[\s*\d+\s*:", re.ASCII)


def written(cues: Iterable[TimedText]) -> str:
    return "\n".join(f"[{_clock(cue.start_ms)} - {_clock(cue.end_ms)}] {cue.text}" for cue in cues) + "\n"


def read(text: str) -> list[TimedText]:
    """Raises Invalid with the field `words`, naming the line at fault."""
    found: list[tuple[int, int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if times := TIMES.fullmatch(line.strip()):
            found.append((_ms(times.group(1, 2, 3)), _ms(times.group(4, 5, 6)), [times[7]]))
        elif _MEANT_AS_TIMES.match(line):
            raise _refused(f"Line {number}: write the times as [0:23.5 - 0:27].")
        elif line.strip() and not found:
            raise _refused(f"Line {number}: begin with the times, as [0:23.5 - 0:27].")
        elif found:
            found[-1][2].append(line)
    for start_ms, end_ms, _ in found:
        if end_ms <= start_ms:
            raise _refused(f"What starts at {_clock(start_ms)} must end later than it starts.")
    return _checked([TimedText(start_ms, end_ms, "\n".join(lines)) for start_ms, end_ms, lines in found])


def _checked(cues: list[TimedText]) -> list[TimedText]:
    try:
        return check_cues(cues)
    except Invalid as error:
        raise _refused("One line of words at least must stay, and not more than 20,000.") from error


def _ms(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds = parts
    return round((int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))) * 1000)


def _clock(ms: int) -> str:
    minutes, ms = divmod(ms, 60_000)
    return f"{minutes}:{ms / 1000:06.3f}".rstrip("0").rstrip(".") if ms % 1000 else f"{minutes}:{ms // 1000:02}"


def _refused(text: str) -> Invalid:
    return Invalid(text, errors={"words": [text]})
