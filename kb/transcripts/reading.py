"""Words to be read as a text: below the titles of their chapters, in paragraphs where the speaker paused. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.transcripts.cues import TimedText

# Who stops for so long goes on with something else.
PAUSE_MS = 1_500
# Who never stops is given paragraphs at the end of a sentence, or else of a caption.
LONG_SIGNS, LONGEST_SIGNS = 400, 900
SENTENCE_ENDS = tuple('.!?…。！？؟।"”»’)')
# What is said while the screen turns to the next chapter belongs to that.
EARLY_MS = 700


@dataclass
class Paragraph:
    start_ms: int
    text: str


@dataclass
class Part:
    """title: None for what comes before the first chapter, or where there are none."""

    start_ms: int
    title: str | None
    paragraphs: list[Paragraph] = field(default_factory=list)


def parts(cues: Iterable[TimedText], chapters: Sequence[tuple[int, str]] = ()) -> list[Part]:
    """cues and chapters (start_ms, title): by their starts. One in which nothing is said is there without words."""
    found = [Part(start_ms, title) for start_ms, title in chapters]
    starts = [start_ms - EARLY_MS for start_ms, _ in chapters]
    before = Part(0, None)
    part, end_ms = before, 0
    for cue in cues:
        place = bisect_right(starts, cue.start_ms)
        now = found[place - 1] if place else before
        if now is not part or not part.paragraphs or _ends(part.paragraphs[-1], cue.start_ms - end_ms):
            now.paragraphs.append(Paragraph(cue.start_ms, ""))
        part, end_ms = now, cue.end_ms
        part.paragraphs[-1].text = f"{part.paragraphs[-1].text} {' '.join(cue.text.split())}".strip()
    return [before, *found] if before.paragraphs else found


def _ends(paragraph: Paragraph, pause_ms: int) -> bool:
    length = len(paragraph.text)
    has_ended = paragraph.text.endswith(SENTENCE_ENDS)
    return pause_ms >= PAUSE_MS or (length >= LONG_SIGNS and has_ended) or length >= LONGEST_SIGNS
