"""What every engine must do alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from kb.index.contract import Document, Index, Query, Same

EPOCH = datetime(2026, 1, 1)


def day(number: int) -> datetime:
    return EPOCH + timedelta(days=number)


SHELF = [
    Document(
        "merge",
        title="Merge two branches with git",
        about="After this you can resolve a conflict",
        spoken="first open the terminal and check which branch you are on then merge the feature",
        screen="git merge --no-ff feature CONFLICT (content): Merge conflict in README.md",
        category_path=("dev", "git"),
        tags=("git", "basics"),
        author="anna",
        created_at=day(1),
        version=3,
    ),
    Document(
        "pods",
        title="Kubernetes: why a pod restarts",
        spoken="we look at the events of the pod and its restarting container",
        screen="kubectl -n shop get pods CrashLoopBackOff v2.14.1 snake_case",
        category_path=("ops", "cluster"),
        tags=("kubernetes",),
        author="bert",
        created_at=day(2),
        version=1,
    ),
    Document(
        "windows",
        title="Windows update fails",
        about="What the error code means",
        spoken="the installer says access denied and we open the event viewer",
        screen="error 0x80070005 in C:\\Users\\anna java.lang.NullPointerException",
        category_path=("ops",),
        author="anna",
        created_at=day(3),
    ),
    Document(
        "secret",
        title="Zanzibar payroll quarterly",
        about="unicornish",
        spoken="the xylophone budget",
        screen="quokka",
        category_path=("ops",),
        tags=("hush",),
        author="boss",
        created_at=day(4),
    ),
]
PUBLIC = frozenset({"merge", "pods", "windows"})


@pytest.fixture
def index(make_index: Callable[[], Index]) -> Index:
    index = make_index()
    index.rebuild(SHELF)
    return index


def ids(index: Index, typed: str, visible: frozenset[str] = PUBLIC, **asked: Any) -> list[str]:
    return [hit.id for hit in index.search(Query(tuple(typed.split()), **asked), visible=visible).hits]


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


def test_titles_are_suggested_by_the_starts_of_their_words(index: Index) -> None:
    assert index.suggest("ku", visible=PUBLIC) == ["pods"]
    assert index.suggest("git bran", visible=PUBLIC) == ["merge"]
    assert index.suggest("k", visible=PUBLIC) == ["pods"]
    assert index.suggest("git b", visible=PUBLIC) == ["merge"]
    assert index.suggest("git zebra", visible=PUBLIC) == []
    assert index.suggest("  ", visible=PUBLIC) == []


def test_writing_again_replaces_and_writing_the_same_changes_nothing(index: Index) -> None:
    changed = replace(SHELF[1], title="Nomad: why a job restarts", version=2)
    for _ in range(2):
        index.write([changed])
        assert ids(index, "kubernetes", last_is_prefix=True) == []
        assert ids(index, "nomad") == ["pods"]
        assert index.versions() == {"merge": 3, "pods": 2, "windows": 0, "secret": 0}


def test_of_two_documents_with_one_id_in_a_commit_the_later_counts(index: Index) -> None:
    index.write([Document("new", "Aardvark"), Document("new", "Buffalo")])
    assert ids(index, "aardvark", frozenset({"new"})) == []
    assert ids(index, "buffalo", frozenset({"new"})) == ["new"]


def test_a_deleted_document_is_gone_even_if_it_was_never_there(index: Index) -> None:
    index.write([], deleted=["pods", "never-there"])
    assert ids(index, "kubernetes", last_is_prefix=True) == []
    assert set(index.versions()) == {"merge", "windows", "secret"}


def test_a_rebuild_forgets_what_is_not_in_it(index: Index) -> None:
    index.rebuild(SHELF[:1])
    assert ids(index, "") == ["merge"]
    assert index.is_healthy() is None


def test_a_rebuild_from_nothing_is_an_empty_index(index: Index) -> None:
    index.rebuild([])
    assert ids(index, "kubernetse", last_is_prefix=True) == []
    assert index.suggest("ku", visible=PUBLIC) == []
    index.write(SHELF[:1])
    assert ids(index, "merge") == ["merge"]


def test_what_is_marked_is_what_is_found(index: Index) -> None:
    text = "We look at NullPointerException"
    assert [text[t.start : t.end] for t in index.analyse(text)][-4:] == [
        "NullPointerException",
        "Null",
        "Pointer",
        "Exception",
    ]


# -- words that mean the same ---------------------------------------------------------------------------------

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


def test_a_synonym_that_only_hidden_screencasts_hold_changes_nothing(index: Index) -> None:
    """No hit, no total, no place, and no correction comes or goes with it."""
    for typed in ("branch", "unicornish", "teminal", "branhc container"):
        for other in (("zanzibar",), ("payroll", "quarterly"), ("quokka",)):
            plain = index.search(Query(tuple(typed.split())), visible=PUBLIC)
            asked = index.search(Query(tuple(typed.split()), same=(Same(0, 1, (other,)),)), visible=PUBLIC)
            assert (asked.hits, asked.total, asked.corrected) == (plain.hits, plain.total, plain.corrected)


def test_an_unknown_word_with_a_known_synonym_is_not_corrected(index: Index) -> None:
    found = index.search(Query(("branhc",), same=(Same(0, 1, (("container",),)),)), visible=PUBLIC)
    assert (found.corrected, [hit.id for hit in found.hits]) == ({}, ["pods"])


def test_how_many_visible_documents_hold_a_word_in_whatever_field(index: Index) -> None:
    stems = [index.analyse(word)[0].stem for word in ("anna", "pods", "git", "unicornish", "nowhere")]
    everything = frozenset(document.id for document in SHELF)
    without_secret = everything - {"secret"}
    assert list(index.spread(stems, visible=everything).values())[3:] == [1, 0]
    assert list(index.spread(stems, visible=without_secret).values())[2:] == [1, 0, 0]
    assert set(index.spread(stems, visible=frozenset()).values()) == {0}
