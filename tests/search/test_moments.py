import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.index.contract import Hit, Query, Token
from kb.index.memory import MemoryIndex
from kb.index.whoosh import WhooshIndex
from kb.search.finder import Analyse, marked
from kb.search.marks import Heard, Passage, TimedWord, together
from kb.search.moments import Moment, fuse, look
from kb.search.query import Wanted, wanted
from kb.search.synonyms import Synonyms

analyse = MemoryIndex().analyse


def looking_for(typed: str, *, last_is_prefix: bool = False) -> list[Wanted]:
    return wanted(Query(tuple(typed.split()), last_is_prefix=last_is_prefix), {}, analyse)


def moments(
    passages: Sequence[Passage],
    wanted: Sequence[Wanted],
    analyse: Analyse,
    *,
    idf: Mapping[str, float] | None = None,
    heard: Heard | None = None,
) -> list[Moment]:
    return look(together(passages), wanted, analyse, idf=idf).moments(heard)


def score(passages: Sequence[Passage], wanted: Sequence[Wanted]) -> float:
    return look(together(passages), wanted, analyse).score


def talk(*cues: str, each_ms: int = 10_000) -> list[Passage]:
    return [Passage(at * each_ms, (at + 1) * each_ms, cue) for at, cue in enumerate(cues)]


def test_the_moment_is_where_most_of_the_words_are_said_together() -> None:
    passages = talk("we merge", "x", "x", "x", "now merge", "the branch here", "x", "x", "x", "a branch")
    best = moments(passages, looking_for("merge branch"), analyse)[0]
    assert (best.start_ms, best.end_ms, best.kind) == (40_000, 60_000, "speech")
    assert best.html == "now <mark>merge</mark> … the <mark>branch</mark> here"


def test_the_tightest_of_equal_windows_is_taken() -> None:
    passages = talk("branch", "x", "merge branch")
    assert moments(passages, looking_for("merge branch"), analyse)[0].start_ms == 20_000


def test_the_exact_form_counts_more_than_another_of_the_same_stem() -> None:
    passages = talk("he merges it", "x", "x", "x", "x", "we are merging it")
    found = moments(passages, looking_for("merging"), analyse)
    assert [moment.start_ms for moment in found] == [50_000, 0]
    assert [moment.score for moment in found] == [1.0, 0.75]


def test_a_telling_word_outweighs_a_common_one() -> None:
    passages = talk("open the file", "x", "x", "x", "the kubeconfig")
    best = moments(passages, looking_for("file kubeconfig"), analyse, idf={"file": 0.2, "kubeconfig": 3.0})
    assert [moment.start_ms for moment in best] == [40_000]


def test_a_moment_starts_at_the_second_of_its_first_word_where_that_is_known() -> None:
    words = [TimedWord(4_000 + at * 500, 4_400 + at * 500, text) for at, text in enumerate("now we merge it".split())]
    said = Passage(4_000, 6_000, "now we merge it", cue=7)
    assert look(together([said]), looking_for("merge"), analyse).cues() == [7]
    assert moments([said], looking_for("merge"), analyse, heard={7: words})[0].start_ms == 5_000
    assert moments([said], looking_for("merge"), analyse)[0].start_ms == 4_000
    corrected = Passage(4_000, 6_000, "now we merge them", cue=7)
    assert moments([corrected], looking_for("merge"), analyse, heard={7: words})[0].start_ms == 4_000


def test_a_moment_never_starts_before_its_cue() -> None:
    heard = {7: [TimedWord(3_000, 3_400, "merge")]}
    early = Passage(4_000, 6_000, "merge", cue=7)
    assert moments([early], looking_for("merge"), analyse, heard=heard)[0].start_ms == 4_000


def test_a_word_on_the_screen_is_a_moment_of_its_own_kind() -> None:
    passages = [
        Passage(9_000, 90_000, "error 0x80070005", "screen"),
        Passage(9_500, 12_000, "here is the error", "speech"),
    ]
    found = moments(passages, looking_for("0x80070005"), analyse)
    assert [(moment.kind, moment.start_ms, moment.html) for moment in found] == [
        ("screen", 9_000, "error <mark>0x80070005</mark>")
    ]


