"""What is in the trash, for who could take it out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb.accounts.models import Person
from kb.accounts.rules import Viewer, restorable
from kb.db import db
from kb.errors import NotAllowed
from kb.screencasts.files.cleaning import TRASH_DAYS
from kb.screencasts.models import Screencast

AT_MOST = 500


class Emptying(BaseModel):
    """What is to be erased at once."""

    whose: Literal["mine", "all"] = Field("mine", description="all: what others threw away too; for admins.")
    until: AwareDatetime | None = Field(
        None, description="What came into the trash later stays, as what nobody has been told of before."
    )


@dataclass(frozen=True)
class Lot:
    """What would be erased together. sizes: the bytes of each, by its id."""

    sizes: Mapping[str, int]

    @property
    def count(self) -> int:
        return len(self.sizes)

    @property
    def size_bytes(self) -> int:
        return sum(self.sizes.values())


def items(viewer: Viewer) -> list[Screencast]:
    """Last thrown away first."""
    query = select(Screencast).where(restorable(viewer, Screencast))
    newest = query.order_by(Screencast.trashed_at.desc(), Screencast.id).limit(AT_MOST)
    return list(db.session.scalars(newest.options(joinedload(Screencast.author))))


def erasable(viewer: Viewer, asked: Emptying, *, by: Person) -> Lot:
    """Raises NotAllowed where somebody else than an admin would erase what is not theirs."""
    if asked.whose == "all" and not by.is_admin:
        raise NotAllowed("Only admins can erase what others threw away. It goes by itself after its 30 days.")
    query = select(Screencast.id, Screencast.stored_bytes).where(restorable(viewer, Screencast))
    if asked.whose == "mine":
        query = query.where(Screencast.author_id == by.id)
    if asked.until:
        query = query.where(Screencast.trashed_at <= asked.until)
    return Lot({row.id: row.stored_bytes for row in db.session.execute(query)})


def gone_at(screencast: Screencast) -> datetime | None:
    return screencast.trashed_at + timedelta(days=TRASH_DAYS) if screencast.trashed_at else None
