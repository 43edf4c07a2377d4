from kb.index.corrections import best, distance, edits_allowed, swapped


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert distance("gti", "git", 2) == 1
    assert distance("kubernetse", "kubernetes", 2) == 1


def test_the_distance_stops_counting_beyond_the_limit() -> None:
    assert distance("kitten", "sitting", 3) == 3
    assert distance("kitten", "sitting", 2) == 3
    assert distance("a", "abcdef", 2) == 3


def test_codes_and_short_words_are_not_corrected() -> None:
    assert edits_allowed("0x80070005") == edits_allowed("git") == 0
    assert (edits_allowed("merge"), edits_allowed("deploy")) == (1, 2)


def test_the_nearest_word_is_offered_first_and_among_equals_the_more_frequent() -> None:
    known = [("branches", 9), ("branch", 1), ("brunch", 5), ("zebra", 99)]
    assert best("branchs", known) == ["branches", "branch"]
    assert best("brxnch", known) == ["brunch", "branch"]


def test_a_word_that_nobody_may_see_is_never_offered() -> None:
    assert best("branchs", [("branch", 0)]) == []


def test_swapped_words_are_each_one_slip_away() -> None:
    assert "docker" in swapped("dokcer")