def test_the_title_is_a_moment_only_if_there_is_no_other() -> None:
    title = Passage(0, 0, "How to merge", "title")
    assert [moment.kind for moment in moments([title, *talk("x")], looking_for("merge"), analyse)] == ["title"]
    assert [moment.kind for moment in moments([title, *talk("merge")], looking_for("merge"), analyse)] == ["speech"]


def test_a_title_counts_where_screencasts_are_compared_but_not_where_moments_are() -> None:
    title = Passage(0, 0, "Merge safely", "title")
    said = talk("merge", "x", "x", "x", "the branch")
    with_title = moments([title, *said], looking_for("merge branch safely"), analyse)
    assert [moment.score for moment in with_title] == [1.0, 1.0]
    assert score([title, *said], looking_for("merge branch safely")) == 3.0
    assert score(said, looking_for("merge branch safely")) == 1.0
    assert score([title], looking_for("merge branch safely")) == 2.0


def test_five_moments_at_most_and_none_beside_another() -> None:
    passages = talk(*["merge"] * 40)
    found = moments(passages, looking_for("merge"), analyse)
    assert [moment.start_ms for moment in found] == [0, 20_000, 40_000, 60_000, 80_000]


def test_what_is_said_and_shown_at_once_is_one_moment() -> None:
    both = [Passage(40_000, 44_000, "now we merge"), Passage(41_000, 60_000, "git merge --squash", "screen")]
    assert [moment.start_ms for moment in moments(both, looking_for("merge"), analyse)] == [40_000]


