"""What is put right in a text, and what is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.categories.spellings import Correction, Spellings

HOUSE = Spellings(
    [
        ("Kubernetes", ["kuber netties", "cube ernetes", "kubernetes"]),
        ("GitHub", ["git hub"]),
        ("Git LFS", ["git", "git lfs"]),
        ("PostgreSQL", ["postgres", "post gress"]),
        ("Teams", []),
        ("Müller-Portal", ["müller portal"]),
        ("O'Reilly", ["o'reily"]),
        ("C#", ["see sharp"]),
        ("云平台", ["运平台"]),
    ]
)


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("so Kuber Netties restarts it", "so Kubernetes restarts it"),
        ("kuber netties's logs, (cube ernetes)", "Kubernetes's logs, (Kubernetes)"),
        ("Kuber\nnetties.", "Kubernetes."),
        ("kubernetes and KUBERNETES", "Kubernetes and Kubernetes"),
        ("a kuber netties-like thing", "a Kubernetes-like thing"),
        ("on github or Git Hub", "on GitHub or GitHub"),
        ("in git we trust", "in Git LFS we trust"),
        ("git lfs, Git LFS", "Git LFS, Git LFS"),
        ("MÜLLER PORTAL", "Müller-Portal"),
        (unicodedata.normalize("NFD", "müller portal"), "Müller-Portal"),
        ("o’reily books", "O'Reilly books"),
        ("see sharp, c#", "C#, c#"),
        ("我们的运平台很快", "我们的云平台很快"),
        ("使用kuber netties部署", "使用Kubernetes部署"),
    ],
)
def test_names_are_put_right_as_the_house_writes_them(heard: str, written: str) -> None:
    assert HOUSE.corrected(heard) == written


@pytest.mark.parametrize(
    "text",
    [
        "already Kubernetes, GitHub, Git LFS and PostgreSQL",
        "the teams met",
        "postgresses kubernetesx digit",
        "see https://postgres.example.org/postgres or /etc/postgres",
        "run --git-dir, postgres.yaml, x=postgres, $postgres, `postgres`, git() and postgres_dump",
        "write to git@example.org, .git and my.git",
        "postgres\u0301",
        "",
    ],
)
def test_what_is_right_and_what_is_code_or_part_of_another_word_stays(text: str) -> None:
    assert HOUSE.corrected(text) == text


def test_each_correction_says_where_it_stands() -> None:
    text = "On git hub and post gress"
    assert HOUSE.found(text) == [Correction(3, 10, "GitHub"), Correction(15, 25, "PostgreSQL")]


def test_a_house_without_a_glossary_changes_nothing() -> None:
    assert Spellings([]).corrected("kuber netties") == "kuber netties"


@given(st.lists(st.sampled_from(["kuber netties", "git", "hub", "lfs", "github", "see", "sharp", "x", "/", ". "])))
def test_what_was_put_right_once_stays(words: list[str]) -> None:
    once = HOUSE.corrected(" ".join(words))
    # A name made new may stand before a word with which it is another one: "git" before "lfs" was that already.
    assert HOUSE.corrected(once) == once


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(HOUSE.corrected(text), str)
