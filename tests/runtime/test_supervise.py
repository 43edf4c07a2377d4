"""What supervisord is told to run."""

import configparser
import shlex
import socket
from collections import Counter
from pathlib import Path

import pytest

from kb.config import ROOT, Settings
from kb.queues import QUEUES
from kb.supervise import CannotStart, Program, check_address_is_free, configuration, make_redis_folders, programs


def settings(data_dir: Path, redis_url: str = "") -> Settings:
    return Settings(data_dir=data_dir, redis_url=redis_url)


def read(text: str) -> configparser.RawConfigParser:
    """As supervisord reads it."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text)
    return parser


def command_of(parser: configparser.RawConfigParser, name: str) -> str:
    """The shell line that supervisord ends up with."""
    words = shlex.split(parser[f"program:{name}"]["command"] % {})
    assert words[:3] == ["setpriv", "--pdeathsig", "TERM"]
    assert words[3:5] == ["sh", "-c"]
    [line] = words[5:]
    return line


def test_each_line_of_a_procfile_is_a_program(tmp_path: Path) -> None:
    text = "# a comment\n\nweb: exec one --two 'three four'\nquick:  exec five\n"
    named = programs(text, settings(tmp_path, redis_url="redis://elsewhere"))
    assert [(program.name, program.command) for program in named] == [
        ("web", "exec one --two 'three four'"),
        ("quick", "exec five"),
    ]


@pytest.mark.parametrize("line", ["web gunicorn", "web: gunicorn", "web: exec", "We b: exec gunicorn"])
def test_a_line_that_would_leave_a_shell_in_between_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(CannotStart, match="name: exec command"):
        programs(line, settings(tmp_path))


def test_the_model_has_a_process_of_its_own_where_there_is_one(tmp_path: Path) -> None:
    without = settings(tmp_path, redis_url="redis://elsewhere")
    site = without.model_copy(update={"semantic": "/srv/a model"})
    [web, meaning] = programs("web: exec one", site)
    words = shlex.split(meaning.command)
    assert (web.name, meaning.name) == ("web", "meaning")
    assert words[-3:] == ["kb.meaning.answering", "/srv/a model", str(site.meaning_socket)]
    assert len(programs("web: exec one", without)) == 1


def test_the_private_redis_comes_first_and_listens_on_its_socket_alone(tmp_path: Path) -> None:
    site = settings(tmp_path)
    redis = programs("web: exec one", site)[0]
    words = shlex.split(redis.command)
    assert redis.name == "redis"
    assert words[words.index("--port") + 1] == "0"
    assert words[words.index("--unixsocket") + 1] == str(site.redis_socket)
    assert words[words.index("--save") + 1] == ""
    assert words[words.index("--appendonly") + 1] == "yes"


def test_a_redis_that_the_settings_name_is_not_ours_to_run(tmp_path: Path) -> None:
    named = programs("web: exec one", settings(tmp_path, redis_url="redis://elsewhere"))
    assert [program.name for program in named] == ["web"]


def test_redis_starts_first_and_stops_after_all_others_together(tmp_path: Path) -> None:
    named = programs("web: exec one\nquick: exec two", settings(tmp_path))
    parser = read(configuration(named, private_dir=tmp_path))
    assert parser["group:site"]["programs"] == "web,quick"
    assert parser.getint("program:redis", "priority") < parser.getint("group:site", "priority")


def test_a_command_reaches_the_shell_as_it_was_written(tmp_path: Path) -> None:
    line = """exec celery --hostname quick@%h "it's" $HOME 100%"""
    parser = read(configuration([Program("quick", line, 8)], private_dir=tmp_path))
    assert command_of(parser, "quick") == line
    assert parser["program:quick"]["environment"] == 'KB_PROCESS="quick"'


def test_a_program_that_keeps_failing_is_never_given_up(tmp_path: Path) -> None:
    parser = read(configuration([Program("quick", "exec false", 8)], private_dir=tmp_path))
    a_try_a_minute_for_a_month = 30 * 24 * 60
    assert parser.getint("program:quick", "startretries") > a_try_a_minute_for_a_month


def test_a_data_folder_with_odd_letters_reaches_redis_as_it_is(tmp_path: Path) -> None:
    site = settings(tmp_path / "it's 100% %(here)s")
    parser = read(configuration(programs("web: exec one", site), private_dir=site.private_dir))
    words = shlex.split(command_of(parser, "redis"))
    assert words[words.index("--dir") + 1] == str(site.private_dir / "redis")


def test_what_supervisord_would_take_for_a_comment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="change: "):
        configuration(programs("web: exec one", settings(tmp_path / "a #b")), private_dir=tmp_path)


def test_every_queue_has_exactly_one_consumer_in_the_procfile(tmp_path: Path) -> None:
    listed = programs((ROOT / "Procfile").read_text(), settings(tmp_path))
    workers = [program.command.partition("python -m workers ")[2].partition("--")[0] for program in listed]
    assert Counter(queue for worker in workers for queue in worker.split()) == Counter(set(QUEUES.values()))


def test_the_socket_s_folder_must_be_ours_alone(tmp_path: Path) -> None:
    site = settings(tmp_path)
    site.make_folders()
    make_redis_folders(site)
    site.redis_socket.parent.chmod(0o755)
    with pytest.raises(CannotStart, match="only this user may enter"):
        make_redis_folders(site)


def test_a_link_in_place_of_the_socket_s_folder_is_refused(tmp_path: Path) -> None:
    site = settings(tmp_path)
    site.make_folders()
    (site.private_dir / "redis").rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (site.private_dir / "redis").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="only this user may enter"):
        make_redis_folders(site)


def test_a_data_folder_too_deep_for_a_socket_gets_one_in_a_short_folder_of_its_own(tmp_path: Path) -> None:
    site = settings(tmp_path / ("deep" * 30))
    site.make_folders()
    make_redis_folders(site)
    folder = site.redis_socket.parent
    try:
        assert len(str(site.redis_socket)) < 108
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()


def test_a_taken_address_is_refused_and_its_listener_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bind = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(CannotStart, match=r"\(process \d+\) listens there already.* KB_BIND"):
            check_address_is_free(bind)
    check_address_is_free(bind)


def test_an_address_of_no_interface_here_is_refused_in_words() -> None:
    with pytest.raises(CannotStart, match=r"can't listen at 192\.0\.2\.1:8000: .*KB_BIND"):
        check_address_is_free("192.0.2.1:8000")
