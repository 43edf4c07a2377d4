"""What only a server can do: be away, hold what is torn, or be written by two machines."""

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from kb.index.contract import Document, Index, IndexBroken, IndexBusy, Query
from kb.index.postgres import PostgresIndex
from kb.index.postgres.reader import DatabaseAway
from kb.index.postgres.tables import Connect
from tests.databases import Server, running_server
from tests.index.conftest import execute, segments
from tests.index.two_documents import BOTH, DOCUMENTS, found


def assert_broken(index: Index) -> None:
    assert index.is_healthy()
    for broken in (
        lambda: index.search(Query(("merge",)), visible=BOTH),
        lambda: index.suggest("me", visible=BOTH),
        lambda: index.versions(),
        lambda: index.write(DOCUMENTS),
        lambda: index.optimize(),
    ):
        with pytest.raises(IndexBroken):
            broken()


def test_a_missing_index_says_so_and_is_not_made_by_a_write(connect: Connect) -> None:
    index = PostgresIndex(connect)
    assert_broken(index)
    with pytest.raises(IndexBroken) as broken:
        index.versions()
    assert broken.value.code == "index-missing"
    index.rebuild([])
    assert index.is_healthy() is None


def test_an_index_that_was_thrown_away_is_missing_and_the_next_one_is_not_taken_for_it(built: Connect) -> None:
    reader = PostgresIndex(built)
    assert found(reader, "merge") == ["a"]
    execute(built, "DROP SCHEMA search_index CASCADE")
    assert_broken(reader)
    PostgresIndex(built).rebuild([Document("b", "Merge again")])
    assert found(reader, "merge") == ["b"]


def test_an_index_of_another_format_is_broken_until_it_is_rebuilt(built: Connect) -> None:
    execute(built, "UPDATE search_index.state SET format = 'other'")
    assert_broken(PostgresIndex(built))
    PostgresIndex(built).rebuild(DOCUMENTS)
    assert found(PostgresIndex(built), "merge") == ["a"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE search_index.blocks SET postings = 'nonsense'",
        "UPDATE search_index.blocks SET postings = substr(postings, 1, 20)",
        "UPDATE search_index.segments SET facts = ''",
        "DROP TABLE search_index.blocks",
    ],
)
def test_what_is_torn_is_broken_until_it_is_rebuilt(built: Connect, damage: str) -> None:
    execute(built, damage)
    index = PostgresIndex(built)
    with pytest.raises(IndexBroken):
        found(index, "merge")
    PostgresIndex(built).rebuild(DOCUMENTS)
    assert found(index, "merge") == ["a"]


def test_other_machines_see_a_write_and_a_rebuild_at_their_next_search(built: Connect) -> None:
    writer, reader = PostgresIndex(built), PostgresIndex(built)
    assert found(reader, "rebase") == []
    writer.write([Document("a", "Rebase branches", version=2)])
    assert found(reader, "rebase") == ["a"]
    writer.rebuild([Document("b", "Rebase again")])
    assert found(reader, "rebase") == ["b"]
    writer.write([], deleted=["b"])
    assert found(reader, "rebase") == []


def test_a_rebuild_that_fails_changes_nothing(built: Connect) -> None:
    def failing() -> Iterator[Document]:
        yield Document("a", "Rebase")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        PostgresIndex(built).rebuild(failing())
    assert found(PostgresIndex(built), "restart") == ["b"]
    assert segments(built) == 1


def test_readers_go_on_during_a_rebuild_and_a_second_writer_says_that_it_is_busy(built: Connect) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Document]:
        began.set()
        assert go_on.wait(20)
        yield Document("a", "Rebase")

    reader = PostgresIndex(built)
    rebuilding = threading.Thread(target=PostgresIndex(built).rebuild, args=[slow()])
    rebuilding.start()
    assert began.wait(20)
    with pytest.raises(IndexBusy):
        PostgresIndex(built, patience_s=0.1).write(DOCUMENTS)
    assert found(reader, "merge") == ["a"]
    assert found(PostgresIndex(built), "merge") == ["a"]
    go_on.set()
    PostgresIndex(built).write([Document("b", "Rebase too")])
    rebuilding.join()
    assert (found(reader, "merge"), set(found(reader, "rebase"))) == ([], BOTH)


