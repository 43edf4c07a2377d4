"""Rows for `kb seed` of what people really wrote: documentation cut into talks of about a thousand words.

    .venv/bin/python bench/corpus.py 10000 | .venv/bin/kb seed --from -

The words are those of bench/prose.py, none of them used twice. A page of it is a session, cut into talks where it is
long. A talk's title is its heading, its description the first sentence, which then nobody says in it.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any

from prose import Page, Section, pages, plain

Row = dict[str, Any]

WORDS, SHORTEST = 1_100, 400
# An unhurried speaker, in words a second; what one cue holds; the breath after a paragraph.
PACE, CUE_WORDS, BREATH_S = 2.5, 8, 0.5
# Fewer pages make no category.
SHELF = 30
# Headings that stand on many pages and say nothing about one.
GENERIC = re.compile(r"(table of )?contents|index|name( .*)?|navigation|description|synopsis|see also|overview", re.I)
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many rows; beyond what the text gives they are recombined")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for row in corpus(asked.count, seed=asked.seed):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def corpus(count: int, *, seed: int = 1) -> Iterator[Row]:
    """Rows in an order of the seed's own; a row's `session` is shared by the parts of one page.

    Where there is less text than asked for, more rows come of the same words, recombined: good for measuring time,
    not for judging what is found.
    """
    rows = list(talks(pages()))
    sessions: dict[str, list[Row]] = {}
    for row in rows:
        sessions.setdefault(row["session"], []).append(row)
    order = sorted(sessions)
    Random(seed).shuffle(order)
    shuffled = [row for session in order for row in sessions[session]]
    yield from shuffled[:count]
    for number in range(count - len(shuffled)):
        yield recombined(shuffled, Random(f"{seed}/{number}"), f"again-{number:06}")


def talks(found: Iterable[Page]) -> Iterator[Row]:
    seen: set[int] = set()
    titles: Counter[str] = Counter()
    once = [_once(page, seen) for page in found]
    shelves = Counter(map(_shelf, once))
    for page in once:
        if page.words >= SHORTEST:
            for number, part in enumerate(_parts(page)):
                title = _title(page, part)
                titles[title] += 1
                title += f", part {titles[title]}" if titles[title] > 1 else ""
                category = _shelf(page) if shelves[_shelf(page)] >= SHELF else page.topic
                yield _row(page, number, title, category, part)


def _once(page: Page, seen: set[int]) -> Page:
    """The page without the paragraphs that stood in one before."""
    kept = []
    for section in page.sections:
        new = [text for text in dict.fromkeys(section.paragraphs) if hash(text) not in seen]
        seen.update(map(hash, new))
        kept.append(Section(plain(section.heading), section.level, new))
    return Page(page.topic, page.path, kept)


def _shelf(page: Page) -> str:
    folder = page.path.split("/")[-2].replace("_", " ").replace("-", " ")
    return f"{page.topic}/{folder[:1].upper()}{folder[1:60]}" if folder.isalpha() else page.topic


def _parts(page: Page) -> list[list[Section]]:
    """About WORDS each; cut before a heading where one is near, else between paragraphs."""
    wanted = page.words / max(1, round(page.words / WORDS))
    parts: list[list[Section]] = [[]]
    said = 0
    for section in page.sections:
        if said > 0.75 * wanted and section.paragraphs:
            parts.append([])
            said = 0
        here = Section(section.heading, section.level)
        for text in section.paragraphs:
            if said > 1.25 * wanted:
                parts[-1].append(here)
                parts.append([])
                here = Section(section.heading, section.level)
                said = 0
            here.paragraphs.append(text)
            said += len(text.split())
        if here.paragraphs:
            parts[-1].append(here)
    # What is left of the last is no talk of its own.
    while len(parts) > 1 and _words(parts[-1]) < SHORTEST:
        rest = parts.pop()
        parts[-1] += rest
    return parts


def _words(part: Sequence[Section]) -> int:
    return sum(len(text.split()) for section in part for text in section.paragraphs)


def _title(page: Page, part: Sequence[Section]) -> str:
    file = plain(page.path.rpartition("/")[2].rpartition(".")[0])
    whole = next((each.heading for each in page.sections[:3] if not GENERIC.fullmatch(each.heading)), file)
    heading = part[0].heading
    title = whole if heading in ("", whole) else f"{heading} ({whole})"
    return (title if len(title.split()) > 1 else f"{title} in {page.topic}")[:160]


def _row(page: Page, number: int, title: str, category: str, part: Sequence[Section]) -> Row:
    paragraphs = [text for section in part for text in section.paragraphs]
    first, *rest = SENTENCE_ENDS.split(paragraphs[0], maxsplit=1)
    described = 6 <= len(first.split()) <= 40
    said = [*rest, *paragraphs[1:]] if described else paragraphs
    cues = timed(said)
    folder = category.rpartition("/")[2]
    return {
        "id": f"{page.topic.lower()}-{page.path}#{number}",
        "session": f"{page.topic.lower()}-{page.path}",
        "title": title,
        "description": first if described else "",
        "tags": sorted({page.topic.lower(), folder.lower()[:40]}),
        "category": category,
        "language": "en",
        "duration": round(cues[-1]["end"] + 1, 1),
        "cues": cues,
    }


def timed(paragraphs: Iterable[str]) -> list[dict[str, Any]]:
    cues = []
    at = 0.5
    for text in paragraphs:
        words = text.split()
        for start in range(0, len(words), CUE_WORDS):
            cue = words[start : start + CUE_WORDS]
            ends = at + len(cue) / PACE
            cues.append({"start": round(at, 2), "end": round(ends, 2), "text": " ".join(cue)})
            at = ends
        at += BREATH_S
    return cues


def recombined(rows: Sequence[Row], chance: Random, name: str) -> Row:
    """A talk of pieces of others, of half a minute each."""
    model = chance.choice(rows)
    said: list[str] = []
    while len(said) < len(model["cues"]):
        other = chance.choice(rows)["cues"]
        start = chance.randrange(max(1, len(other) - 10))
        said += [cue["text"] for cue in other[start : start + 10]]
    begins, ends = (chance.choice(rows)["title"].split() for _ in range(2))
    title = " ".join(begins[: 1 + len(begins) // 2] + ends[len(ends) // 2 :])
    cues = timed([" ".join(said)])
    more = {"id": name, "session": name, "title": title[:160], "cues": cues, "duration": round(cues[-1]["end"] + 1, 1)}
    return model | more


if __name__ == "__main__":
    main()
