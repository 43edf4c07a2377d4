"""What every engine must find alike, and in which order."""

from collections.abc import Callable

import pytest

from kb.index.contract import Document, Index, Query
from tests.index.shelf import PUBLIC, ids


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("merging branch", "merge"),
        ("terminal", "merge"),
        ("restarted container", "pods"),
        ("0x80070005", "windows"),
        ("NullPointerException", "windows"),
        ("null pointer", "windows"),
        ("C:\\Users", "windows"),
        ("kubectl -n", "pods"),
        ("v2.14.1", "pods"),
        ("2.14.1", "pods"),
        ("snake_case", "pods"),
        ("snake", "pods"),
        ("--no-ff", "merge"),
        ("CRASHLOOPBACKOFF", "pods"),
    ],
)
def test_a_word_is_found_wherever_it_stands(index: Index, typed: str, first: str) -> None:
    assert ids(index, typed)[0] == first


CODE = Document(
    "code",
    "Untitled",
    spoken="we type git push --force-with-lease and kubectl -n shop, then look at /var/log/nginx/error.log",
    screen="C:\\Users\\Public\\desktop.ini HRESULT: 0x80070005 org.acme.HTTPServerError in snake_case_name v3.12.0-rc1 "
    "AZURE_TENANT_ID=4711 std::vector<int> @media #pragma foo.bar() $HOME/.ssh user@example.org",
)


@pytest.mark.parametrize(
    "typed",
    [
        *("--force-with-lease", "force-with-lease", "force lease", "kubectl -n", "-n", "/var/log/nginx", "nginx"),
        *("error.log", "C:\\Users\\Public", "c:\\users", "desktop.ini", "0x80070005", "80070005", "0X80070005"),
        *("HTTPServerError", "httpservererror", "server error", "org.acme.HTTPServerError", "snake_case_name", "snake"),
        *("case_name", "v3.12.0-rc1", "3.12.0", "AZURE_TENANT_ID", "tenant id", "4711", "std::vector", "@media"),
        *("#pragma", "foo.bar()", "foo.bar", "$HOME/.ssh", "user@example.org", "(0x80070005)", '"desktop.ini",'),
    ],
)
def test_code_is_found_as_a_whole_and_by_its_parts(index: Index, typed: str) -> None:
    index.write([CODE])
    assert ids(index, typed, frozenset({"code"})) == ["code"]


@pytest.mark.parametrize(
    "typed",
    [
        "merge " * 24,
        "m" * 10_000,
        "/".join("ab" for _ in range(3_000)),
        "\x00 merge\x00branch \x00",
        "🚀👩\u200d💻 \ufe0f",
        "שלום מיזוג مرحبا \u202emerge",
        "\ud800 \udfff",
        "' \" [ ( { * ? ~ ^ : \\ AND OR NOT",
    ],
)
def test_whatever_is_typed_has_an_answer(index: Index, typed: str) -> None:
    for words in (tuple(typed.split()), (typed,)):
        for query in (Query(words, last_is_prefix=True), Query(phrases=(words,)), Query(("merge",), excluded=words)):
            found = index.search(query, visible=PUBLIC, facets=True)
            assert found.total == len(found.matched)
    assert set(index.suggest(typed, visible=PUBLIC)) <= PUBLIC


def test_a_word_that_was_hardly_understood_counts_less_and_is_found_all_the_same(index: Index) -> None:
    said = "the yellow elephant opens the gate"
    index.write([Document("unsure", "One", spoken=said, doubtful="elephant"), Document("sure", "Two", spoken=said)])
    asked = {"visible": frozenset({"sure", "unsure"})}
    found = index.search(Query(("elephant",)), **asked)
    assert [hit.id for hit in found.hits] == ["sure", "unsure"]
    assert found.hits[0].score > 1.5 * found.hits[1].score
    assert found.hits[1].score > 0
    [first, second] = index.search(Query(("gate",)), **asked).hits
    assert first.score == pytest.approx(second.score)
    phrase = index.search(Query(phrases=(("yellow", "elephant"),)), **asked)
    assert {hit.id for hit in phrase.hits} == {"sure", "unsure"}


def test_an_endless_compound_is_found_by_its_parts(index: Index) -> None:
    path = "/".join(f"folder{n}" for n in range(30))
    index.write([Document("long", "A path", screen=path)])
    assert ids(index, path, frozenset({"long"}), last_is_prefix=True) == ["long"]
    assert index.suggest(path, visible=frozenset({"long"})) == []


def test_screencasts_with_all_words_stand_before_those_with_some(index: Index) -> None:
    index.write([Document("events", "Events events events events")])
    found = index.search(Query(("event", "restart")), visible=PUBLIC | {"events"})
    assert found.hits[0].id == "pods"
    assert {hit.id for hit in found.hits} == {"pods", "windows", "events"}
    assert found.total == 3


def test_three_of_four_words_said_once_stand_before_one_of_them_in_a_title(index: Index) -> None:
    index.write(
        [
            Document("title", "Zebra", about="zebra, and a zebra"),
            Document("said", "A walk", spoken="then the zebra and the yak met a gnu " + "on their way " * 20),
            *(Document(f"other{n}", f"Walk {n}", spoken="a walk") for n in range(20)),
        ]
    )
    found = index.search(Query(("zebra", "yak", "gnu", "okapi")), visible=frozenset({"title", "said"}))
    assert [hit.id for hit in found.hits] == ["said", "title"]


def test_nothing_is_filled_up_where_there_are_enough_with_all_words(index: Index) -> None:
    index.write([Document(f"many{n}", "Event restart") for n in range(12)])
    found = index.search(Query(("event", "restart")), visible=PUBLIC | {f"many{n}" for n in range(12)}, limit=50)
    assert found.total == len(found.hits) == 13
    assert "windows" not in {hit.id for hit in found.hits}


