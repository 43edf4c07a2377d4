"""Takes Landlock or seccomp away from this process and all that it starts, as a kernel without them would.

By a filter of system calls that answers what such a kernel answers; nothing of ours is told.
"""

import ctypes
import os
import struct

ENOSYS, EINVAL = 38, 22
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
# <asm/unistd.h>: prctl(2); landlock_create_ruleset(2) is 444 everywhere.
PRCTL = {"x86_64": 157, "aarch64": 167}
LOAD, EQUAL, ANSWER = 0x20, 0x15, 0x06
ALLOW, ERROR = 0x7FFF0000, 0x00050000
CALL, FIRST_ARGUMENT = 0, 16


def lack(*layers: str) -> None:
    """layers: "landlock", "seccomp"."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for layer in sorted(layers):
        program = {"landlock": _NO_LANDLOCK, "seccomp": _no_seccomp()}[layer]
        packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
        descriptor = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(packed)))
        assert libc.prctl(PR_SET_SECCOMP, FILTER, descriptor, 0, 0) == 0


_NO_LANDLOCK = [(LOAD, 0, 0, CALL), (EQUAL, 0, 1, 444), (ANSWER, 0, 0, ERROR | ENOSYS), (ANSWER, 0, 0, ALLOW)]


def _no_seccomp() -> list[tuple[int, int, int, int]]:
    return [
        (LOAD, 0, 0, CALL),
        (EQUAL, 0, 3, PRCTL[os.uname().machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUAL, 0, 1, PR_SET_SECCOMP),
        (ANSWER, 0, 0, ERROR | EINVAL),
        (ANSWER, 0, 0, ALLOW),
    ]
