"""Chapters as a form sends them: a row each, with the time as people write it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field
from werkzeug.datastructures import MultiDict

from kb.errors import Invalid
from kb.screencasts.fields import Description, Line
from kb.transcripts.chapters.actions import LONGEST_TEXT, LONGEST_TITLE, Wanted
from kb.transcripts.cues import LONGEST_MS
from kb.web.filters import clock
from kb.web.forms import parse

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,5}):(\d{1,2}(?:[.,]\d{1,3})?)|(\d{1,6}(?:[.,]\d{1,3})?)", re.ASCII)


class ChapterIn(BaseModel):
    """text: what to do in this step; null: what is said in it."""

    id: str | None = Field(None, description="Of the chapter that it was so far; left out of a new one.")
    start: Annotated[float, Field(ge=0, le=LONGEST_MS / 1000)]
    title: Annotated[Line, Field(min_length=1, max_length=LONGEST_TITLE)]
    text: Annotated[Description, Field(max_length=LONGEST_TEXT)] | None = None

    def wanted(self) -> Wanted:
        return Wanted(round(self.start * 1000), self.title, self.text or None, self.id)


@dataclass(frozen=True)
class Row:
    """As typed, to be shown again where something in it needs a correction."""

    id: str = ""
    start: str = ""
    title: str = ""
    text: str = ""


def rows_in(form: "MultiDict[str, str]") -> list[Row]:
    """Without those that are empty or ticked to be removed."""
    columns = [form.getlist(name) for name in ("id", "start", "title", "text")]
    removed = set(form.getlist("remove"))
    rows = [Row(*each) for place, each in enumerate(zip(*columns, strict=False)) if str(place) not in removed]
    return [row for row in rows if row.title.strip() or row.start.strip()]


def wanted_in(rows: Sequence[Row], said: Callable[[str], str | None]) -> list[Wanted]:
    """said: the text that the form offered for the chapter with this id; unchanged, it is no text of its own.

    Raises Invalid with a sentence for each row at fault.
    """
    wanted, faults = [], []
    for row in rows:
        try:
            wanted.append(parse(ChapterIn, _values(row, said(row.id))).wanted())
        except Invalid as error:
            name = f"“{row.title.strip()}”" if row.title.strip() else f"The chapter at {row.start.strip()}"
            faults += [f"{name}: {text}" for texts in error.errors.values() for text in texts]
    if faults:
        raise Invalid("The chapters need a correction.", errors={"chapters": faults})
    return wanted


def ms_of(typed: str) -> int | None:
    """`1:24`, `1:02:03.5` or seconds; None for anything else."""
    found = _CLOCK.fullmatch(typed.strip())
    if not found:
        return None
    hours, minutes, seconds, alone = found.groups()
    return round((int(hours or 0) * 3600 + int(minutes or 0) * 60 + float((seconds or alone).replace(",", "."))) * 1000)


def typed_clock(ms: int) -> str:
    """As `ms_of` reads it, to the tenth of a second."""
    tenths = ms % 1000 // 100
    return f"{clock(ms)}.{tenths}" if tenths else clock(ms)


def _values(row: Row, said: str | None) -> Mapping[str, Any]:
    start_ms = ms_of(row.start)
    if start_ms is None:
        raise Invalid("", errors={"start": ["Write when it starts, such as 1:24."]})
    if not row.title.strip():
        raise Invalid("", errors={"title": ["Give it a title, or remove it."]})
    is_own = " ".join(row.text.split()) != " ".join((said or "").split())
    return {"id": row.id or None, "start": start_ms / 1000, "title": row.title, "text": row.text if is_own else None}
