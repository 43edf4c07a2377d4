import re
from functools import cache

import pytest

from kb.demo import voice
from kb.demo.catalogue import PEOPLE, RECIPES, SHELVES, TEAMS
from kb.demo.screens.canvas import SIZE
from kb.demo.script import Recipe, Script, pictures, timeline

# Words that say nothing by themselves; search finds them everywhere.
EMPTY = set(
    "about after again also always another back because been before both came come does done every everybody exactly "
    "find first from give goes have here inside into itself keep know last line look make many month more most much "
    "must never next nobody once only open other over really same show some take than that their them then there "
    "these they thing this time together until want week were what when where which while will with without work "
    "write year your".split()
)
EACH = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.key)


def content(text: str) -> set[str]:
    """Words that somebody would search for, roughly in their base form."""
    words = set(re.findall(r"[a-z]{4,}", text.lower())) - EMPTY
    return {re.sub(r"(ies|es|ed|ing|s)$", "", word) for word in words}


@cache
def shown(recipe: Recipe) -> set[str]:
    """The words that are on the screen after one act or another."""
    script = recipe.play()
    words: list[str] = []
    for act in (act for beat in script.beats for act in beat.acts):
        for _ in act(script.desk):
            pass
        words += script.desk.draw().words
    return content(" ".join(words))


def spoken_ms(script: Script) -> list[int]:
    return voice.silent_ms([beat.says for beat in script.beats])


@EACH
def test_what_is_said_is_not_on_the_screen(recipe: Recipe) -> None:
    """So that a hit on a spoken word can only come from speech."""
    said = content(" ".join(beat.says for beat in recipe.play().beats))
    assert len(said & shown(recipe)) <= len(said) / 8, sorted(said & shown(recipe))


@EACH
def test_every_sentence_has_words_that_nothing_else_of_it_has(recipe: Recipe) -> None:
    written = content(" ".join((recipe.title, recipe.purpose, recipe.description, *recipe.tags, *recipe.category)))
    for beat in recipe.play().beats:
        if len(beat.says.split()) > 5:
            assert len(content(beat.says) - shown(recipe) - written) >= 2, beat.says


@EACH
def test_it_takes_20_to_90_seconds(recipe: Recipe) -> None:
    assert 20_000 <= timeline(recipe.play(), spoken_ms(recipe.play())).duration_ms <= 90_000


@pytest.mark.parametrize("recipe", [RECIPES[0], RECIPES[1], RECIPES[2]], ids=lambda recipe: recipe.key)
def test_it_looks_the_same_drawn_as_timed_and_goes_on_changing(recipe: Recipe) -> None:
    lengths = spoken_ms(recipe.play())
    drawn = [hash(picture) for picture in pictures(recipe.play(), lengths)]
    times = timeline(recipe.play(), lengths)
    assert len(drawn) == len(times.stays)
    assert len(times.starts_ms) == len(lengths)
    assert len(set(drawn)) > 2 * len(lengths)


def test_pictures_are_whole() -> None:
    recipe = RECIPES[0]
    picture = next(iter(pictures(recipe.play(), spoken_ms(recipe.play()))))
    assert len(picture) == SIZE[0] * SIZE[1] * 3


def test_a_sentence_begins_when_its_acts_do() -> None:
    recipe = RECIPES[0]
    lengths = spoken_ms(recipe.play())
    starts = timeline(recipe.play(), lengths).starts_ms
    assert all(later - start >= length for start, later, length in zip(starts, starts[1:], lengths, strict=False))


def test_the_demo_is_worth_a_look() -> None:
    shared = [recipe.shared for recipe in RECIPES]
    assert len(RECIPES) >= 12
    assert len({recipe.key for recipe in RECIPES}) == len(RECIPES)
    assert shared.count("everyone") >= 10
    assert {"private", "draft", *TEAMS} < set(shared)
    assert {recipe.category for recipe in RECIPES} <= {shelf.path for shelf in SHELVES}
    for recipe in RECIPES:
        assert recipe.shared not in TEAMS or recipe.shared in PEOPLE[recipe.author][1]
