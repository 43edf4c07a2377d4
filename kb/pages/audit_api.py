"""Who did what, in the API: for admins."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import admins_only, viewer
from kb.pages.audit import KINDS, Asked, page
from kb.web.api import blueprint
from kb.web.paging import limit_of

bp = blueprint("audit", __name__)


class Somebody(BaseModel):
    id: str
    name: str


class EntryOut(BaseModel):
    id: int
    at: str
    person: Somebody | None = Field(description="null: the site itself, or somebody who left.")
    kind: str
    act: str
    subject_id: str | None = Field(description="null where there is none, or the asker may not see it.")
    text: str = Field(description="The whole as a sentence.")


class EntryList(BaseModel):
    items: list[EntryOut]
    next: str | None


class AuditQuery(BaseModel):
    person: str | None = Field(None, description="Who did it, by id.")
    kind: str | None = Field(None, description=f"One of {', '.join(KINDS)}.")
    act: str | None = None
    subject: str | None = Field(None, description="What it was done to, by id; of a tag its name.")
    limit: str | None = None
    cursor: str | None = None


@bp.get("/audit")
@bp.input(AuditQuery, location="query")
@bp.output(EntryList)
@admins_only
def index(query_data: AuditQuery) -> dict[str, Any]:
    """Who did what, the newest first."""
    asked = Asked(query_data.person, query_data.kind, query_data.act, query_data.subject)
    limit = limit_of(query_data.limit, usual=50)
    entries, following = page(viewer(), asked, curating_only=False, cursor=query_data.cursor, limit=limit)
    items = [
        {
            "id": entry.id,
            "at": entry.at.isoformat(),
            "person": {"id": entry.who.id, "name": entry.who.name} if entry.who else None,
            "kind": entry.kind,
            "act": entry.act,
            "subject_id": entry.subject_id,
            "text": entry.text,
        }
        for entry in entries
    ]
    return {"items": items, "next": following}
