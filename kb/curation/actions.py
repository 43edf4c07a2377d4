"""What is done to many screencasts at once, and taken back. The only code here that commits."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from kb import audit
from kb.accounts.models import Person
from kb.accounts.rules import Viewer, can_change, can_restore
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.tags import TAGS_AT_MOST, taken
from kb.categories.vocabulary import Vocabulary, tag_name, vocabulary
from kb.curation.bulk import Change, Plan, plan
from kb.curation.models import BulkChange
from kb.curation.trash import Emptying, Lot, erasable
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.screencasts import erasing, queries
from kb.screencasts.models import Screencast
from kb.screencasts.placing import Place, place_all, place_of
from kb.transcripts import respelling

AT_MOST = 1_000


@dataclass(frozen=True)
class Undone:
    """left: changed again in the meantime, gone, or not the asker's to change any more; they stay as they are."""

    restored: int
    left: int


def change_of(
    *, moves: bool, category: str | None, add_tags: list[str], remove_tags: list[str], trash: bool = False
) -> Change:
    """From what somebody asked for. Raises Invalid where that is nothing, or names what is not there."""
    target = _category(category) if moves and category else None
    change = Change(
        moves=moves,
        category=target,
        add_tags=tuple(taken(_words(add_tags))),
        remove_tags=tuple(dict.fromkeys(filter(None, map(tag_name, _words(remove_tags))))),
        trash=trash,
    )
    if change.is_empty:
        text = "Choose a category, or write a tag to add or take away."
        raise Invalid("Say what to do with them.", errors={"change": [text]})
    return change


def preview(viewer: Viewer, ids: list[str], change: Change) -> Plan:
    """What would become of these. Raises Invalid for none, or too many."""
    planned = plan(viewer, queries.by_ids(viewer, _wanted(ids)), change)
    if any(len(each.after["tags"]) > TAGS_AT_MOST for each in planned.changed):
        text = f"Some of them would have more than {TAGS_AT_MOST} tags. Take some away from those first."
        raise Invalid("Those are too many tags.", errors={"add_tags": [text]})
    return planned


def apply(viewer: Viewer, ids: list[str], change: Change, *, by: Person) -> BulkChange | None:
    """Do it; None where nothing was to be done. The answer is what `undo` takes back."""
    with writing() as session:
        session.execute(_held(_wanted(ids)))
        planned = preview(viewer, ids, change)
        if not planned.changed:
            return None
        place_all({each.screencast: each.after for each in planned.changed})
        done = BulkChange(
            person_id=by.id, words=planned.words[:300], changes=[each.as_json() for each in planned.changed]
        )
        session.add(done)
        session.flush()
        # No words: a tag of somebody's private screencast is a word of it.
        audit.record("changed", "bulk", done.id, by=by.id, verbs=change.verbs, count=len(planned.changed))
    return done


def undo(viewer: Viewer, change_id: str, *, by: Person) -> Undone:
    """Put each back where it was, but for those that somebody has changed since. Raises Conflict if it was undone."""
    with writing() as session:
        change = session.scalar(select(BulkChange).where(BulkChange.id == change_id).with_for_update())
        if not change or change.person_id != by.id:
            raise NotFound("This change is not there, or not yours to take back.")
        if change.undone_at:
            raise Conflict("This was taken back already.")
        count = _take_back(viewer, change, by=by)
        change.undone_at = now()
        audit.record("undid", "bulk", change.id, by=by.id, count=count)
        return Undone(count, len(change.changes) - count)


def empty_trash(viewer: Viewer, asked: Emptying, *, by: Person) -> Lot:
    """Erase for good, and say what that was. What somebody takes out meanwhile stays."""
    asked = asked.model_copy(update={"until": asked.until or now()})
    erased = {}
    for screencast_id, size_bytes in erasable(viewer, asked, by=by).sizes.items():
        with suppress(NotFound):
            erasing.erase(screencast_id, by=by, trashed_before=asked.until)
            erased[screencast_id] = size_bytes
    return Lot(erased)


def recent(by: Person, limit: int = 50) -> list[BulkChange]:
    """What this person did to many at once, newest first. Nobody else's: its words may name what is private."""
    query = select(BulkChange).where(BulkChange.person_id == by.id)
    return list(db.session.scalars(query.order_by(BulkChange.at.desc(), BulkChange.id).limit(limit)))


def _wanted(ids: list[str]) -> list[str]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise Invalid("Choose some screencasts first.", errors={"ids": ["None is chosen."]})
    if len(wanted) > AT_MOST:
        text = f"Take at most {AT_MOST:,} at once."
        raise Invalid("Those are too many.", errors={"ids": [text]})
    return wanted


def _held(ids: Collection[str]) -> Select[str]:
    """For this transaction alone to change; in one order for all, so that no two wait for each other."""
    return select(Screencast.id).where(Screencast.id.in_(ids)).order_by(Screencast.id).with_for_update()


def _take_back(viewer: Viewer, change: BulkChange, *, by: Person) -> int:
    """-> how many are as they were before."""
    if change.is_of_words:
        return respelling.take_back(viewer, change.changes, by=by)
    back = _what_can_go_back(viewer, change)
    place_all(back)
    return len(back)


def _what_can_go_back(viewer: Viewer, change: BulkChange) -> dict[Screencast, Place]:
    """Where each stood that is as the change left it, is the viewer's to change, and whose category is still there."""
    entries = {entry["id"]: entry for entry in change.changes}
    db.session.execute(_held(entries))
    query = select(Screencast).where(Screencast.id.in_(entries)).options(selectinload(Screencast.tags))
    house = vocabulary()
    homes = {None, *(category.id for category in categories.every())}
    return {
        each: _as_meant(house, entries[each.id]["before"])
        for each in db.session.scalars(query)
        if (can_change(viewer, each) or can_restore(viewer, each))
        and place_of(each) == entries[each.id]["after"]
        and entries[each.id]["before"]["category_id"] in homes
    }


def _as_meant(house: Vocabulary, place: Place) -> Place:
    """With the tags that the words of those which were merged or renamed stand for."""
    meant = {name if name in house.created_at else house.meanings.get(name, name) for name in place["tags"]}
    return Place(category_id=place["category_id"], tags=sorted(meant), trashed=place["trashed"])


def _words(typed: list[str]) -> list[str]:
    """A comma parts tags, wherever it stands: no tag could be typed again that holds one."""
    return [word for text in typed for word in text.split(",")]


def _category(category_id: str) -> Category:
    try:
        return categories.get(category_id)
    except NotFound as error:
        raise Invalid("This category is gone.", errors={"category": ["Choose one that is there."]}) from error
