"""What takes how much room, in the API: for admins."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from kb.accounts.sessions import admins_only, viewer
from kb.pages import storage
from kb.screencasts.as_json import instant
from kb.web.api import blueprint
from kb.web.paging import limit_of

bp = blueprint("storage", __name__)


class PartOut(BaseModel):
    name: str
    bytes: int
    count: int | None


class FilesystemOut(BaseModel):
    folders: list[str] = Field(description="Those of the data folder that lie on it.")
    total_bytes: int
    free_bytes: int


class StoredOut(BaseModel):
    id: str | None = Field(description="null where the asker may not see the screencast.")
    title: str = Field(description="Or what kind of screencast it is and whose.")
    author: str
    bytes: int
    original_bytes: int = Field(description="0 where the original is not kept.")
    trashed: bool
    created_at: str


class StorageOut(BaseModel):
    parts: list[PartOut]
    filesystems: list[FilesystemOut]
    items: list[StoredOut]
    next: str | None


class StorageQuery(BaseModel):
    sort: Literal["size", "newest", "oldest"] = "size"
    limit: str | None = None
    cursor: str | None = None


@bp.get("/storage")
@bp.input(StorageQuery, location="query")
@bp.output(StorageOut)
@admins_only
def index(query_data: StorageQuery) -> dict[str, Any]:
    """What takes how much room; screencasts, the largest first unless sorted otherwise."""
    limit = limit_of(query_data.limit, usual=25)
    items, following = storage.largest(viewer(), query_data.sort, cursor=query_data.cursor, limit=limit)
    return {
        "parts": [{"name": each.name, "bytes": each.size_bytes, "count": each.count} for each in storage.totals()],
        "filesystems": [
            {
                "folders": [folder.name for folder in each.folders],
                "total_bytes": each.total_bytes,
                "free_bytes": each.free_bytes,
            }
            for each in storage.filesystems()
        ],
        "items": [_item(each) for each in items],
        "next": following,
    }


def _item(item: storage.Item) -> dict[str, Any]:
    return {
        "id": item.screencast_id if item.name.is_title else None,
        "title": item.name.text,
        "author": item.author,
        "bytes": item.size_bytes,
        "original_bytes": item.original_bytes,
        "trashed": item.is_trashed,
        "created_at": instant(item.created_at),
    }
