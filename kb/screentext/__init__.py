from collections.abc import Callable

from kb.screentext.contract import Reader, Run
from kb.screentext.tesseract import Tesseract


def choose(name: str, run: Run, is_there: Callable[[str], bool]) -> Reader | None:
    """Return the reader that `name` (KB_SCREEN_TEXT) asks for; None for "none", or if "auto" finds none."""
    if name == "none":
        return None
    if name != "auto":
        raise ValueError(f"no reader of screens is named {name!r}")
    reader = Tesseract(run, is_there)
    return None if reader.unavailable() else reader
