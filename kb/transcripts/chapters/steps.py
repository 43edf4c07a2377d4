"""A recording as numbered steps to read: of each its picture, its moment, its title, and what is done in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.transcripts.chapters.drafting import Said
from kb.transcripts.models import Chapter

# Who clicks at the start of a step has the new screen in sight by then.
SETTLED_MS = 2_000
# A screen that comes within this long is the one that the step is about, and needs a moment itself.
LATE_MS, STEADY_MS = 4_000, 1_500
# Sounds of thinking.
FILLERS = frozenset("ah eh ehm er erm hm hmm mhm uh uhm um äh ähm öhm euh".split())


@dataclass(frozen=True)
class Step:
    """title: empty for the only step of a recording without chapters. is_written: people wrote the text for reading."""

    start_ms: int
    end_ms: int
    still_ms: int
    title: str
    text: str
    is_written: bool = False
    id: str = ""


def steps(
    chapters: Sequence[Chapter], said: Sequence[Said], *, duration_ms: int, scenes_ms: Sequence[int]
) -> list[Step]:
    """One for each chapter; without chapters one for all there is. What is said before the first belongs to it."""
    starts = [each.start_ms for each in chapters] or [0]
    ends = [*starts[1:], max(duration_ms, starts[-1])]
    froms = [0, *starts[1:]]
    spoken = [_said_between(said, begin, end) for begin, end in zip(froms, ends, strict=True)]
    stills = [_still_ms(start, end, scenes_ms) for start, end in zip(starts, ends, strict=True)]
    if not chapters:
        return [Step(0, ends[0], stills[0], "", spoken[0])]
    return [
        Step(each.start_ms, end, still_ms, each.title, each.text or heard, each.text is not None, each.id)
        for each, end, still_ms, heard in zip(chapters, ends, stills, spoken, strict=True)
    ]


def _said_between(said: Sequence[Said], start_ms: int, end_ms: int) -> str:
    """What is said from the start on; a sentence that goes on into the next step stays whole."""
    texts = (words.text for words in said if start_ms <= (words.start_ms + words.end_ms) // 2 < end_ms)
    kept: list[str] = []
    begins = True
    for word in " ".join(texts).split():
        if word.strip(".,…-").lower() in FILLERS:
            begins = begins or word[0].isupper()
            continue
        kept.append(word[0].upper() + word[1:] if begins and kept else word)
        begins = False
    return " ".join(kept)


def _still_ms(start_ms: int, end_ms: int, scenes_ms: Sequence[int]) -> int:
    """When the screen has settled; before the step is half over, where it is short."""
    late = [at + STEADY_MS for at in scenes_ms if start_ms <= at <= start_ms + LATE_MS]
    return min(max(start_ms + SETTLED_MS, *late, 0), start_ms + max(0, end_ms - start_ms) // 2)
