import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.launch import confinement
from kb.media.run import TICK_S, Limits, Stopped, kill_all, run

SOON = Limits(deadline_s=20)
PYTHON = [sys.executable, "-c"]
# A shell that says its number and waits; with what follows, so that it can't just become the sleep.
WAITS = ["sh", "-c", "echo $$; sleep 300; true"]


def is_there(pid: int) -> bool:
    """A zombie is not there any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def are_gone(*pids: int) -> bool:
    """Or will be: the kernel needs an instant after a signal, and on a busy machine a longer one."""
    end = time.monotonic() + 20
    while any(map(is_there, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(is_there, pids))


def failure_of(start: Callable[[], object]) -> ToolFailed:
    with pytest.raises(ToolFailed) as caught:
        start()
    return caught.value


def test_what_a_tool_says_and_uses_comes_back() -> None:
    finished = run(["sh", "-c", "echo out; echo err >&2"], limits=SOON)
    assert finished.stdout == b"out\n"
    assert finished.stderr == "err\n"
    assert 0 < finished.cpu_s < 5
    assert 0 < finished.wall_s < 20
    assert finished.peak_rss_bytes > 1_000_000


def test_lines_come_one_by_one_also_the_last_without_an_end() -> None:
    lines: list[str] = []
    finished = run(
        ["sh", "-c", "echo one; printf tw; sleep 0.1; echo o; printf three"], limits=SOON, on_line=lines.append
    )
    assert lines == ["one", "two", "three"]
    assert finished.stdout == b""


def test_all_is_heard_that_was_said_last() -> None:
    lines: list[str] = []
    script = "import sys; sys.stdout.write('x' * 200_000 + '\\n' + 'y' * 60_000 + '\\nlast')"
    run([*PYTHON, script], limits=SOON, on_line=lines.append)
    assert list(map(len, lines)) == [200_000, 60_000, 4]
    assert run([*PYTHON, script], limits=SOON).stdout.endswith(b"y\nlast")


def test_what_flees_from_its_group_holds_up_nobody() -> None:
    finished = run(["sh", "-c", "setsid sleep 300 & echo $!"], limits=SOON)
    # It still runs, so nobody waited for it.
    os.kill(int(finished.stdout), signal.SIGKILL)


def test_arguments_are_words_and_never_a_shells() -> None:
    words = ["; touch /tmp/x", "$(id)", "-rf", "a b", "'", "ü\n", "*"]
    finished = run([*PYTHON, "import sys; print(sys.argv[1:])", *words], limits=SOON)
    assert finished.stdout.decode() == f"{words}\n"


def test_a_deadline_ends_the_whole_group() -> None:
    pids: list[int] = []
    script = ["sh", "-c", "sleep 300 & echo $!; echo $$; wait"]
    failure = failure_of(
        lambda: run(script, limits=Limits(deadline_s=0.7), on_line=lambda line: pids.append(int(line)))
    )
    assert (failure.code, failure.permanent) == ("deadline", False)
    assert len(pids) == 2
    assert are_gone(*pids)


def test_a_wish_to_stop_is_granted_when_it_is_first_heard() -> None:
    heard: list[bool] = []
    pids: list[int] = []

    def should_stop() -> bool:
        heard.append(bool(pids))
        return heard[-1]

    with pytest.raises(Stopped):
        run(WAITS, limits=SOON, on_line=lambda line: pids.append(int(line)), should_stop=should_stop)
    assert heard.count(True) == 1
    assert are_gone(*pids)


def test_the_wish_to_stop_is_asked_for_again_and_again_and_more_than_twice_a_second(tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    asked: list[None] = []

    def should_stop() -> bool:
        asked.append(None)
        if len(asked) == 5:
            enough.touch()
        return False

    run(["sh", "-c", f"until [ -e {enough} ]; do sleep 0.05; done"], limits=SOON, should_stop=should_stop)
    assert len(asked) >= 5
    assert TICK_S < 0.5


def test_the_workers_end_kills_all_and_each_caller_hears_stopped() -> None:
    pids: list[int] = []
    heard: list[BaseException] = []

    def wait() -> None:
        try:
            run(WAITS, limits=SOON, on_line=lambda line: pids.append(int(line)))
        except ToolFailed as failure:
            heard.append(failure)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(pids) < 3:
        time.sleep(0.02)
    kill_all()
    for thread in threads:
        thread.join(timeout=5)
    assert [type(failure) for failure in heard] == [Stopped] * 3
    assert are_gone(*pids)


WORKER = """
import sys, threading
from kb.media.run import Limits, run

