import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kb.media.children import is_gone, kill, mark_of
from kb.media.run import Limits, Stopped, run, telling
from tests.workers.conftest import wait_for


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "100"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_process_is_known_again_by_its_mark_until_it_ends(child: "subprocess.Popen[bytes]") -> None:
    mark = mark_of(child.pid)
    assert mark
    assert len(mark) <= 80
    assert mark == mark_of(child.pid)
    assert not is_gone(mark)
    kill(mark)
    assert child.wait() == -signal.SIGKILL
    assert is_gone(mark)
    assert mark_of(child.pid) is None


def test_one_that_ended_is_gone_before_its_parent_asks_about_it(child: "subprocess.Popen[bytes]") -> None:
    mark = mark_of(child.pid)
    assert mark
    kill(mark)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(mark)


def test_another_process_of_the_same_number_is_neither_taken_for_it_nor_killed(
    child: "subprocess.Popen[bytes]",
) -> None:
    mark = mark_of(child.pid)
    assert mark
    pid, began, place = mark.split(" ", 2)
    earlier = f"{pid} {int(began) - 1} {place}"
    assert is_gone(earlier)
    kill(earlier)
    assert not is_gone(mark)


def test_nothing_is_said_of_a_process_of_another_boot_or_container(child: "subprocess.Popen[bytes]") -> None:
    elsewhere = f"{child.pid} 1 00000000-0000-0000-0000-000000000000 1"
    assert not is_gone(elsewhere)
    kill(elsewhere)
    assert child.poll() is None


def test_a_whole_group_is_killed() -> None:
    script = "import subprocess; print(subprocess.Popen(['sleep', '100']).pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout
        inner = mark_of(int(leader.stdout.readline()))
        mark = mark_of(leader.pid)
        assert inner
        assert mark
        kill(mark)
        # The pipe closes when the last that holds it has ended.
        assert leader.stdout.read() == b""
    # A process lets go of its pipes an instant before it has ended.
    wait_for(lambda: is_gone(inner))


def test_who_wants_to_know_is_told_of_each_tool_while_it_runs() -> None:
    told: list[str | None] = []
    limits = Limits(deadline_s=10)
    with telling(lambda pid: told.append(mark_of(pid))):
        run(["sleep", "0.3"], limits=limits)
        run(["sleep", "0.3"], limits=limits)
    run(["sleep", "0.3"], limits=limits)
    assert len(told) == 2
    assert all(told)
    assert told[0] != told[1]


def test_a_tool_that_can_not_be_written_down_does_not_run_on() -> None:
    started: list[str | None] = []

    def refuse(pid: int) -> None:
        started.append(mark_of(pid))
        raise Stopped("no", permanent=False)

    with telling(refuse), pytest.raises(Stopped):
        run(["sleep", "100"], limits=Limits(deadline_s=10))
    assert started[0]
    assert is_gone(started[0])
