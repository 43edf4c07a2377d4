"""Several processes at one index in PostgreSQL: they read while another writes, are forked, or die midway."""

import random
import signal
import subprocess
import sys
import time

import pytest

from kb.index.contract import Document
from kb.index.postgres import PostgresIndex
from kb.index.postgres.tables import Connect
from tests.databases import Server
from tests.index.conftest import segments
from tests.index.two_documents import found

PROGRAM = """
import os, sys, itertools, psycopg
from kb.index.contract import Document, Query
from kb.index.postgres import PostgresIndex
index = PostgresIndex(lambda: psycopg.connect(sys.argv[1]))
found = lambda word: [hit.id for hit in index.search(Query((word,)), visible=frozenset("ab")).hits]
"""
READ_UNTIL = """
seen = 0
while seen < int(sys.argv[2]):
    assert found("pods") == ["b"]
    assert index.versions()["a"] >= seen
    seen = index.versions()["a"]
"""
FORK = """
assert found("merge") == ["a"]
child = os.fork()
if child == 0:
    index.write([Document("a", "Rebase", version=2)])
    os._exit(0 if found("rebase") == ["a"] else 1)
assert os.waitpid(child, 0)[1] == 0
assert found("rebase") == ["a"]
"""
WRITE_FOR_EVER = """
for version in itertools.count(int(sys.argv[2])):
    index.write([Document(f"doc{version % 7}", f"Merge number{version} " * 200, version=version)])
    print(version, flush=True)
"""
REBUILD_FOR_EVER = """
def documents():
    yield Document("a", "Rebase")
    for number in itertools.count():
        yield Document(f"more{number}", "Rebase " * 20)
        if number == 2000:
            print(number, flush=True)
index.rebuild(documents())
"""


@pytest.fixture
def address(postgresql: Server) -> str:
    return postgresql.url("postgres")


def command(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-c", PROGRAM + program, *arguments]


def test_other_processes_read_without_an_error_while_one_writes(built: Connect, address: str) -> None:
    readers = [subprocess.Popen(command(READ_UNTIL, address, "30")) for _ in range(2)]
    index = PostgresIndex(built)
    for version in range(2, 31):
        index.write([Document("a", "Merge", version=version)])
    assert [reader.wait(60) for reader in readers] == [0, 0]


def test_a_forked_process_connects_anew(built: Connect, address: str) -> None:
    subprocess.run(command(FORK, address), check=True)


def test_whoever_writes_may_be_killed_at_any_time(built: Connect, address: str) -> None:
    chance = random.Random(5)
    done = 100
    for _ in range(4):
        with subprocess.Popen(
            command(WRITE_FOR_EVER, address, str(done + 1)), stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout
            done = int(child.stdout.readline())
            time.sleep(chance.uniform(0.02, 0.15))
            child.send_signal(signal.SIGKILL)
            done = max([done, *map(int, child.stdout.read().split())])
        index = PostgresIndex(built)
        assert index.is_healthy() is None
        assert index.versions()[f"doc{done % 7}"] >= done
    index.write([Document("a", "Rebase", version=2)])
    assert found(index, "rebase") == ["a"]
    assert segments(built) < 20


def test_a_rebuild_that_is_killed_leaves_the_former_index_and_the_right_to_write(built: Connect, address: str) -> None:
    with subprocess.Popen(command(REBUILD_FOR_EVER, address), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "2000\n"
        child.send_signal(signal.SIGKILL)
    index = PostgresIndex(built)
    assert (found(index, "merge"), found(index, "rebase")) == (["a"], [])
    index.rebuild([Document("a", "Rebase")])
    assert found(index, "rebase") == ["a"]