def work():
    run(sys.argv[1:], limits=Limits(deadline_s=300), on_line=lambda line: print(line, flush=True))

threading.Thread(target=work).start()
"""


@pytest.fixture
def worker() -> Callable[..., "subprocess.Popen[str]"]:
    def start(*tool: str) -> "subprocess.Popen[str]":
        return subprocess.Popen([*PYTHON, WORKER, *tool], stdout=subprocess.PIPE, text=True)

    return start


def test_kill_9_of_the_worker_leaves_no_tool(worker: Callable[..., "subprocess.Popen[str]"]) -> None:
    ours = worker("sh", "-c", "echo $$; exec ffmpeg -nostdin -v error -re -f lavfi -i testsrc2 -f null -")
    assert ours.stdout
    with ours.stdout:
        pid = int(ours.stdout.readline())
        assert is_there(pid)
        ours.kill()
        ours.wait()
    assert are_gone(pid)


def test_a_tool_does_not_start_for_a_worker_that_died_meanwhile() -> None:
    launcher = Path(sys.modules["kb.media.launch"].__file__ or "")
    not_its_parent = os.getppid()
    done = subprocess.run(
        [sys.executable, "-I", "-S", launcher, f"parent={not_its_parent}", "--", "/bin/echo", "started"],
        capture_output=True,
        check=False,
    )
    assert done.stdout == b""
    assert done.returncode != 0


def test_a_worker_that_broke_while_reading_a_line_leaves_no_tool() -> None:
    pids: list[int] = []

    def break_down(line: str) -> None:
        pids.append(int(line))
        raise ValueError(line)

    with pytest.raises(ValueError, match=r"\d"):
        run(WAITS, limits=SOON, on_line=break_down)
    assert are_gone(*pids)


def test_what_a_tool_left_running_is_ended_with_it() -> None:
    finished = run(["sh", "-c", "sleep 300 & echo $!"], limits=SOON)
    assert are_gone(int(finished.stdout))


@pytest.mark.parametrize(
    ("argv", "limits", "code", "permanent"),
    [
        (["sh", "-c", "exit 3"], SOON, "tool-failed", True),
        (["sh", "-c", "kill -SEGV $$"], SOON, "crashed", True),
        (["sh", "-c", "kill -KILL $$"], SOON, "killed", False),
        ([*PYTHON, "b'x' * 5 * 10**9"], SOON, "memory", True),
        (["sh", "-c", "while :; do :; done"], Limits(deadline_s=20, cpu_s=1), "deadline", False),
        (["head", "-c", "20000000", "/dev/zero"], SOON, "output-too-big", True),
        (["no-such-program"], SOON, "tool-missing", False),
    ],
)
def test_each_end_has_a_code_and_says_if_a_retry_can_help(
    argv: list[str], limits: Limits, code: str, permanent: bool
) -> None:
    failure = failure_of(lambda: run(argv, limits=limits))
    assert (failure.code, failure.permanent) == (code, permanent)
    assert failure.detail.endswith(".")


def test_a_full_disk_is_known_by_what_a_program_says_itself() -> None:
    for said in (
        "Error writing trailer of x.mp4: No space left on device",
        "OSError: [Errno 28] No space left on device",
    ):
        assert failure_of(lambda said=said: run(["sh", "-c", 'echo "$0" >&2', said], limits=SOON)).code == "no-room"
    run(["sh", "-c", 'echo "    title : No space left on device" >&2'], limits=SOON)


def test_a_file_can_not_outgrow_its_limit(tmp_path: Path) -> None:
    limits = Limits(deadline_s=20, output_bytes=100_000)
    script = ["dd", "if=/dev/zero", f"of={tmp_path / 'big'}", "bs=1000", "count=1000"]
    assert failure_of(lambda: run(script, limits=limits, writes=[tmp_path])).code == "output-too-big"
    assert (tmp_path / "big").stat().st_size <= 100_000


def test_the_log_keeps_the_end_of_what_went_wrong() -> None:
    script = [*PYTHON, "import sys; sys.stderr.write('x' * 50000 + 'the reason'); sys.exit(1)"]
    failure = failure_of(lambda: run(script, limits=SOON))
    assert failure.log.endswith("the reason")
    assert len(failure.log) < 10_000
    assert "the reason" not in failure.detail


def test_our_settings_do_not_reach_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SECRET_KEY", "canary-of-the-environment")
    said = run(["env"], limits=SOON, env={"OMP_THREAD_LIMIT": "1"}).stdout.decode()
    assert "canary" not in said
    assert "OMP_THREAD_LIMIT=1" in said


def test_a_tool_runs_at_the_niceness_asked_for() -> None:
    assert int(run(["nice"], limits=Limits(deadline_s=9, nice=7)).stdout) == os.nice(0) + 7


def test_signals_that_python_ignores_are_as_usual_for_a_tool() -> None:
    ignored = run(["grep", "SigIgn", "/proc/self/status"], limits=SOON).stdout.split()[1]
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        assert not int(ignored, 16) & 1 << (number - 1)


# -- shut in, where the kernel can ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def layers() -> list[str]:
    return confinement()


def test_what_needs_no_special_kernel_is_in_force(layers: list[str]) -> None:
    assert {"dies with its worker", "no new privileges", "limits"} <= set(layers)


@pytest.fixture
def shut_in(layers: list[str]) -> None:
    if not {"files", "no network"} <= set(layers):
        pytest.skip("this kernel has no Landlock or seccomp; `kb doctor` says so")


@pytest.mark.usefixtures("shut_in")
def test_a_tool_reads_what_it_was_given_and_nothing_else(tmp_path: Path) -> None:
    given, other = tmp_path / "given", tmp_path / "other"
    given.write_text("given")
    other.write_text("canary")
    assert run(["cat", str(given)], limits=SOON, reads=[given]).stdout == b"given"
    for path in (other, Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ")):
        failure = failure_of(lambda path=path: run(["cat", str(path)], limits=SOON, reads=[given]))
        assert "canary" not in failure.log
        assert "Permission denied" in failure.log


@pytest.mark.usefixtures("shut_in")
def test_a_tool_writes_into_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "file").write_text("as it was")
    run(["sh", "-c", f"mkdir {own}/a && echo x > {own}/a/b && mv {own}/a/b {own}/c"], limits=SOON, writes=[own])
    assert (own / "c").read_text() == "x\n"
    for script in (f"echo x > {other}/new", f"echo x > {other}/file", f"rm {other}/file", f"ln -s /etc {own}/l"):
        failure_of(lambda script=script: run(["sh", "-c", script], limits=SOON, reads=[other], writes=[own]))
    assert (other / "file").read_text() == "as it was"
    assert sorted(path.name for path in other.iterdir()) == ["file"]


@pytest.mark.usefixtures("shut_in")
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_a_tool_makes_no_socket(family: str) -> None:
    failure = failure_of(lambda: run([*PYTHON, f"import socket; socket.socket(socket.{family})"], limits=SOON))
    assert "PermissionError" in failure.log


@pytest.mark.usefixtures("shut_in")
def test_an_engine_in_our_python_finds_its_libraries_and_a_folder_for_what_is_temporary(tmp_path: Path) -> None:
    script = "import PIL, kb.errors, tempfile; print(tempfile.gettempdir())"
    assert run([*PYTHON, script], limits=SOON, writes=[tmp_path]).stdout.decode().strip() == str(tmp_path)
