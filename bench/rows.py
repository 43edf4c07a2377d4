"""Believable rows for `kb seed`, any number, the same for the same seed.

    .venv/bin/python bench/rows.py 10000 --seed 1 | .venv/bin/kb seed --from -

Words are drawn as in speech: few often, many seldom, and names, numbers and tickets that stand in one row alone.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from words import (
    ADJECTIVES,
    DESCRIPTIONS,
    ENDINGS,
    EVERYDAY,
    FIELDS,
    FIRST_NAMES,
    OTHERS,
    PLACES,
    SENTENCES,
    TITLES,
    Field,
)

# A quick speaker, in words a second; and the longest that one cue stands.
PACE, LONGEST_CUE = 2.6, 12
IN_OTHER_LANGUAGES = 0.06
MACHINES = ("srv", "nb", "gw", "db", "prt")
SYLLABLES = "ba de ki lo mu na pe ri so tu va wen zor tal min dar fel gor hex jun".split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many rows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", type=int, default=1_000, help="spoken in each, about")
    asked = parser.parse_args()
    for row in rows(asked.count, seed=asked.seed, words=asked.words):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def rows(count: int, *, seed: int = 1, words: int = 1_000) -> Iterator[dict[str, Any]]:
    """Each row by its own chance, so that the first hundred of ten thousand are the hundred of a hundred."""
    for number in range(count):
        chance = Random(f"{seed}/{number}")
        foreign = chance.random() < IN_OTHER_LANGUAGES
        talk = Foreign(chance) if foreign else English(chance)
        yield {"id": f"row-{seed}-{number:06}"} | talk.row(words)


class English:
    """One screencast's subject: a field of work, a few of its things, and the words for them."""

    language = "en"

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.field: Field = often(chance, FIELDS)
        # A screencast is about one thing, and mentions some others.
        self.things = chance.sample(self.field.things, k=7)
        self.acts = chance.sample(self.field.acts, k=4)
        self.product = self.fill(often(chance, self.field.products))
        self.fault = chance.choice(self.field.faults)
        self.names = [self.name() for _ in range(3)]

    def row(self, words: int) -> dict[str, Any]:
        title = self.say(often(self.chance, TITLES))
        cues = timed(self.chance, self.sentences(words))
        duration = cues[-1]["end"] + self.chance.randint(1, 5)
        words_for_it = (self.product, often(self.chance, self.things), self.acts[0], self.field.category.split("/")[1])
        tags = sorted({word.lower() for word in words_for_it})
        return {
            "title": (title[0].upper() + title[1:])[:200],
            "description": " ".join(self.say(text) for text in self.chance.sample(DESCRIPTIONS, k=2)),
            "tags": sorted(self.chance.sample(tags, k=self.chance.randint(1, len(tags)))),
            "category": self.field.category,
            "language": self.language,
            "duration": round(duration, 1),
            "cues": cues,
            "screen": self.screen(duration),
        }

    def sentences(self, words: int) -> Iterator[str]:
        said = 0
        wanted = words * self.chance.uniform(0.7, 1.3)
        while said < wanted:
            sentence = self.say(self.chance.choice(SENTENCES))
            said += len(sentence.split())
            yield sentence

    def screen(self, duration: float) -> list[dict[str, Any]]:
        lines = []
        at = self.chance.uniform(0, 10)
        while at < duration and len(lines) < 40:
            stays = self.chance.uniform(4, 30)
            text = self.fill(self.chance.choice(self.field.lines))
            lines.append({"start": round(at, 1), "end": round(min(at + stays, duration), 1), "text": text})
            at += self.chance.uniform(5, 40)
        return lines

    def say(self, template: str) -> str:
        chance = self.chance
        thing, thing2 = often(chance, self.things), chance.choice(self.things)
        far = chance.choice(FIELDS)
        return template.format(
            thing=thing,
            thing2=thing2,
            act=often(chance, self.acts),
            adj=often(chance, ADJECTIVES),
            fault=self.fault if chance.random() < 0.7 else chance.choice(self.field.faults),
            product=self.product,
            person=chance.choice(FIRST_NAMES),
            place=chance.choice(PLACES),
            ending=chance.choice(ENDINGS),
            ticket=f"{chance.choice(('OPS', 'IT', 'HELP', 'NET'))}-{chance.randint(100, 99_999)}",
            name=chance.choice(self.names),
            n=chance.randint(2, 60),
            far=chance.choice(far.things),
            far2=self.fill(chance.choice(far.products)),
            word=often(chance, EVERYDAY),
            word2=chance.choice(EVERYDAY),
        )

    def fill(self, line: str) -> str:
        """A line of a screen, with numbers and names of this row's own."""
        chance = self.chance
        return line.format(
            n=chance.randint(2, 99),
            code=chance.randint(1_000, 99_999),
            host=f"{chance.choice(MACHINES)}-{chance.choice(PLACES)[:3].lower()}-{chance.randint(1, 99):02}",
            file=f"{self.name()}_{chance.randint(1, 31)}",
            name=self.name(),
        )

    def name(self) -> str:
        parts = ["".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 3))) for _ in range(2)]
        return self.chance.choice(("_", "-", "")).join(parts)


class Foreign(English):
    """The same on the screen, for programs speak English; said in another language."""

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.language = often(chance, list(OTHERS))
        things, acts, sentences, self.title = OTHERS[self.language]
        self.own_things = chance.sample([" ".join(thing.split()) for thing in things.split(",")], k=7)
        self.own_acts = [act.strip() for act in acts.split(",")]
        self.own_sentences = [" ".join(line.split()) for line in sentences.splitlines()]

    def row(self, words: int) -> dict[str, Any]:
        title = self.say(self.title)
        return super().row(words) | {"title": title, "description": " ".join(self.sentences(25))}

    def sentences(self, words: int) -> Iterator[str]:
        said = 0
        while said < words:
            sentence = self.say(self.chance.choice(self.own_sentences))
            said += len(sentence.split())
            yield sentence

    def say(self, template: str) -> str:
        if "{product}" in template or "{fault}" in template or "{adj}" in template:
            return super().say(template)
        act = self.chance.choice(self.own_acts)
        return template.format(
            thing=often(self.chance, self.own_things),
            thing2=self.chance.choice(self.own_things),
            act=act,
            act2=act,
            person=self.chance.choice(FIRST_NAMES),
            place=self.chance.choice(PLACES),
            n=self.chance.randint(2, 60),
            ticket="",
        )


def often(chance: Random, choices: Sequence[Any]) -> Any:
    """The first twice as often as the second, three times as often as the third (Zipf's law)."""
    weights = list(accumulate(1 / rank for rank in range(1, len(choices) + 1)))
    return chance.choices(choices, cum_weights=weights)[0]


def timed(chance: Random, sentences: Iterator[str]) -> list[dict[str, Any]]:
    """Cues of a few words, as captions are: cut where they get long, with a breath now and then."""
    cues = []
    at = chance.uniform(0, 2)
    for sentence in sentences:
        words = sentence.split()
        for start in range(0, len(words), LONGEST_CUE):
            text = " ".join(words[start : start + LONGEST_CUE])
            length = len(text.split()) / PACE * chance.uniform(0.85, 1.15)
            cues.append({"start": round(at, 2), "end": round(at + length, 2), "text": text})
            at += length
        at += chance.uniform(0, 1.2)
    return cues


if __name__ == "__main__":
    main()