def test_the_same_words_again_come_after_others() -> None:
    shown = [Passage(at, at + 5_000, "git merge", "screen") for at in (0, 60_000, 120_000)]
    said = Passage(200_000, 204_000, "what to merge is")
    found = moments([*shown, said], looking_for("merge"), analyse)
    assert [moment.start_ms // 1000 for moment in found] == [0, 200, 60, 120]


def test_a_word_of_the_query_alone_is_no_moment_beside_all_of_them() -> None:
    passages = talk("merge the branch safely", "x", "x", "x", "x", "the end of a branch")
    assert len(moments(passages, looking_for("merge branch safely"), analyse)) == 1


def test_nothing_said_nothing_found() -> None:
    assert moments([], looking_for("merge"), analyse) == []
    assert moments(talk("x"), looking_for("merge"), analyse) == []
    assert moments(talk("merge"), [], analyse) == []
    assert score([], looking_for("merge")) == 0


def test_the_start_of_a_word_is_marked_where_one_is_still_typing() -> None:
    assert (
        marked("Kubernetes pods", looking_for("kube", last_is_prefix=True), analyse) == "<mark>Kubernetes</mark> pods"
    )
    assert marked("Kubernetes pods", looking_for("kube"), analyse) == "Kubernetes pods"


def test_a_part_of_a_compound_is_marked_within_it() -> None:
    assert marked("a NullPointerException!", looking_for("pointer"), analyse) == "a Null<mark>Pointer</mark>Exception!"
    assert marked("my snake_case", looking_for("snake_case"), analyse) == "my <mark>snake_case</mark>"


def test_long_text_is_cut_to_the_words_around_the_marks() -> None:
    text = " ".join(f"w{n}" for n in range(100)).replace("w50", "merge")
    [moment] = moments([Passage(0, 9_000, text)], looking_for("merge"), analyse)
    assert moment.html == "… w44 w45 w46 w47 w48 w49 <mark>merge</mark> w51 w52 w53 w54 w55 w56 …"


@given(st.text(alphabet="<>&\"' mergescript/=;#x27", max_size=80))
def test_mark_is_the_only_markup_and_no_character_is_lost(text: str) -> None:
    html = marked(text, looking_for("merge script"), analyse)
    plain = re.sub("</?mark>", "", html)
    assert not set('<>"') & set(plain)
    assert re.sub("&(?!(amp|lt|gt|quot|#x27);)", "", plain) == plain


@given(st.lists(st.text(max_size=40), max_size=12), st.text(max_size=30))
def test_moments_lie_within_their_passages(cues: list[str], typed: str) -> None:
    for moment in moments(talk(*cues), looking_for(typed), analyse):
        assert 0 <= moment.start_ms < moment.end_ms <= len(cues) * 10_000
        assert "<mark>" in moment.html


def test_thousands_of_captions_at_one_moment_are_looked_through_once() -> None:
    """A file of captions may have 20,000; with each pair of them compared this took minutes, for all who search."""
    storm = [Passage(at * 5, at * 5 + 1_000, "merge branch merging " * 3) for at in range(20_000)]
    [first, *others] = moments(storm, looking_for("merging branch"), analyse)
    assert (first.start_ms, first.score, len(others)) == (0, 2.0, 4)
    long = [Passage(0, 1_000, "merge branch merging " * 5_000)]
    assert moments(long, looking_for("merging branch"), analyse)[0].score == 2.0


def test_a_good_window_lifts_a_hit_and_its_lack_does_not_remove_one() -> None:
    hits = [Hit("a", 9.0), Hit("b", 8.9), Hit("c", 1.0)]
    assert [hit.id for hit in fuse(hits, {"b": 5.0, "c": 5.0})] == ["b", "c", "a"]
    assert [hit.id for hit in fuse(hits, {"c": 0.1})] == ["c", "a", "b"]
    assert [hit.id for hit in fuse(hits, {"a": 1.0, "b": 1.0, "c": 1.0})] == ["a", "b", "c"]
    assert [hit.id for hit in fuse(hits, {})] == ["a", "b", "c"]


def test_said_together_comes_before_said_more_often_and_of_equals_said_more_often_first() -> None:
    hits = [Hit("often", 9.0), Hit("together", 3.0), Hit("together too", 2.9), Hit("half of it", 1.0)]
    windows = {"often": 4.0, "together": 8.0, "together too": 8.0, "half of it": 4.0}
    assert [hit.id for hit in fuse(hits, windows)] == ["together", "together too", "often", "half of it"]


def test_a_word_is_marked_by_its_forms_in_the_language_of_the_passage() -> None:
    index = WhooshIndex(Path("unused"))
    words = wanted(Query(("printer", "Drucker", "принтер", "configuración", "impresora")), {}, index.analyse)
    texts = {
        "de-AT": ("bei den Druckern", "bei den <mark>Druckern</mark>"),
        "ru": ("мы чиним принтеры", "мы чиним <mark>принтеры</mark>"),
        "es": ("las configuraciones y impresoras", "las <mark>configuraciones</mark> y <mark>impresoras</mark>"),
        "en": ("two printers, dock", "two <mark>printers</mark>, dock"),
        "pl": ("drukarki", "drukarki"),
    }
    for language, (text, html) in texts.items():
        assert marked(text, words, index.analyse, language=language) == html


def test_a_word_said_in_two_languages_counts_once() -> None:
    said = [Passage(0, 9_000, "neue Branches", language="de"), Passage(0, 9_000, "new branches", language="en")]
    assert score(said, looking_for("Branches")) == 1.0


def test_a_synonym_is_found_in_the_language_of_the_passage() -> None:
    [same] = Synonyms([("MFA", "zwei Faktoren")], analyse).of(("mfa",))
    words = wanted(Query(("mfa",), same=(same,)), {}, analyse)
    assert marked("mit zwei Faktore", words, analyse, language="de") == "mit <mark>zwei Faktore</mark>"


def test_only_words_that_may_be_meant_are_analysed_and_once_for_all_hits_of_a_page() -> None:
    analysed: list[str] = []

    def counting(text: str, language: str = "") -> list[Token]:
        analysed.append(text)
        return analyse(text, language)

    for _ in range(10):
        assert moments(talk(*["have mergansers and merge", "the branch, again"] * 60), looking_for("merge"), counting)
    assert sorted(analysed) == ["mergansers", "merge"]


def test_a_moment_opens_where_the_words_stand_together_not_where_one_was_mentioned_in_passing() -> None:
    passages = [
        Passage(0, 4_000, "you want to print something"),
        Passage(20_000, 28_000, "then delete the old files in the folder"),
    ]
    best = moments(passages, looking_for("print old files folder"), analyse)[0]
    assert best.start_ms == 20_000
    assert best.html == "then delete the <mark>old files</mark> in the <mark>folder</mark>"


def test_within_a_long_cue_it_opens_at_the_words_said_closest_together() -> None:
    said = ["files", "are", "paper", "and", "then", "old", "files"]
    heard = {7: [TimedWord(at * 1_500, at * 1_500 + 900, text) for at, text in enumerate(said)]}
    passage = Passage(0, 12_000, " ".join(said), cue=7)
    assert moments([passage], looking_for("old files"), analyse, heard=heard)[0].start_ms == 7_500
