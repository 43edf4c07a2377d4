"""Uploads in parts over real sockets, to several processes of gunicorn: networks that break, servers that die."""

import signal
import socket
import struct
from pathlib import Path

import pytest

from tests.screencasts.conftest import UPLOADS, metadata
from tests.screencasts.uploads.served import Served, until
from tests.screencasts.uploads.served import long_clip as long_clip
from tests.screencasts.uploads.served import served as served

# Served from SQLite in any case.
pytestmark = pytest.mark.only_sqlite


def status_of(connection: socket.socket) -> int:
    told = b""
    while b"\r\n\r\n" not in told:
        more = connection.recv(65536)
        assert more, f"closed after {told!r}"
        told += more
    return int(told.split()[1])


# -- networks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["closed", "reset", "chunked"])
def test_what_has_arrived_when_a_connection_breaks_is_kept(served: Served, long_clip: bytes, how: str) -> None:
    url = served.begun(len(long_clip))
    came = 700_001
    if how == "chunked":
        connection = served.sending(url, 0, Transfer_Encoding="chunked")
        connection.sendall(f"{came:x}\r\n".encode() + long_clip[:came] + b"\r\n")
    else:
        connection = served.sending(url, 0, Content_Length=len(long_clip))
        connection.sendall(long_clip[:came])
    if how == "reset":
        # Else the kernel would throw away what the server has not read yet.
        until(lambda: served.offset(url) > 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    if how == "reset":
        assert 0 < served.offset(url) <= came
    else:
        until(lambda: served.offset(url) == came)
    offset = served.offset(url)
    answer = served.send(url, offset, long_clip[offset:])
    assert served.original(answer.headers["Screencast-Id"]) == long_clip


def test_who_was_cut_off_goes_on_at_once_though_the_dead_connection_is_still_open(
    served: Served, long_clip: bytes
) -> None:
    """A laptop that changed networks: its old connection says nothing any more, not even that it is gone."""
    url = served.begun(len(long_clip))
    dead = served.sending(url, 0, Content_Length=len(long_clip))
    dead.sendall(long_clip[:300_000])
    until(lambda: served.offset(url) >= 299_000)
    answer = served.send(url, served.offset(url), b"")
    if answer.status == 409:
        answer = served.send(url, served.offset(url), b"")
    assert answer.status == 204
    assert served.offset(url) == 300_000
    dead.close()


def test_two_who_send_at_once_do_not_mix(served: Served, long_clip: bytes) -> None:
    url = served.begun(len(long_clip))
    first = served.sending(url, 0, Content_Length=len(long_clip))
    sent = 0

    def more() -> None:
        nonlocal sent
        first.sendall(long_clip[sent : sent + 100_000])
        sent += 100_000

    more()
    until(lambda: served.offset(url) > 0)
    second = served.sending(url, served.offset(url), Content_Length=4)
    second.sendall(b"oops")
    second.settimeout(0.2)
    status = 0
    while not status:
        more()
        try:
            status = status_of(second)
        except TimeoutError:
            continue
    assert status == 423
    first.sendall(long_clip[sent:])
    assert status_of(first) == 204
    assert served.original(served.call("HEAD", url).headers["Screencast-Id"]) == long_clip


def test_a_client_that_sends_on_regardless_still_reads_why_it_is_refused(served: Served) -> None:
    length = 20_000_000
    connection = served.sending(served.begun(length), 0, Content_Length=length)
    for _ in range(length // 1_000_000):
        connection.sendall(b"text" * 250_000)
    assert status_of(connection) == 415


def test_a_body_whose_length_nobody_knows_is_taken(served: Served, clip_bytes: bytes) -> None:
    url = served.begun(None)
    connection = served.sending(url, 0, Transfer_Encoding="chunked", Upload_Length=len(clip_bytes))
    for at in range(0, len(clip_bytes), 10_000):
        piece = clip_bytes[at : at + 10_000]
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    connection.sendall(b"0\r\n\r\n")
    assert status_of(connection) == 204
    assert served.original(served.call("HEAD", url).headers["Screencast-Id"]) == clip_bytes


def test_of_such_a_body_no_more_is_taken_than_was_announced(served: Served) -> None:
    url = served.begun(10)
    connection = served.sending(url, 0, Transfer_Encoding="chunked")
    connection.sendall(b"14\r\n" + b"x" * 20 + b"\r\n0\r\n\r\n")
    assert status_of(connection) == 413
    assert served.offset(url) == 0


def test_what_is_no_chunk_is_no_failure_of_ours(served: Served) -> None:
    url = served.begun(10)
    connection = served.sending(url, 0, Transfer_Encoding="chunked")
    connection.sendall(b"5\r\nhello\r\nnot a size\r\n")
    assert status_of(connection) in (204, 400)
    assert served.offset(url) <= 5


def test_a_long_description_may_come_along(served: Served, clip_bytes: bytes) -> None:
    said = metadata(description="long " * 3999 + "word")
    answer = served.call("POST", UPLOADS, Upload_Length=len(clip_bytes), Upload_Metadata=said)
    assert answer.status == 201
    assert served.call("HEAD", answer.headers["Location"]).headers["Upload-Metadata"] == said


# -- processes ----------------------------------------------------------------------------------------------


def test_a_long_body_goes_to_the_disk_and_not_through_memory(served: Served, long_clip: bytes) -> None:
    def peaks_kb() -> int:
        lines = [line for pid in served.workers for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    served.send(served.begun(5), 0, b"hello")
    before = peaks_kb()
    assert before > 20_000
    connection = served.sending(served.begun(len(long_clip)), 0, Content_Length=len(long_clip))
    connection.sendall(long_clip[:-1])
    assert peaks_kb() - before < 15_000
    connection.close()


def test_many_parts_may_come_to_any_of_the_processes(served: Served, clip_bytes: bytes) -> None:
    assert len(served.workers) > 1
    url = served.begun(len(clip_bytes))
    step = len(clip_bytes) // 20 + 1
    for at in range(0, len(clip_bytes), step):
        answer = served.send(url, at, clip_bytes[at : at + step])
        assert answer.status == 204
    assert served.original(answer.headers["Screencast-Id"]) == clip_bytes


def test_what_is_ended_while_it_is_sent_gives_its_bytes_back_at_once(served: Served, long_clip: bytes) -> None:
    folder = served.settings.tmp_dir / "uploads"
    url = served.begun(len(long_clip))
    connection = served.sending(url, 0, Content_Length=len(long_clip))
    connection.sendall(long_clip[:5_000_000])
    until(lambda: served.offset(url) > 4_000_000)
    assert served.call("DELETE", url).status == 204
    assert not (folder / url.rpartition("/")[2]).exists()
    connection.sendall(long_clip[5_000_000:])
    assert status_of(connection) == 404
    assert served.call("HEAD", url).status == 404


def test_after_a_kill_of_the_server_it_goes_on_where_it_was(served: Served, long_clip: bytes) -> None:
    url = served.begun(len(long_clip))
    connection = served.sending(url, 0, Content_Length=len(long_clip))
    connection.sendall(long_clip[:10_000_000])
    until(lambda: served.offset(url) > 9_000_000)
    served.stop(signal.SIGKILL)
    served.start()
    offset = served.offset(url)
    assert 9_000_000 < offset <= 10_000_000
    answer = served.send(url, offset, long_clip[offset:])
    assert served.original(answer.headers["Screencast-Id"]) == long_clip
