"""Caption files in and out: read with tolerance, written strictly. Pure."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.errors import Invalid
from kb.web.forms import is_shown

LARGEST_BYTES = 5 * 1024**2
MOST_CUES = 20_000
LONGEST_TEXT = 2_000
LONGEST_MS = 24 * 3600 * 1000
_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
TIMES = re.compile(rf"{_TIME}\s*-->\s*{_TIME}(?!\S)")


@dataclass(frozen=True)
class TimedText:
    start_ms: int
    end_ms: int
    text: str


def read(content: bytes) -> list[TimedText]:
    """Read WebVTT or SubRip of whatever make; cues with impossible times or without text are left out.

    Raises Invalid with the field `captions` if nothing is left or the file is out of all proportion.
    """
    if len(content) > LARGEST_BYTES:
        raise _refused("The captions file is larger than 5 MB.")
    return check_cues(_parsed(_decode(content)))


def check_cues(found: Iterable[TimedText]) -> list[TimedText]:
    """Cleaned. Raises Invalid if none is left."""
    cues = cleaned(found)
    if not cues:
        raise _refused("No captions were found in this file. It should be WebVTT (.vtt) or SubRip (.srt).")
    if len(cues) > MOST_CUES:
        raise _refused(f"The captions file has more than {MOST_CUES} lines.")
    return cues


def cleaned(found: Iterable[TimedText]) -> list[TimedText]:
    """Sorted by time, without those that have impossible times or no text."""
    cues = [clean for cue in found if (clean := _clean(cue))]
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def to_vtt(cues: Iterable[TimedText]) -> str:
    """Strict WebVTT: every sign of the text that could be markup, of whatever make, is escaped."""
    blocks = ["WEBVTT"]
    for cue in cues:
        # An arrow or an empty line inside a cue would end it.
        text = html.escape(_lines(cue.text), quote=False).replace("{\\", "&#123;\\")
        blocks.append(f"{_stamp(cue.start_ms, '.')} --> {_stamp(cue.end_ms, '.')}\n{text}")
    return "\n\n".join(blocks) + "\n"


def to_srt(cues: Iterable[TimedText]) -> str:
    blocks = [
        f"{number}\n{_stamp(cue.start_ms, ',')} --> {_stamp(cue.end_ms, ',')}\n{_lines(cue.text)}"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n\n".join(blocks) + "\n"


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"):
        try:
            return content.decode(encoding).replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1").replace("\x00", "")


def _parsed(text: str) -> Iterator[TimedText]:
    """A line of times, and the lines below it up to an empty one; whatever else stands in the file is passed over.

    Both formats come down to that, and the commoner faults too: no header, no numbers, no hours, commas or points.
    """
    times: tuple[int, int] | None = None
    lines: list[str] = []
    for line in (*map(str.strip, text.split("\n")), ""):
        if found := TIMES.match(line):
            # With no empty line between two cues, the number of the second one stands below the first.
            yield from _cue(times, lines[:-1] if lines and lines[-1].isdecimal() else lines)
            times, lines = (_ms(*found.groups()[:4]), _ms(*found.groups()[4:])), []
        elif line:
            lines.append(line)
        else:
            yield from _cue(times, lines)
            times, lines = None, []


def _cue(times: tuple[int, int] | None, lines: list[str]) -> Iterator[TimedText]:
    if times:
        yield TimedText(*times, _plain("\n".join(lines)))


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _plain(raw: str) -> str:
    """The text without the markup that caption files may hold. No repetition may cross the start of the next one."""
    return html.unescape(re.sub(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}", "", raw))


def _clean(cue: TimedText) -> TimedText | None:
    # Most are plain, and looking at each sign is slow.
    plain = cue.text.isprintable()
    shown = cue.text if plain else "".join(sign for sign in cue.text if is_shown(sign) or sign.isspace())
    text = "\n".join(filter(None, (" ".join(line.split()) for line in shown.split("\n"))))[:LONGEST_TEXT].rstrip()
    if not text or not 0 <= cue.start_ms < cue.end_ms <= LONGEST_MS:
        return None
    return TimedText(cue.start_ms, cue.end_ms, text)


def _lines(text: str) -> str:
    return "\n".join(filter(None, (line.strip().replace("-->", "→") for line in text.split("\n"))))


def _stamp(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def _refused(text: str) -> Invalid:
    return Invalid(text, code="bad-captions", errors={"captions": [text]})