def test_every_hit_is_reached_by_paging_and_none_twice(index: Index) -> None:
    many = frozenset(f"many{n}" for n in range(25))
    index.write([Document(each, "Event restart") for each in many])
    pages = [index.search(Query(("event",)), visible=many, offset=at, limit=10) for at in range(0, 30, 10)]
    assert [len(page.hits) for page in pages] == [10, 10, 5]
    assert {hit.id for page in pages for hit in page.hits} == many
    assert {page.total for page in pages} == {25}
    assert {page.matched for page in pages} == {many}


def test_the_start_of_a_titles_word_is_enough_for_the_last_word(index: Index) -> None:
    assert ids(index, "kub", last_is_prefix=True) == ["pods"]
    assert ids(index, "kub") == []
    assert ids(index, "windows upd", last_is_prefix=True)[0] == "windows"
    assert ids(index, "k", last_is_prefix=True) == [], "one letter"


def test_an_unknown_word_is_corrected_and_says_so(index: Index) -> None:
    found = index.search(Query(("kubernetse",)), visible=PUBLIC)
    assert [hit.id for hit in found.hits] == ["pods"]
    assert found.corrected == {"kubernetse": "kubernetes"}


def test_a_correction_stands_beside_the_other_words_if_it_can(make_index: Callable[[], Index]) -> None:
    index = make_index()
    index.rebuild(
        [
            Document("bicycle", "Patch the tire of a bicycle"),
            *(Document(f"type-{n}", "Change the type of a column") for n in range(5)),
        ]
    )
    visible = frozenset(index.versions())
    assert index.search(Query(("bicycle", "tyre")), visible=visible).corrected == {"tyre": "tire"}
    assert index.search(Query(("column", "tyre")), visible=visible).corrected == {"tyre": "type"}
    assert index.search(Query(("tyre",)), visible=visible).corrected == {"tyre": "type"}


def test_a_correction_is_spelt_as_it_is_written(make_index: Callable[[], Index]) -> None:
    index = make_index()
    index.rebuild([Document("de", "Die Schlüssel für Anfänger", language="de"), Document("en", "The keys")])
    found = index.search(Query(("schlüsesl",)), visible=frozenset({"de", "en"}))
    assert found.corrected == {"schlüsesl": "schlüssel"}
    assert [hit.id for hit in found.hits] == ["de"]


def test_a_known_word_is_not_corrected(index: Index) -> None:
    assert index.search(Query(("kubernetes", "branch")), visible=PUBLIC).corrected == {}


def test_a_phrase_wants_its_words_in_a_row(index: Index) -> None:
    def phrase(*words: str) -> list[str]:
        return [hit.id for hit in index.search(Query(phrases=(words,)), visible=PUBLIC).hits]

    assert phrase("access", "denied") == ["windows"]
    assert phrase("denied", "access") == []
    assert phrase("denied") == ["windows"]
    assert phrase("restarting", "container") == ["pods"]
    assert phrase("restarted", "container") == ["pods"]
    assert phrase("Merge", "conflict", "in", "README.md") == ["merge"]


def test_a_phrase_is_never_filled_up(index: Index) -> None:
    found = index.search(Query(("event",), phrases=(("access", "denied"),)), visible=PUBLIC)
    assert [hit.id for hit in found.hits] == ["windows"]


def test_excluded_words_exclude(index: Index) -> None:
    assert set(ids(index, "event")) == {"pods", "windows"}
    assert ids(index, "event", excluded=("pods",)) == ["windows"]


def test_filters_hold_and_a_category_includes_what_lies_below(index: Index) -> None:
    assert set(ids(index, "event", category="ops")) == {"pods", "windows"}
    assert ids(index, "event", category="cluster") == ["pods"]
    assert ids(index, "event", author="anna") == ["windows"]
    assert ids(index, "event", tags=("kubernetes",)) == ["pods"]
    assert ids(index, "event", tags=("kubernetes", "git")) == []
    assert ids(index, "event", category="nowhere") == []


def test_without_words_all_that_pass_the_filters_come_newest_first(index: Index) -> None:
    assert ids(index, "") == ["windows", "pods", "merge"]
    assert ids(index, "", category="ops") == ["windows", "pods"]
    page = index.search(Query(), visible=PUBLIC, offset=1, limit=1)
    assert (page.total, page.matched) == (3, PUBLIC)


def test_words_that_hold_no_letter_find_nothing(index: Index) -> None:
    assert ids(index, "🚀") == []
    assert ids(index, "🚀 kubernetes") == ["pods"]
    assert ids(index, "", phrases=(("🚀", "..."),)) == []
    assert ids(index, "kubernetes", phrases=(("🚀",),)) == ["pods"]


def test_titles_are_suggested_by_the_starts_of_their_words(index: Index) -> None:
    assert index.suggest("ku", visible=PUBLIC) == ["pods"]
    assert index.suggest("git bran", visible=PUBLIC) == ["merge"]
    assert index.suggest("k", visible=PUBLIC) == ["pods"]
    assert index.suggest("git b", visible=PUBLIC) == ["merge"]
    assert index.suggest("git zebra", visible=PUBLIC) == []
    assert index.suggest("  ", visible=PUBLIC) == []


def test_what_is_marked_is_what_is_found(index: Index) -> None:
    text = "We look at NullPointerException"
    assert [text[t.start : t.end] for t in index.analyse(text)][-4:] == [
        "NullPointerException",
        "Null",
        "Pointer",
        "Exception",
    ]
