"""The last thing that runs before a tool: ties it to its worker, limits it, shuts it in, then becomes it.

Started by `run` as `python -I -S launch.py SETTING=VALUE ... -- TOOL ARGUMENT ...`, so it may import the standard
library alone, and little of that: its start is part of every ffmpeg's, and `signal`, `platform` and `pathlib` would
double it. A worker has threads, where code between fork and exec (`preexec_fn`) may deadlock; a program of our own in
between may do as it likes.

Landlock and seccomp are called by number through ctypes, each only where the kernel has it. What is missing is left
out, because ffmpeg's own allow-lists stand in any case; `confinement` says what is in force.
"""

import ctypes
import os
import resource
import stat
import struct
import sys

# <signal.h>, the same on x86 and ARM
SIGKILL, SIGPIPE, SIGXFSZ, SIG_DFL = 9, 13, 25, None

# <linux/prctl.h>
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 1, 2, 22, 38, 39
SECCOMP_MODE_FILTER = 2

# <linux/landlock.h>; these three calls have the same numbers on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST_RIGHTS = (1 << 13) - 1
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READS = READ_FILE | READ_DIR
RUNS = READS | EXECUTE
WRITES = READS | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER

# What any program needs to start: libraries, fonts and models of the distribution, and facts about the processor.
# Not /proc as a whole: it shows the environment, and so the secrets, of our other processes.
SYSTEM_RUNS = ("/usr", "/bin", "/lib", "/lib64")
SYSTEM_READS = (
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/dev/urandom",
    "/dev/zero",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)
SYSTEM_WRITES = ("/dev/null",)

# <asm/unistd.h>: audit architecture, socket(2), io_uring_setup(2), which could open sockets too.
SYSTEM_CALLS = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}
X32_CALLS = 0x40000000
EACCES = 13

libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    border = arguments.index("--")
    settings = [setting.partition("=") for setting in arguments[:border]]
    tool = arguments[border + 1 :]
    single = {name: int(value) for name, _, value in settings if name not in ("run", "read", "write")}
    paths = {kind: [value for name, _, value in settings if name == kind] for kind in ("run", "read", "write")}
    die_with_parent(single["parent"])
    limit(single)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    open_only(runs=paths["run"], reads=paths["read"], writes=paths["write"])
    refuse_sockets()
    restore_signals()
    # Not execvp, which imports a module that may not be readable any more.
    os.execv(tool[0], tool)  # noqa: S606 - that is what this program is for


def die_with_parent(parent: int) -> None:
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    # The parent may have died before the line above; nobody would tell us.
    if os.getppid() != parent:
        os._exit(1)


def limit(single: dict[str, int]) -> None:
    """memory: address space; cpu: seconds; output: bytes in one file; nice: as in nice(1)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, which in (
        ("memory", resource.RLIMIT_AS),
        ("cpu", resource.RLIMIT_CPU),
        ("output", resource.RLIMIT_FSIZE),
    ):
        if name in single:
            _, hard = resource.getrlimit(which)
            most = single[name] if hard == resource.RLIM_INFINITY else min(single[name], hard)
            # Soft and hard alike: ffmpeg takes the soft limit's SIGXCPU for a wish to end with a plausible, short file.
            resource.setrlimit(which, (most, most))
    os.nice(single.get("nice", 0))


def restore_signals() -> None:
    # Python ignores these two, and exec would hand that down: a file grown too big must end a tool.
    libc.signal(SIGPIPE, SIG_DFL)
    libc.signal(SIGXFSZ, SIG_DFL)


# -- Landlock: which files -------------------------------------------------------------------------


def open_only(*, runs: list[str], reads: list[str], writes: list[str]) -> bool:
    """Let this process open only these paths and the system's. False: the kernel can't, and nothing is changed."""
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    handled = FIRST_RIGHTS | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    handled |= IOCTL_DEV if version >= 5 else 0
    # handled_access_fs, handled_access_net (bind, connect; from version 4), scoped (abstract sockets, signals; from 6)
    fields = [handled, 3, 3][: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    rules = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    for rights, paths in (
        (RUNS, [*SYSTEM_RUNS, *runs]),
        (READS, [*SYSTEM_READS, *reads]),
        (WRITES, [*SYSTEM_WRITES, *writes]),
    ):
        for path in paths:
            _allow(rules, path, rights & handled)
    done = bool(libc.syscall(RESTRICT_SELF, rules, 0) == 0)
    os.close(rules)
    return done


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= ON_FILES
    rule = struct.pack("=Qi", rights, place)
    libc.syscall(ADD_RULE, rules, 1, rule, 0)
    os.close(place)


# -- seccomp: no network -----------------------------------------------------------------------------


def refuse_sockets() -> bool:
    """Answer EACCES to socket(2) from now on; False where the processor is unknown to us or the kernel refuses."""
    known = SYSTEM_CALLS.get(os.uname().machine)
    if not known:
        return False
    architecture, *refused = known
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, allow, refuse = 0x80000000, 0x7FFF0000, 0x00050000 | EACCES
    # (code, jump if true, jump if false, operand); the system call's number stands at 0, the architecture at 4.
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        (at_least, len(refused) + 1, 0, X32_CALLS),
        *((equal, len(refused) - i, 0, call) for i, call in enumerate(refused)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    descriptor = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(packed)))
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, descriptor, 0, 0) == 0)


# -- what is in force, for `kb doctor` ------------------------------------------------------------------


def confinement() -> list[str]:
    """Return the layers that hold on this machine, tried out in a child that goes through the launcher.

    Of: "dies with its worker", "no new privileges", "limits", "files" (Landlock), "no network" (seccomp).
    """
    from kb.media.run import Limits, run  # here: this file also runs as a script, where `kb` can't be imported

    finished = run([sys.executable, "-I", "-S", __file__, "--check"], limits=Limits(deadline_s=10))
    return finished.stdout.decode().splitlines()


def check() -> None:
    """Print the layers that this process lives under, one a line."""
    dies_by = ctypes.c_int(0)
    libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(dies_by), 0, 0, 0)
    layers = {
        "dies with its worker": dies_by.value == SIGKILL,
        "no new privileges": libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        "limits": resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY,
        "files": not _opens("/etc/hostname") and not _opens("/etc/passwd"),
        "no network": not _makes_socket(),
    }
    sys.stdout.write("\n".join(name for name, holds in layers.items() if holds))


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except PermissionError:
        return False
    except OSError:
        pass
    return True


def _makes_socket() -> bool:
    # <sys/socket.h>: AF_INET, SOCK_STREAM; the socket module would cost its import.
    made = libc.socket(2, 1, 0)
    if made >= 0:
        os.close(made)
    return bool(made >= 0)


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else main(sys.argv[1:])
