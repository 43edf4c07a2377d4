"""What is put right in a text: "kuber netties" becomes "Kubernetes". Whole words, and never inside of code. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from copy import copy
from itertools import groupby
from typing import NamedTuple

# Scripts that write no space between words, or join endings to them: anywhere in those a word may end.
_JOINED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
# With regard to case, for these signs have none: to compile their class without takes ten times as long.
_STARTS, _ENDS = rf"(?-i:(?<![^\W{_JOINED}]))", rf"(?-i:(?![^\W{_JOINED}]))"
# In what stands without a space before or after the words: a path, an address, a name in a program, a call.
_CODE = re.compile(r"[/\\_@=<>|$#{}`]|::|:\d|\.\w|\w\(|\(\)")
# How far that is looked for.
_NEAR = 200
_CODE_BEFORE = re.compile(r"^--|\w\.$|^\.$")


class Correction(NamedTuple):
    """`text[start:end]` should be `written`."""

    start: int
    end: int
    written: str


class Spellings:
    """words: of each name as the house writes it what may be made of it.

    Its own capitals are put right too where it has some within, as in GitHub: such a name is never another word. Of
    "Teams" or "IT" nobody can know, so those are put right only where what is heard says so.
    """

    def __init__(self, words: Iterable[tuple[str, Iterable[str]]]) -> None:
        words = [(written, list(heard)) for written, heard in words]
        # None: it stays as it is, so that nothing is put right within it.
        self._written: dict[str, str | None] = {
            key(written): written if _has_capitals_within(written) else None for written, _ in words
        }
        self._written |= {key(form): written for written, heard in words for form in heard}
        self._pattern = _pattern(self._written)

    def forms(self, written: str) -> list[str]:
        """What becomes this, in small letters."""
        return [form for form, name in self._written.items() if name == written]

    def only(self, names: Collection[str]) -> "Spellings":
        """Those of these names; what leads to others stays as it is."""
        narrowed = copy(self)
        narrowed._written = {form: name if name in names else None for form, name in self._written.items()}
        return narrowed

    def found(self, text: str) -> list[Correction]:
        """From the start of the text; no two share a sign."""
        matches = self._pattern.finditer(text) if self._pattern else ()
        corrections = []
        for match in matches:
            written = self._written.get(key(match[0]))
            if written and written != match[0] and not _is_part_of_more(text, match.start(), match.end()):
                corrections.append(Correction(match.start(), match.end(), written))
        return corrections

    def corrected(self, text: str) -> str:
        parts, at = [], 0
        for start, end, written in self.found(text):
            parts += [text[at:start], written]
            at = end
        return "".join([*parts, text[at:]])


def key(form: str) -> str:
    """The same for every way to write these words."""
    return " ".join(unicodedata.normalize("NFC", form).casefold().replace("’", "'").split())


def _pattern(forms: Iterable[str]) -> re.Pattern[str] | None:
    """The longest first: at one place the first that fits is taken."""
    spelled = {each for form in forms for each in (form, unicodedata.normalize("NFD", form))}
    in_order = sorted(spelled, key=lambda form: (-len(form), form))
    choices = [
        f"{_STARTS if starts else ''}(?:{'|'.join(map(_choice, together))}){_ENDS if ends else ''}"
        for (starts, ends), together in groupby(in_order, key=_bounds)
    ]
    return re.compile("|".join(choices), re.IGNORECASE) if choices else None


def _bounds(form: str) -> tuple[bool, bool]:
    """Whether it starts and ends with what belongs to a word, so that no word may go on there."""
    return _is_word_sign(form[0]), _is_word_sign(form[-1])


def _choice(form: str) -> str:
    return r"\s+".join(re.escape(word).replace("'", "['’]") for word in form.split())


def _is_word_sign(sign: str) -> bool:
    return bool(re.match(rf"[^\W{_JOINED}]", sign)) or _is_mark(sign)


def _has_capitals_within(written: str) -> bool:
    return (
        any(sign.isupper() for sign in written[1:]) and any(sign.islower() for sign in written) and " " not in written
    )


def _is_part_of_more(text: str, start: int, end: int) -> bool:
    """Of a word (a mark belongs to the letter before it) or of code."""
    if _is_mark(text[end : end + 1]):
        return True
    before = re.split(r"\s", text[max(0, start - _NEAR) : start])[-1]
    after = re.split(r"\s", text[end : end + _NEAR], maxsplit=1)[0]
    return bool(_CODE.search(before) or _CODE.search(after) or _CODE_BEFORE.search(before) or after.startswith("("))


def _is_mark(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign).startswith("M")
