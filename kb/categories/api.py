"""The tree in the API."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from kb.accounts.sessions import curators_only, person, signed_in, viewer, visitors
from kb.categories import actions, merging, tending
from kb.categories.present import as_json
from kb.categories.tree import flat
from kb.web.api import blueprint

bp = blueprint("categories", __name__)
# JSON's null takes away what was there.
Cleared = BeforeValidator(lambda value: "" if value is None else value)


class CuratorOut(BaseModel):
    id: str
    name: str


class CategoryOut(BaseModel):
    id: str
    name: str
    slug: str
    description: str
    icon: str = Field(description="Its name in lucide; empty for none.")
    default_visibility: str | None = Field(
        description="What a new screencast in it begins with whose author says nothing; null: as the category above."
    )
    parent_id: str | None
    position: int
    count: int = Field(description="Screencasts in it and below that the asker may see.")
    curators: list[CuratorOut] = Field(description="Who tends it and all below, besides the curators of the site.")


class CategoryList(BaseModel):
    items: list[CategoryOut]
    next: str | None = None


class NewCategory(BaseModel):
    name: str
    parent_id: str | None = None
    description: str = ""
    icon: str = ""
    default_visibility: str | None = None


class ChangedCategory(BaseModel):
    name: str | None = None
    description: Annotated[str | None, Cleared] = None
    icon: Annotated[str | None, Cleared] = None
    default_visibility: Annotated[str | None, Cleared] = Field(None, description="null: as the category above it.")
    parent_id: str | None = Field(None, description="null hangs it at the top; leave it out to leave it where it is.")
    position: Annotated[int, Field(ge=0)] | None = None


class WhereItemsGo(BaseModel):
    items_go_to: str | None = Field(None, description="A category's id; left out: its screencasts have none.")


class MergedInto(BaseModel):
    into: str = Field(description="The id of the category that stays.")


class ChosenCurators(BaseModel):
    curators: Annotated[list[str], Field(max_length=500, description="The ids of all people who tend it from now on.")]


@bp.get("/categories")
@bp.output(CategoryList)
@visitors
def index() -> dict[str, Any]:
    """The whole tree, flat, parents before their children."""
    return {"items": _shown(), "next": None}


@bp.get("/categories/<category_id>")
@bp.output(CategoryOut)
@visitors
def show(category_id: str) -> dict[str, Any]:
    """One category, by its id, its slug, or the id of one that was merged into it."""
    return _out(actions.get(category_id).id)


@bp.post("/categories")
@bp.input(NewCategory)
@bp.output(CategoryOut, status_code=201)
@signed_in
def add(json_data: NewCategory) -> dict[str, Any]:
    tending.check_tends_any(viewer())
    tending.check_goal(viewer(), json_data.parent_id)
    return _out(actions.add(by=person().id, **json_data.model_dump()).id)


@bp.patch("/categories/<category_id>")
@bp.input(ChangedCategory)
@bp.output(CategoryOut)
@signed_in
def change(category_id: str, json_data: ChangedCategory) -> dict[str, Any]:
    """What is left out stays as it is."""
    moves = "parent_id" in json_data.model_fields_set
    tending.get_to_tend(viewer(), category_id)
    if moves or json_data.position is not None:
        tending.get_to_place(viewer(), category_id)
    if moves:
        tending.check_goal(viewer(), json_data.parent_id)
    return _out(actions.change(category_id, by=person().id, move=moves, **json_data.model_dump()).id)


@bp.post("/categories/<category_id>/merge")
@bp.input(MergedInto)
@bp.output(CategoryOut)
@signed_in
def merge(category_id: str, json_data: MergedInto) -> dict[str, Any]:
    """Its screencasts, its children and its addresses go to another, which is the answer; children of one name merge.

    Its curators go along where a curator of the whole site merges.
    """
    tending.get_to_place(viewer(), category_id)
    tending.check_goal(viewer(), json_data.into)
    stays = merging.merge(category_id, json_data.into, by=person().id, with_curators=viewer().is_curator)
    return _out(stays.id)


@bp.put("/categories/<category_id>/curators")
@bp.input(ChosenCurators)
@bp.output(CategoryOut)
@curators_only
def choose_curators(category_id: str, json_data: ChosenCurators) -> dict[str, Any]:
    """People who tend this category and all that hangs below it, as curators do."""
    tending.choose_curators(category_id, json_data.curators, by=person().id)
    return _out(actions.get(category_id).id)


@bp.delete("/categories/<category_id>")
@bp.input(WhereItemsGo, location="query")
@bp.output({}, status_code=204)
@signed_in
def remove(category_id: str, query_data: WhereItemsGo) -> str:
    """Its screencasts go where `items_go_to` says; its children move up."""
    tending.get_to_place(viewer(), category_id)
    tending.check_goal(viewer(), query_data.items_go_to)
    actions.remove(category_id, by=person().id, items_go_to=query_data.items_go_to)
    return ""


def _shown() -> list[dict[str, Any]]:
    # Who tends what is for colleagues, not for passers-by.
    curators = tending.curators_by_category() if viewer().person_id else {}
    return [as_json(branch, curators.get(branch.category.id, ())) for branch in flat(actions.tree(viewer()))]


def _out(category_id: str) -> dict[str, Any]:
    return next(each for each in _shown() if each["id"] == category_id)
