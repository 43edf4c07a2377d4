"""The tree in the API."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import curators_only, person, viewer, visitors
from kb.categories import actions
from kb.categories.present import as_json
from kb.categories.tree import flat
from kb.web.api import blueprint

bp = blueprint("categories", __name__)


class CategoryOut(BaseModel):
    id: str
    name: str
    slug: str
    parent_id: str | None
    position: int
    count: int = Field(description="Screencasts in it and below that the asker may see.")


class CategoryList(BaseModel):
    items: list[CategoryOut]
    next: str | None = None


class NewCategory(BaseModel):
    name: str
    parent_id: str | None = None


class ChangedCategory(BaseModel):
    name: str | None = None
    parent_id: str | None = Field(None, description="null hangs it at the top; leave it out to leave it where it is.")
    position: Annotated[int, Field(ge=0)] | None = None


class WhereItemsGo(BaseModel):
    items_go_to: str | None = Field(None, description="A category's id; left out: its screencasts have none.")


@bp.get("/categories")
@bp.output(CategoryList)
@visitors
def index() -> dict[str, Any]:
    """The whole tree, flat, parents before their children."""
    return {"items": [as_json(branch) for branch in flat(actions.tree(viewer()))], "next": None}


@bp.post("/categories")
@bp.input(NewCategory)
@bp.output(CategoryOut, status_code=201)
@curators_only
def add(json_data: NewCategory) -> dict[str, Any]:
    category = actions.add(json_data.name, by=person().id, parent_id=json_data.parent_id)
    return _out(category.id)


@bp.patch("/categories/<category_id>")
@bp.input(ChangedCategory)
@bp.output(CategoryOut)
@curators_only
def change(category_id: str, json_data: ChangedCategory) -> dict[str, Any]:
    category = actions.change(
        category_id,
        by=person().id,
        name=json_data.name,
        move="parent_id" in json_data.model_fields_set,
        parent_id=json_data.parent_id,
        position=json_data.position,
    )
    return _out(category.id)


@bp.delete("/categories/<category_id>")
@bp.input(WhereItemsGo, location="query")
@bp.output({}, status_code=204)
@curators_only
def remove(category_id: str, query_data: WhereItemsGo) -> str:
    """Its screencasts go where `items_go_to` says; its children move up."""
    actions.remove(category_id, by=person().id, items_go_to=query_data.items_go_to)
    return ""


def _out(category_id: str) -> dict[str, Any]:
    return as_json(next(each for each in flat(actions.tree(viewer())) if each.category.id == category_id))
