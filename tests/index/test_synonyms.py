"""What every engine must find by words that mean the same."""

import pytest

from kb.index.contract import Document, Index, Query, Same
from tests.index.shelf import PUBLIC, ids

K8S = Same(0, 1, (("kubernetes",),))
MFA = "multi-factor authentication"


def test_a_word_is_found_by_its_synonym(index: Index) -> None:
    assert ids(index, "k8s", same=()) == []
    assert ids(index, "k8s", same=(K8S,)) == ["pods"]
    assert ids(index, "k8s restart", same=(K8S,))[0] == "pods"
    assert ids(index, "branch", same=(Same(0, 1, (("container", "restarting"),)),)) == ["merge"], "not in that order"
    assert ids(index, "branch", same=(Same(0, 1, (("restarting", "container"),)),)) == ["merge", "pods"]


@pytest.mark.parametrize("frequent", ["k8s", "kubernetes"])
def test_the_word_itself_stands_slightly_before_its_synonym_however_rare_either_is(index: Index, frequent: str) -> None:
    index.write([Document(f"more{n}", "A clip", spoken=f"about {frequent}") for n in range(20)])
    index.write([Document("word", "A clip of k8s today"), Document("synonym", "A clip of kubernetes today")])
    seen = frozenset({"word", "synonym", *(f"more{n}" for n in range(20))})
    found = index.search(Query(("k8s",), same=(K8S,)), visible=seen, limit=50)
    scores = {hit.id: hit.score for hit in found.hits}
    assert found.total == 22
    assert scores["word"] > scores["synonym"] > 0.5 * scores["word"]


def test_several_words_are_met_by_the_one_that_means_them_and_the_one_by_them(index: Index) -> None:
    index.write(
        [
            Document("short", "Reset it", spoken="how to reset mfa on a new phone"),
            Document("long", "Reset it", spoken=f"how to reset {MFA} on a new phone"),
            Document("apart", "Reset it", spoken="an authentication of the multi-factor kind, reset by factor"),
            Document("half", "An authentication"),
        ]
    )
    seen = frozenset({"short", "long", "apart", "half"})
    to_long, to_short = Same(1, 2, (tuple(MFA.split()),)), Same(1, 3, (("mfa",),))
    assert ids(index, "reset mfa", seen, same=(to_long,))[:2] == ["short", "long"]
    found = ids(index, f"reset {MFA}", seen, same=(to_short,))
    assert (set(found[:3]), found[3:]) == ({"long", "apart", "short"}, ["half"])


def test_an_unknown_word_with_a_known_synonym_is_not_corrected(index: Index) -> None:
    found = index.search(Query(("branhc",), same=(Same(0, 1, (("container",),)),)), visible=PUBLIC)
    assert (found.corrected, [hit.id for hit in found.hits]) == ({}, ["pods"])
