"""What somebody may not see changes nothing of what any engine tells them."""

from collections.abc import Callable

import pytest

from kb.index.contract import Document, Index, Query, Same
from tests.index.shelf import PUBLIC, SHELF, ids


@pytest.mark.parametrize("word", ["zanzibar", "payroll", "unicornish", "xylophone", "quokka"])
def test_what_one_may_not_see_shows_in_no_hit_total_correction_or_suggestion(index: Index, word: str) -> None:
    as_boss = index.search(Query((word,)), visible=PUBLIC | {"secret"})
    assert [hit.id for hit in as_boss.hits] == ["secret"]
    for typed in (word, word[:-1], word[:-1] + "x"):
        found = index.search(Query((typed,), last_is_prefix=True), visible=PUBLIC)
        assert (found.hits, found.total, dict(found.corrected)) == ((), 0, {})
        assert index.suggest(typed, visible=PUBLIC) == []
    assert index.search(Query(phrases=((word,),)), visible=PUBLIC).total == 0
    assert index.search(Query(tags=("hush",)), visible=PUBLIC).total == 0
    # An excluded word that only others' screencasts hold changes nothing.
    assert ids(index, "event", excluded=(word,)) == ids(index, "event")


def test_how_telling_a_word_is_depends_on_what_one_may_see(index: Index) -> None:
    before = index.search(Query(("event",)), visible=PUBLIC).idf
    index.write([Document(f"hidden{n}", "event event") for n in range(9)])
    assert index.search(Query(("event",)), visible=PUBLIC).idf == before


def test_how_long_hidden_texts_are_changes_no_score(make_index: Callable[[], Index]) -> None:
    shown = [
        Document("short", "Reset the router", spoken="press reset"),
        Document("long", "Reset", spoken="hold the router until it blinks " * 9),
    ]
    long = Document("hidden", "A long story", spoken="once upon a time there was " * 500)

    def scores(*documents: Document) -> list[tuple[str, float]]:
        index = make_index()
        index.rebuild(documents)
        found = index.search(Query(("reset", "router")), visible=frozenset({"short", "long"}))
        return [(hit.id, hit.score) for hit in found.hits]

    assert scores(*shown) == scores(*shown, long) != []


def test_who_may_see_nothing_finds_nothing(index: Index) -> None:
    nothing: frozenset[str] = frozenset()
    assert index.search(Query(("event",)), visible=nothing).total == 0
    assert index.search(Query(), visible=nothing).total == 0
    assert index.suggest("ku", visible=nothing) == []


def test_a_hidden_word_is_corrected_as_if_it_were_unknown(index: Index) -> None:
    index.write([Document("private", "brunch")])
    assert index.search(Query(("brunch",)), visible=PUBLIC).corrected == {"brunch": "branch"}
    assert index.search(Query(("brunch",)), visible=PUBLIC | {"private"}).corrected == {}


def test_a_synonym_that_only_hidden_screencasts_hold_changes_nothing(index: Index) -> None:
    """No hit, no total, no place, and no correction comes or goes with it."""
    for typed in ("branch", "unicornish", "teminal", "branhc container"):
        for other in (("zanzibar",), ("payroll", "quarterly"), ("quokka",)):
            plain = index.search(Query(tuple(typed.split())), visible=PUBLIC)
            asked = index.search(Query(tuple(typed.split()), same=(Same(0, 1, (other,)),)), visible=PUBLIC)
            assert (asked.hits, asked.total, asked.corrected) == (plain.hits, plain.total, plain.corrected)


def test_how_many_visible_documents_hold_a_word_in_whatever_field(index: Index) -> None:
    stems = [index.analyse(word)[0].stem for word in ("anna", "pods", "git", "unicornish", "nowhere")]
    everything = frozenset(document.id for document in SHELF)
    without_secret = everything - {"secret"}
    assert list(index.spread(stems, visible=everything).values())[3:] == [1, 0]
    assert list(index.spread(stems, visible=without_secret).values())[2:] == [1, 0, 0]
    assert set(index.spread(stems, visible=frozenset()).values()) == {0}
