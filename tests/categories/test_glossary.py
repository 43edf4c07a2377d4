"""The glossary: what curators write down, and what is refused because it would lead nowhere or to two ends."""

from collections.abc import Callable

import pytest
from flask import Flask

from kb.audit import AuditEntry
from kb.categories import glossary
from kb.db import db
from kb.errors import Invalid, NotFound
from tests.conftest import People


@pytest.fixture
def add(people: People) -> Callable[..., str]:
    """(written, heard …) -> id"""
    return lambda written, *heard: glossary.add(written, heard, by=people.curator).id


def heard(word_id: str) -> list[str]:
    db.session.expire_all()
    return glossary.get(word_id).heard


def test_a_word_is_put_right_from_the_moment_it_is_written_down_until_it_is_taken_out(
    in_site: Flask, add: Callable[..., str], people: People
) -> None:
    assert glossary.glossary().spellings.corrected("kuber netties") == "kuber netties"
    kubernetes = add("Kubernetes", "Kuber  Netties", "cube ernetes", "")
    assert heard(kubernetes) == ["kuber netties", "cube ernetes"]
    assert glossary.glossary().spellings.corrected("so kuber netties") == "so Kubernetes"
    assert glossary.written() == ["Kubernetes"]
    glossary.change(kubernetes, heard=["cuba netties"], by=people.curator)
    assert glossary.glossary().spellings.corrected("kuber netties, cuba netties") == "kuber netties, Kubernetes"
    glossary.change(kubernetes, written="K8s", by=people.curator)
    assert glossary.glossary().spellings.corrected("cuba netties") == "K8s"
    assert glossary.remove(kubernetes, by=people.curator).heard == ("cuba netties",)
    assert glossary.glossary().spellings.corrected("cuba netties") == "cuba netties"
    with pytest.raises(NotFound):
        glossary.get(kubernetes)


def test_more_that_is_heard_for_a_name_that_is_there_joins_it(add: Callable[..., str]) -> None:
    kubernetes = add("Kubernetes", "kuber netties")
    assert add("kubernetes", "kuber netties", "cube ernetes") == kubernetes
    assert heard(kubernetes) == ["kuber netties", "cube ernetes"]
    assert glossary.written() == ["Kubernetes"]


@pytest.mark.parametrize(
    ("written", "forms", "fields"),
    [
        ("kubernetes", [], {"written"}),
        ("kubernetes", ["kuber netties"], {"written"}),
        ("Kuber Netties", [], {"written"}),
        ("Cuba", ["Kuber netties"], {"heard"}),
        ("Cuba", ["kubernetes"], {"heard"}),
        ("", ["cuba"], {"written"}),
        ("x" * 81, [], {"written"}),
        ("a, b", [], {"written"}),
        ("a → b", [], {"written"}),
        ("!?", [], {"written"}),
        ("Cuba", ["c"], {"heard"}),
        ("Cuba", ["x" * 81], {"heard"}),
        ("Cuba", [f"cuba {n}" for n in range(51)], {"heard"}),
    ],
)
def test_what_would_lead_to_two_ends_or_nowhere_is_refused_at_its_field(
    add: Callable[..., str], written: str, forms: list[str], fields: set[str]
) -> None:
    add("Kubernetes", "kuber netties")
    with pytest.raises(Invalid) as refused:
        add(written, *forms)
    assert set(refused.value.errors) == fields
    assert glossary.written() == ["Kubernetes"]


def test_a_name_may_be_written_down_with_its_own_small_letters(add: Callable[..., str]) -> None:
    add("Teams", "teams")
    assert glossary.glossary().spellings.corrected("the teams") == "the Teams"


def test_each_act_is_recorded(add: Callable[..., str], people: People) -> None:
    word = add("Kubernetes", "kuber netties")
    glossary.change(word, heard=[], by=people.curator)
    glossary.remove(word, by=people.curator)
    entries = db.session.query(AuditEntry).filter_by(kind="glossary").order_by(AuditEntry.id).all()
    assert [(entry.act, entry.subject_id, entry.person_id) for entry in entries] == [
        (act, word, people.curator) for act in ("added", "changed", "deleted")
    ]


def test_two_who_write_down_the_same_at_the_same_moment_make_one_word(
    at_once: Callable[..., list[object]], people: People
) -> None:
    at_once(*(lambda n=n: glossary.add("Kubernetes", [f"kuber {n}x"], by=people.curator) for n in range(4)))
    assert glossary.written() == ["Kubernetes"]
    assert sorted(glossary.glossary().words[0].heard) == [f"kuber {n}x" for n in range(4)]


def test_taking_in_many_words_reads_the_glossary_once(in_site: Flask, people: People, asked: list[str]) -> None:
    def reads(rows: list[tuple[int, str, list[str]]]) -> int:
        asked.clear()
        assert glossary.take_in(rows, by=people.curator) == len(rows)
        return sum(each.startswith("SELECT") and "FROM glossary_word" in each for each in asked)

    few = reads([(1, "Kubernetes", ["kuber netties"])])
    assert reads([(line, f"Name{line}", [f"nay m{line}"]) for line in range(20)]) == few
