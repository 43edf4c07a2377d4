"""The gentle order: whom it helped counts among what fits equally well, and never beyond that."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from kb.index.contract import Hit
from kb.search.standing import MOST_PLACES, NEAR, Facts, standing, with_standing

ALIKE = Facts(held=3, score=10.0, window=6.0, age_days=30)

facts = st.builds(
    Facts,
    held=st.integers(0, 4),
    score=st.sampled_from([0.0, 5.0, 9.0, 9.5, 10.0, 10.4]) | st.floats(0, 20),
    window=st.sampled_from([0.0, 5.0, 5.6, 6.0]) | st.floats(0, 20),
    solved=st.integers(0, 10_000),
    unhelped=st.integers(0, 10_000),
    age_days=st.floats(-1, 10_000),
)


def ordered(of: Sequence[Facts]) -> list[int]:
    hits = [Hit(str(n), 1 / (n + 1)) for n in range(len(of))]
    return [int(hit.id) for hit in with_standing(hits, {str(n): each for n, each in enumerate(of)})]


def test_of_two_that_fit_alike_the_one_that_helped_comes_first() -> None:
    assert ordered([ALIKE, ALIKE._replace(solved=3)]) == [1, 0]
    assert ordered([ALIKE._replace(unhelped=3), ALIKE]) == [1, 0]
    assert ordered([ALIKE._replace(age_days=2_000), ALIKE]) == [1, 0]


def test_small_differences_are_chance() -> None:
    assert ordered([ALIKE, ALIKE._replace(age_days=0)]) == [0, 1]
    assert ordered([ALIKE._replace(solved=100), ALIKE._replace(solved=101)]) == [0, 1]


def test_solves_flatten_and_one_doubter_is_no_verdict() -> None:
    one, twenty, thousand = (standing(ALIKE._replace(solved=count)) for count in (1, 20, 1_000))
    assert one < twenty == thousand
    assert standing(ALIKE._replace(solved=3, unhelped=1)) > standing(ALIKE)
    assert standing(ALIKE._replace(unhelped=1)) < standing(ALIKE)


def test_thanks_lift_nothing_over_what_fits_better() -> None:
    loved = ALIKE._replace(solved=10_000, age_days=0)
    for less in (loved._replace(held=2), loved._replace(score=9.0), loved._replace(window=5.0)):
        assert ordered([ALIKE, less]) == [0, 1]


def test_a_hit_climbs_a_few_places_at_most() -> None:
    assert ordered([ALIKE] * 9 + [ALIKE._replace(solved=50)]).index(9) == 9 - MOST_PLACES


def test_newest_first_stays_so_where_nothing_is_searched_for() -> None:
    nothing = Facts(held=0, score=0.0, window=0.0)
    assert ordered([nothing, nothing._replace(solved=9)]) == [0, 1]


@given(st.lists(facts, max_size=20))
def test_none_passes_what_holds_more_of_the_words_or_fits_clearly_better(of: list[Facts]) -> None:
    order = ordered(of)
    assert sorted(order) == list(range(len(of)))
    for place, passing in enumerate(order):
        assert passing - place <= MOST_PLACES
        for passed in order[place + 1 :]:
            if passed < passing:
                assert of[passing].held >= of[passed].held
                assert of[passing].score >= NEAR * of[passed].score > 0
                assert of[passing].window >= NEAR * of[passed].window
                assert standing(of[passing]) > standing(of[passed])


@given(st.lists(facts, max_size=20))
def test_scores_stay_with_the_places_and_what_is_not_known_stays(of: list[Facts]) -> None:
    hits = [Hit(str(n), 1 / (n + 1)) for n in range(len(of))]
    known = {str(n): each for n, each in enumerate(of) if n % 3}
    found = with_standing(hits, known)
    assert [hit.score for hit in found] == [hit.score for hit in hits]
    assert [place for place, hit in enumerate(found) if hit.id not in known] == list(range(0, len(of), 3))
