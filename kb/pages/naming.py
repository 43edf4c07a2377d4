"""What who runs the site is told of a screencast that takes room or work: its title only where they may see it."""

from dataclasses import dataclass

from flask import url_for

from kb.accounts.rules import Viewer, can_restore, can_view
from kb.screencasts.models import Screencast


@dataclass(frozen=True)
class Name:
    """text: a title (is_title), else what kind of screencast it is and whose. url: its page, if there is one."""

    text: str
    is_title: bool = False
    url: str | None = None


def name_of(viewer: Viewer, screencast: Screencast) -> Name:
    if can_view(viewer, screencast):
        return Name(screencast.title, is_title=True, url=url_for("pages.watch", screencast_id=screencast.id))
    if can_restore(viewer, screencast):
        return Name(screencast.title, is_title=True, url=url_for("curation.trash_page"))
    return Name(f"{_kind(screencast)} of {screencast.author.name}")


def _kind(screencast: Screencast) -> str:
    if screencast.trashed_at:
        return "Something in the trash"
    if screencast.is_draft:
        return "A draft"
    return "A private screencast" if screencast.visibility == "private" else "A team’s screencast"
