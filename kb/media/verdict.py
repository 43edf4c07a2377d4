"""What went wrong with a tool, as one of a few failures with a code, a sentence, and whether a retry can help."""

import re
import signal

from kb.errors import ToolFailed

OUT_OF_MEMORY = ("Cannot allocate memory", "MemoryError", "std::bad_alloc", "out of memory")
TOO_BIG = ("File too large", "File size limit exceeded")
# At the start of a line, where a program speaks for itself: what it says of a recording's own title is indented.
DISK_FULL = re.compile(r"^\S.*No space left on device(?:\)|: '.*')?$", re.MULTILINE)


class Stopped(ToolFailed):
    """Somebody wanted it to end: the step was cancelled or the worker shuts down."""

    code = "stopped"
    title = "Stopped"


def judge(tool: str, exit_code: int, log: str, *, deadline_s: float, used_up: bool) -> None:
    """Raise what an exit code and a log mean, if that is no success; a negative code is the signal that ended the tool.

    used_up: it took all the processor time that it might take.
    """
    # ffmpeg 5.1 says in its log alone that it could not write the end of a file.
    if exit_code == 0 and not DISK_FULL.search(log):
        return
    if any(words in log for words in OUT_OF_MEMORY):
        raise ToolFailed(
            "This recording needs more memory than one recording may have. Export it with a smaller picture.",
            permanent=True,
            code="memory",
            log=log,
        )
    if exit_code == -signal.SIGXFSZ or any(words in log for words in TOO_BIG):
        raise too_much(log)
    if exit_code == -signal.SIGKILL and used_up:
        raise too_long(deadline_s, log)
    if exit_code < 0:
        # Killed from outside (no memory left, a restart) is no fault of the input; a crash of its own is.
        permanent = exit_code != -signal.SIGKILL
        code = "crashed" if permanent else "killed"
        what_next = "See if it plays on your computer; if it does, export it as MP4 and upload that."
        detail = f"{tool} broke down on this recording." + (f" {what_next}" if permanent else "")
        raise ToolFailed(detail, permanent=permanent, code=code, log=log)
    if DISK_FULL.search(log):
        raise no_room(log)
    raise ToolFailed(f"{tool} could not work with this recording.", permanent=True, code="tool-failed", log=log)


def no_room(log: str = "") -> ToolFailed:
    detail = "There is no room left on the server. It goes on by itself once an admin has made some."
    return ToolFailed(detail, permanent=False, code="no-room", log=log)


def missing(tool: str) -> ToolFailed:
    detail = f"The program {tool} is not installed on the server. Ask an admin to install it, then try again."
    return ToolFailed(detail, permanent=False, code="tool-missing")


def stopped(log: str) -> Stopped:
    return Stopped("The work was stopped before it was done.", permanent=False, log=log)


def too_long(deadline_s: float, log: str) -> ToolFailed:
    detail = f"It took longer than the {deadline_s:.0f} seconds that it may take, so it was stopped."
    return ToolFailed(detail, permanent=False, code="deadline", log=log)


def too_much(log: str) -> ToolFailed:
    detail = "What was made of this recording grew too big, so it was stopped."
    return ToolFailed(detail, permanent=True, code="output-too-big", log=log)
