"""Many screencasts at once, and the trash, in the API."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import person, signed_in, viewer
from kb.curation import actions, trash
from kb.curation.bulk import Change, Planned
from kb.screencasts import actions as screencasts
from kb.screencasts.api import ScreencastOut
from kb.screencasts.as_json import as_json, instant
from kb.screencasts.placing import Place
from kb.web.api import blueprint

bp = blueprint("curation", __name__)


class BulkIn(BaseModel):
    ids: list[str] = Field(description=f"Screencasts, at most {actions.AT_MOST:,}.")
    category: str | None = Field(
        None, description="Where they go: a category's id. null: out of theirs. Or leave it out."
    )
    add_tags: list[str] = []
    remove_tags: list[str] = []
    trash: bool = Field(False, description="Put them in the trash.")
    preview: bool = Field(False, description="Only say what would change.")


class PlaceOut(BaseModel):
    category: str | None
    tags: list[str]
    trashed: bool


class PlannedOut(BaseModel):
    id: str
    before: PlaceOut
    after: PlaceOut


class BulkOut(BaseModel):
    id: str | None = Field(description="Names it for `undo`; null where nothing was done.")
    words: str
    changed: list[PlannedOut]
    same: int = Field(description="So many were like that already.")
    refused: int = Field(description="So many are not the asker's to change.")


class Undone(BaseModel):
    restored: int
    left: int = Field(description="Changed again in the meantime; they stay as they are.")


class InTrash(BaseModel):
    id: str
    title: str
    trashed_at: str | None
    gone_at: str | None


class TrashList(BaseModel):
    items: list[InTrash]
    next: str | None = None


class Emptied(BaseModel):
    screencasts: int = Field(description="So many are gone.")
    bytes: int = Field(description="So much room their files took.")


@bp.post("/bulk")
@bp.input(BulkIn)
@bp.output(BulkOut)
@signed_in
def bulk(json_data: BulkIn) -> dict[str, Any]:
    """Move, tag or throw away many at once. What is not there, or not shared with the asker, is passed over."""
    change = _change(json_data)
    plan = actions.preview(viewer(), json_data.ids, change)
    done = None if json_data.preview else actions.apply(viewer(), json_data.ids, change, by=person())
    return {
        "id": done.id if done else None,
        "words": plan.words,
        "changed": [_planned(each) for each in plan.changed],
        "same": plan.same,
        "refused": plan.refused,
    }


@bp.post("/bulk/<change_id>/undo")
@bp.output(Undone)
@signed_in
def undo(change_id: str) -> dict[str, Any]:
    """Put each back where it was, but for those that somebody has changed since."""
    undone = actions.undo(viewer(), change_id, by=person())
    return {"restored": undone.restored, "left": undone.left}


@bp.get("/trash")
@bp.output(TrashList)
@signed_in
def index() -> dict[str, Any]:
    """What the asker could take out of the trash."""
    rows = [
        {
            "id": each.id,
            "title": each.title,
            "trashed_at": instant(each.trashed_at),
            "gone_at": instant(trash.gone_at(each)),
        }
        for each in trash.items(viewer())
    ]
    return {"items": rows, "next": None}


@bp.delete("/trash")
@bp.input(trash.Emptying, location="query")
@bp.output(Emptied)
@signed_in
def empty(query_data: trash.Emptying) -> dict[str, int]:
    """Erase for good what is in the trash: the asker's own, or as an admin all that they could take out of it."""
    erased = actions.empty_trash(viewer(), query_data, by=person())
    return {"screencasts": erased.count, "bytes": erased.size_bytes}


@bp.post("/screencasts/<screencast_id>/restore")
@bp.output(ScreencastOut)
@signed_in
def restore(screencast_id: str) -> dict[str, Any]:
    """Take it out of the trash."""
    screencast = screencasts.get_from_trash(viewer(), screencast_id)
    screencasts.restore(screencast, by=person())
    return as_json(screencast)


def _change(asked: BulkIn) -> Change:
    return actions.change_of(
        moves="category" in asked.model_fields_set,
        category=asked.category,
        add_tags=asked.add_tags,
        remove_tags=asked.remove_tags,
        trash=asked.trash,
    )


def _planned(each: Planned) -> dict[str, Any]:
    return {"id": each.screencast.id, "before": _place(each.before), "after": _place(each.after)}


def _place(place: Place) -> dict[str, Any]:
    return {"category": place["category_id"], "tags": place["tags"], "trashed": place["trashed"]}
