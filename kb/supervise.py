"""Run the programs of the Procfile, and the private Redis, under supervisord until it is told to stop.

    start    takes the data folder, writes supervisord's configuration from the Procfile, becomes supervisord
    main     is that supervisord (`python -m kb.supervise CONFIGURATION`)

supervisord stops nothing when it is killed outright, so each program asks the kernel for a signal when its parent dies
(`setpriv --pdeathsig`).
"""

import contextlib
import errno
import fcntl
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kb import tools
from kb.errors import KbError

if TYPE_CHECKING:
    # The supervisor itself must stay small, and settings load pydantic.
    from kb.config import Settings

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
REDIS = "redis"
MEANING = "meaning"
REDIS_SERVER = "redis-server"
STOP_WAIT_S = {"web": 5, REDIS: 10}
WORKER_STOP_WAIT_S = 8


class CannotStart(KbError):
    code = "cannot-start"
    title = "The site can't start"


@dataclass(frozen=True)
class Program:
    """One process to keep alive. command: a line for the shell that ends in `exec`."""

    name: str
    command: str
    stop_wait_s: int


def start(settings: "Settings", *, prepare: Callable[[], None] = lambda: None, procfile: Path = PROCFILE) -> NoReturn:
    """Become the supervisor of the whole site, in the foreground, until Ctrl-C, SIGTERM or a closed terminal.

    prepare: called when the data folder is ours and before anything runs (migrations, for example).
    Raises CannotStart, with a sentence, if the data folder or the address is in use or a program is missing.
    """
    # What is made of private recordings is for this user, and for a web server in this group, not for everybody.
    os.umask(0o027)
    settings.make_folders()
    lock = take_data_folder(settings.private_dir)
    check_address_is_free(settings.bind)
    if not settings.redis_url:
        make_redis_folders(settings)
    prepare()
    path = settings.private_dir / "supervisord.conf"
    listed = programs(procfile.read_text(encoding="utf-8"), settings)
    path.write_text(configuration(listed, private_dir=settings.private_dir), encoding="utf-8")
    if sys.stdout.isatty():
        from kb.log import ON_TERMINAL

        os.environ[ON_TERMINAL] = "yes"
    make_output_reopenable()
    os.set_inheritable(lock, True)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.execv(sys.executable, [sys.executable, "-P", "-m", "kb.supervise", str(path)])  # noqa: S606


# -- what runs --------------------------------------------------------------------------------------


def programs(procfile: str, settings: "Settings") -> list[Program]:
    """The programs of a Procfile's text, after the private Redis if the settings name no other."""
    lines = [line for line in procfile.splitlines() if line.strip() and not line.startswith("#")]
    listed = [_program(line) for line in lines]
    if settings.semantic_folder:
        listed.append(_meaning(settings, settings.semantic_folder))
    return listed if settings.redis_url else [_private_redis(settings), *listed]


def _program(line: str) -> Program:
    match = re.fullmatch(r"([a-z][a-z0-9_-]*):\s*(exec\s+\S.*)", line)
    if not match:
        raise CannotStart(f"The Procfile needs lines like 'name: exec command'; this one is not: {line}")
    name, command = match.groups()
    return Program(name, command.strip(), STOP_WAIT_S.get(name, WORKER_STOP_WAIT_S))


def _meaning(settings: "Settings", folder: Path) -> Program:
    """The process that holds the model of KB_SEMANTIC for all that search."""
    command = [sys.executable, "-P", "-m", "kb.meaning.answering", str(folder), str(settings.meaning_socket)]
    return Program(MEANING, "exec " + shlex.join(command), WORKER_STOP_WAIT_S)


def _private_redis(settings: "Settings") -> Program:
    folder = settings.private_dir / "redis"
    # A killed supervisor's Redis may need a moment to end: two must never write the same file.
    wait_for_the_last = ["flock", "--no-fork", "--timeout", "30", str(folder / "lock")]
    server = str(tools.find(REDIS_SERVER) or REDIS_SERVER)
    redis = [server, "--port", "0", "--unixsocket", str(settings.redis_socket), "--unixsocketperm", "700"]
    durable = ["--appendonly", "yes", "--save", "", "--dir", str(folder)]
    quiet = ["--daemonize", "no", "--loglevel", "warning", "--logfile", str(folder / "redis.log")]
    return Program(REDIS, "exec " + shlex.join(wait_for_the_last + redis + durable + quiet), STOP_WAIT_S[REDIS])


def configuration(listed: Sequence[Program], *, private_dir: Path) -> str:
    """supervisord's configuration for these programs.

    Redis is a group by itself that starts first and stops last; the others start and stop together.
    """
    together = [program.name for program in listed if program.name != REDIS]
    sections = [
        _section("supervisord", _supervisord_options(private_dir)),
        _section("group:site", {"programs": ",".join(together), "priority": "2"}),
        *(_section(f"program:{program.name}", _program_options(program)) for program in listed),
    ]
    return "\n".join(sections)