def test_many_small_writes_leave_few_segments_and_the_answers_of_a_rebuild(built: Connect) -> None:
    chance = random.Random(3)
    words = "merge branch restart pod event terminal kubernetes conflict NullPointerException".split()
    index, now = PostgresIndex(built), {document.id: document for document in DOCUMENTS}
    reader = PostgresIndex(built)
    for number in range(60):
        id = f"doc{chance.randrange(25)}"
        if chance.random() < 0.2:
            index.write([], deleted=[id])
            now.pop(id, None)
        else:
            said = " ".join(chance.choices(words, k=30))
            now[id] = Document(id, f"About {chance.choice(words)}", spoken=said, tags=(words[number % 5],))
            index.write([now[id]])
    assert segments(built) < 20
    as_written = [answers(reader, word, now) for word in words]
    index.optimize()
    assert segments(built) == 1
    assert [answers(reader, word, now) for word in words] == as_written
    index.rebuild(now.values())
    assert [answers(reader, word, now) for word in words] == as_written
    assert as_written[0][1] > 5


def answers(index: Index, word: str, documents: dict[str, Document]) -> tuple[object, ...]:
    """What does not depend on which documents were written first, nor on words that are gone."""
    hits = index.search(Query((word,)), visible=frozenset(documents), limit=50, facets=True)
    phrase = index.search(Query(phrases=((word, "pod"),)), visible=frozenset(documents))
    assert index.versions().keys() == documents.keys()
    return hits.matched, hits.total, dict(hits.facets["tag"]), phrase.matched


def test_merging_all_gives_back_what_was_replaced(built: Connect) -> None:
    index = PostgresIndex(built)
    for version in range(2, 6):
        index.write([replace(DOCUMENTS[0], spoken="Zanzibar", version=version)])
    index.write([replace(DOCUMENTS[0], version=9)])
    index.optimize()
    [(size, gone)] = execute(built, "SELECT size, gone FROM search_index.segments")
    assert (size, gone) == (2, [])
    assert execute(built, "SELECT letter FROM search_index.vocabulary WHERE letter = 'z'") == []
    changed = execute(built, "SELECT changed FROM search_index.state")
    index.optimize()
    assert execute(built, "SELECT changed FROM search_index.state") == changed, "there was nothing to merge"


def test_a_phrase_is_not_made_of_two_texts_or_two_screencasts(built: Connect) -> None:
    index = PostgresIndex(built)
    index.write(
        [
            Document("a", "One", spoken="ends with yellow", translations=(("de", "elephant beginnt"),), language="en"),
            Document("b", "Two", spoken="elephant first and then yellow"),
        ]
    )
    assert index.search(Query(phrases=(("yellow", "elephant"),)), visible=BOTH).total == 0
    assert index.search(Query(phrases=(("elephant", "first"),)), visible=BOTH).total == 1


@pytest.fixture
def own_server() -> Iterator[Server]:
    with running_server() as server:
        yield server


def test_a_server_that_is_away_is_no_broken_index_and_is_met_again_when_it_is_back(own_server: Server) -> None:
    index = PostgresIndex(lambda: psycopg.connect(own_server.url("postgres"), connect_timeout=5))
    index.rebuild(DOCUMENTS)
    assert found(index, "merge") == ["a"]
    own_server.kill()
    tried: tuple[Callable[[], object], ...] = (
        lambda: found(index, "merge"),
        lambda: index.write(DOCUMENTS),
        lambda: index.versions(),
    )
    for each in tried:
        with pytest.raises(DatabaseAway):
            each()
    assert index.is_healthy() == "The database did not answer. Try again in a moment."
    own_server.start()
    assert found(index, "merge") == ["a"]
    index.write([Document("a", "Rebase")])
    assert found(index, "rebase") == ["a"]


def test_a_connection_that_the_server_ended_is_made_anew_without_anybody_noticing(built: Connect) -> None:
    index = PostgresIndex(built)
    assert found(index, "merge") == ["a"]
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid() AND datname IS NOT NULL"
    )
    execute(built, others)
    assert found(index, "merge") == ["a"]


def test_a_user_who_may_make_no_schema_is_told_so(connect: Connect, postgresql: Server) -> None:
    execute(connect, "DROP ROLE IF EXISTS guest")
    execute(connect, "CREATE ROLE guest LOGIN")
    guest = PostgresIndex(lambda: psycopg.connect(postgresql.url("postgres").replace("kb@", "guest@")))
    with pytest.raises(IndexBroken, match="GRANT CREATE"):
        guest.rebuild(DOCUMENTS)
