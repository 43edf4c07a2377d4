"""The glossary in the API."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import curators_only, person, signed_in
from kb.categories import glossary
from kb.categories.models import GlossaryWord
from kb.web.api import blueprint

bp = blueprint("glossary", __name__)


class WordOut(BaseModel):
    id: str
    written: str = Field(description="A name as the house spells it.")
    heard: list[str] = Field(description="What is made of it, in lower case; each becomes what is written.")


class WordList(BaseModel):
    items: list[WordOut]
    next: str | None = None


class WordQuery(BaseModel):
    q: str = Field("", description="Part of what is written or heard.")


class NewWord(BaseModel):
    written: str
    heard: list[str] = []


class ChangedWord(BaseModel):
    written: str | None = None
    heard: list[str] | None = Field(None, description="All of it: what is left out is put right no more.")


@bp.get("/glossary")
@bp.input(WordQuery, location="query")
@bp.output(WordList)
@signed_in
def index(query_data: WordQuery) -> dict[str, Any]:
    """How the house spells its names, and what engines and colleagues make of them; all of it, by name."""
    found = glossary.glossary().found(query_data.q)
    return {"items": [_out(word) for word in found], "next": None}


@bp.post("/glossary")
@bp.input(NewWord)
@bp.output(WordOut, status_code=201)
@curators_only
def add(json_data: NewWord) -> dict[str, Any]:
    """What is heard joins the word that is there already, if one is. What is recorded from now on has it right."""
    return _out(glossary.add(json_data.written, json_data.heard, by=person().id))


@bp.patch("/glossary/<word_id>")
@bp.input(ChangedWord)
@bp.output(WordOut)
@curators_only
def change(word_id: str, json_data: ChangedWord) -> dict[str, Any]:
    """What is left out stays as it is."""
    return _out(glossary.change(word_id, written=json_data.written, heard=json_data.heard, by=person().id))


@bp.delete("/glossary/<word_id>")
@bp.output({}, status_code=204)
@curators_only
def remove(word_id: str) -> str:
    """Texts that it has put right stay so."""
    glossary.remove(word_id, by=person().id)
    return ""


def _out(word: GlossaryWord | glossary.Known) -> dict[str, Any]:
    return {"id": word.id, "written": word.written, "heard": list(word.heard)}