def _supervisord_options(private_dir: Path) -> dict[str, str]:
    return {
        "nodaemon": "true",
        "logfile": "/dev/null",
        "logfile_maxbytes": "0",
        "loglevel": "warn",
        # supervisord removes this file when it ends, so never /dev/null.
        "pidfile": str(private_dir / "supervisord.pid"),
        "nocleanup": "true",
    }


def _program_options(program: Program) -> dict[str, str]:
    return {
        "command": shlex.join(["setpriv", "--pdeathsig", "TERM", "sh", "-c", program.command]),
        "environment": f'KB_PROCESS="{program.name}"',
        "priority": "1" if program.name == REDIS else "2",
        "autorestart": "true",
        # Who ends within five seconds waits 1, 2, 3 … seconds for the next try, so that it can't eat a core, and is
        # never given up. Who ran longer is started again at once.
        "startsecs": "5",
        "startretries": "1000000",
        "stopasgroup": "true",
        "killasgroup": "true",
        "stopwaitsecs": str(program.stop_wait_s),
        "redirect_stderr": "true",
        "stdout_logfile": "/dev/fd/1",
        "stdout_logfile_maxbytes": "0",
    }


def _section(name: str, options: dict[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={_value(value)}\n" for key, value in options.items())


def _value(text: str) -> str:
    """As supervisord reads it: %(…) is filled in, and a space before ; or # begins a comment that nothing can quote."""
    if re.search(r"\s[;#]|\n", text):
        raise CannotStart(f"supervisord can't take a space before ';' or '#', nor a line break; change: {text}")
    return text.replace("%", "%%")


# -- what must hold before ----------------------------------------------------------------------------


def take_data_folder(private_dir: Path) -> int:
    """Lock the data folder for as long as the returned file descriptor is open, also across exec.

    The kernel lets go when the process ends, however it ends. Raises CannotStart if another site runs on it.
    """
    lock = os.open(private_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode().strip()
        os.close(lock)
        raise CannotStart(
            f"A site is already running on the data folder {private_dir.parent} (process {owner}). "
            "Stop it first, or choose another folder with KB_DATA_DIR."
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    return lock


def check_address_is_free(bind: str) -> None:
    """Raise CannotStart, naming who listens there, if gunicorn could not listen at HOST:PORT."""
    host, _, port = bind.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found[:1]:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen()
    except OSError as error:
        listener = _listener(int(port)) if error.errno == errno.EADDRINUSE else None
        reason = f"{listener} listens there already" if listener else str(error.strerror)
        raise CannotStart(f"The site can't listen at {bind}: {reason}. Choose another address with KB_BIND.") from None


def _listener(port: int) -> str | None:
    """The name and number of a process that listens at this port, if we may see it."""
    tables = [table for name in ("tcp", "tcp6") if (table := Path("/proc/net", name)).exists()]
    rows = [row.split() for table in tables for row in table.read_text().splitlines()[1:]]
    listening = "0A"
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == listening and int(row[1].split(":")[1], 16) == port}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended, or is not ours to look into
            if any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def make_redis_folders(settings: "Settings") -> None:
    """Make the folders of the private Redis; raise CannotStart if there is no Redis or a folder is not ours alone."""
    if not tools.find(REDIS_SERVER):
        raise CannotStart("redis-server is not installed: install it, or name a Redis with KB_REDIS_URL.")
    for folder in (settings.private_dir / "redis", settings.redis_socket.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        # The socket's folder may lie in /tmp, where anybody could have made it before us.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise CannotStart(f"{folder} must be a folder that only this user may enter. Remove it and start again.")


def make_output_reopenable() -> None:
    """Give supervisord a standard output that /dev/fd/1 opens, as it does once per program.

    A journal's socket, or the terminal of the user before `su`, can be written to but not opened: `cat` passes it on.
    In a file that it opens anew, writers would overwrite each other if they did not all append.
    """
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_APPEND)
    try:
        os.close(os.open("/dev/fd/1", os.O_WRONLY | os.O_APPEND))
    except OSError:
        cat = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, start_new_session=True)
        assert cat.stdin is not None
        os.dup2(cat.stdin.fileno(), 1)


# -- supervisord --------------------------------------------------------------------------------------


def main(configuration_file: str) -> None:
    from supervisor import supervisord
    from supervisor.options import ServerOptions

    class Options(ServerOptions):  # type: ignore[misc]
        def get_signal(self) -> int | None:
            """A closed terminal (SIGHUP) ends the site; supervisord would start it anew and run on unseen."""
            received: int | None = super().get_signal()
            return signal.SIGTERM if received == signal.SIGHUP else received

    options = Options()
    # Without a user named, supervisord warns root about running as root.
    options.realize(["--configuration", configuration_file, *(["--user", "root"] if os.getuid() == 0 else [])])
    options.first = True
    options.test = False
    supervisord.go(options)


if __name__ == "__main__":
    main(sys.argv[1])
