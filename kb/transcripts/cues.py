"""Caption files in and out: read with tolerance, written strictly. Pure."""

import html
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from kb.errors import Invalid
from kb.web.forms import is_shown

LARGEST_BYTES = 5 * 1024**2
MOST_CUES = 20_000
LONGEST_TEXT = 2_000
LONGEST_MS = 24 * 3600 * 1000
NONE_FOUND = (
    "No captions were found in this file. It should be WebVTT (.vtt) or SubRip (.srt): most programs can save them so."
)
TOO_LARGE = "The captions file is larger than 5 MB. The words of a whole hour take about 100 kB: is it the right file?"
TOO_MANY = f"The captions file has more than {MOST_CUES:,} captions. Split it by language, or cut it to this recording."
_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,3}))?"
TIMES = re.compile(rf"{_TIME}\s*(?:--?|–)>\s*{_TIME}(?!\S)")
# Within the words, of each word: what makes captions live, which then repeat the line before.
TIME_INSIDE = re.compile(r"<(?:[0-9]{1,4}:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}>")


@dataclass(frozen=True)
class TimedText:
    start_ms: int
    end_ms: int
    text: str


def read(content: bytes) -> list[TimedText]:
    """Read WebVTT or SubRip of whatever make; cues with impossible times or without text are left out.

    Raises Invalid with the field `captions` if nothing is left or the file is out of all proportion. docs/captions.md
    lists what becomes of which file.
    """
    if len(content) > LARGEST_BYTES:
        raise _refused(TOO_LARGE)
    text = _decode(content)
    cues = _parsed(text)
    return check_cues(_unrolled(cues) if TIME_INSIDE.search(text) else cues)


def check_cues(found: Iterable[TimedText]) -> list[TimedText]:
    """Cleaned and sorted. Raises Invalid if none is left, or too many, of which no more than that are looked at."""
    cues = list(islice(_cleaned(found), MOST_CUES + 1))
    if not cues:
        raise _refused(NONE_FOUND)
    if len(cues) > MOST_CUES:
        raise _refused(TOO_MANY)
    return _sorted(cues)


def cleaned(found: Iterable[TimedText]) -> list[TimedText]:
    """Sorted by time, without those that have impossible times or no text."""
    return _sorted(_cleaned(found))


def to_vtt(cues: Iterable[TimedText], note: str = "") -> str:
    """Strict WebVTT: every sign of the text that could be markup, of whatever make, is escaped.

    note: one line for who reads the file, which no player shows.
    """
    blocks = ["WEBVTT", f"NOTE {note}"] if note else ["WEBVTT"]
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
    text = content.decode(_encoding(content), "replace").removeprefix("\ufeff").replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    text = content.decode("utf-8", "replace")
    # A damaged byte or two don't make another encoding of it; in those of Windows hardly any letter is right UTF-8.
    damaged = text.count("\ufffd")
    if not damaged or damaged < sum(sign > "\x7f" for sign in text) - damaged:
        return "utf-8"
    # What cp1252 has no sign for.
    return "latin-1" if set(content) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252"


def _parsed(text: str) -> Iterator[TimedText]:
    """A line of times, and the lines below it up to an empty one; whatever else stands in the file is passed over.

    Both formats come down to that, and the commoner faults too: no header, no numbers, no hours, commas or points.
    """
    times: tuple[int, int] | None = None
    lines: list[str] = []
    # Line by line, as a list of a file's five million empty lines would be eight times as large as the file.
    for raw in chain(io.StringIO(text), ("",)):
        line = raw.strip()
        if found := TIMES.match(line):
            # With no empty line between two cues, the number of the second one stands below the first.
            yield from _cue(times, lines[:-1] if lines and lines[-1].isdecimal() else lines)
            times, lines = (_ms(*found.groups()[:4]), _ms(*found.groups()[4:])), []
        elif line:
            lines.append(line)
        # A line of spaces ends nothing: YouTube begins its cues with one.
        elif raw.rstrip("\n") == "":
            yield from _cue(times, lines)
            times, lines = None, []


def _cue(times: tuple[int, int] | None, lines: list[str]) -> Iterator[TimedText]:
    if times:
        yield TimedText(*times, _plain("\n".join(lines)))


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int((fraction or "").ljust(3, "0"))


def _plain(raw: str) -> str:
    """The text without the markup that caption files may hold. No repetition may cross the start of the next one."""
    # How signs above a word are read.
    raw = raw.replace("<rt>", "(").replace("</rt>", ")")
    raw = re.sub(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}", "", raw)
    # No sign has such a number; one of thousands of digits, Python refuses to read.
    return html.unescape(re.sub(r"&#[0-9]{8,};?", "\ufffd", raw))


def _unrolled(cues: Iterable[TimedText]) -> Iterator[TimedText]:
    """Without the lines that live captions repeat from the cue before, and without cues that say nothing else."""
    before: list[str] = []
    for cue in cues:
        lines = [stripped for line in cue.text.split("\n") if (stripped := line.strip())]
        new = lines[1:] if before and lines[:1] == before[-1:] else lines
        before = lines or before
        if new:
            yield TimedText(cue.start_ms, cue.end_ms, "\n".join(new))


def _cleaned(found: Iterable[TimedText]) -> Iterator[TimedText]:
    return (clean for cue in found if (clean := _clean(cue)))


def _sorted(cues: Iterable[TimedText]) -> list[TimedText]:
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


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
