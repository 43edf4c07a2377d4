"""What was done, in sentences: of each entry who did what to which, as far as its reader may see that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from flask import url_for
from sqlalchemy import select

from kb.accounts.models import Person, Team
from kb.accounts.rules import Viewer, can_view
from kb.audit import AuditEntry
from kb.categories.models import Category
from kb.db import db
from kb.screencasts.models import Screencast
from kb.web.filters import counted
from kb.web.paging import cursor_of, read_cursor

ORDER = "audit"
# What curators see of it; admins see everything.
CURATING = ("category", "tag", "glossary", "bulk")
KINDS = {
    "screencast": "Screencasts",
    "category": "Categories",
    "tag": "Tags",
    "glossary": "Glossary",
    "bulk": "Bulk changes",
    "person": "People",
    "team": "Teams",
    "invitation": "Invitations",
    "token": "API tokens",
    "site": "The site",
}
# (kind, act) → what follows the name of who did it. {subject} is what it was done to; the other names are details.
SENTENCES = {
    ("screencast", "added"): "uploaded {subject}",
    ("screencast", "cancelled"): "cancelled an upload while it was being prepared",
    ("screencast", "changed"): "changed {subject}",
    ("screencast", "deleted"): "moved {subject} to the trash",
    ("screencast", "restored"): "took {subject} out of the trash",
    ("screencast", "erased"): "erased {subject} for good",
    ("screencast", "retried"): "started what had failed of {subject} again",
    ("screencast", "replaced"): "replaced the recording of {subject}",
    ("screencast", "restored-version"): "restored an earlier recording of {subject}",
    ("screencast", "erased-version"): "erased an earlier recording of {subject}",
    ("screencast", "hid-screen-text"): "hid words on the screen of {subject} from search",
    ("screencast", "showed-screen-text"): "let words on the screen of {subject} be found again",
    ("screencast", "chose-chapters"): "chose the chapters of {subject}",
    ("screencast", "corrected-words"): "corrected the words of {subject}",
    ("screencast", "proposed-words"): "proposed a correction of the words of {subject}",
    ("screencast", "declined-words"): "declined a correction of the words of {subject}",
    ("screencast", "confirmed-words"): "said that the words of {subject} are right",
    ("screencast", "replaced-words"): "replaced the words of {subject} in one language",
    ("screencast", "deleted-words"): "deleted the words of {subject} in one language",
    ("screencast", "solved"): "said that {subject} solved it",
    ("screencast", "unsolved"): "took back that {subject} solved it",
    ("screencast", "unhelped"): "said that {subject} did not help",
    ("screencast", "took-back-unhelped"): "took back that {subject} did not help",
    ("screencast", "seeded"): "seeded screencasts from a file",
    ("category", "added"): "added the category {subject}",
    ("category", "changed"): "changed the category {subject}",
    ("category", "moved"): "moved the category {subject}",
    ("category", "merged"): "merged the category {name} into {into_name}",
    ("category", "deleted"): "deleted the category {subject}",
    ("category", "chose-curators"): "chose who tends the category {subject}",
    ("tag", "added"): "added the tag {subject}",
    ("tag", "renamed"): "renamed the tag {name} to {to}",
    ("tag", "merged"): "merged {names} into the tag {into}",
    ("tag", "retired"): "retired the tag {subject}",
    ("tag", "brought-back"): "brought the tag {subject} back",
    ("tag", "deleted"): "deleted the tag {subject}",
    ("tag", "explained"): "set the synonyms of the tag {subject}",
    ("glossary", "added"): "added {subject} to the glossary",
    ("glossary", "changed"): "changed {subject} in the glossary",
    ("glossary", "deleted"): "took {subject} out of the glossary",
    ("glossary", "brought-back"): "brought {subject} back into the glossary",
    ("bulk", "changed"): "{verbs} {count}",
    ("bulk", "retried"): "started what had failed of {count} again",
    ("bulk", "undid"): "took back a change of {count}",
    ("person", "joined"): "made the account of {subject}",
    ("person", "changed"): "changed role, teams or access of {subject}",
    ("person", "changed-password"): "set a new password for {subject}",
    ("person", "made-password-link"): "made a link that sets a new password of {subject}",
    ("person", "erased"): "erased the account of somebody",
    ("invitation", "invited"): "made an invitation ({role})",
    ("invitation", "withdrew"): "withdrew an invitation",
    ("team", "added"): "added the team {subject}",
    ("team", "renamed"): "renamed the team {subject}",
    ("team", "deleted"): "deleted the team {subject}",
    ("token", "added"): "made the API token {name}",
    ("token", "revoked"): "revoked an API token",
    ("site", "renamed"): "named the site {name}",
    ("site", "changed-signup"): "changed who may join",
    ("site", "ended-welcome"): "finished the welcome",
}
# Where somebody did it to themselves.
TO_ONESELF = {
    ("person", "joined"): "joined",
    ("person", "changed"): "changed their own role, teams or access",
    ("person", "changed-password"): "set a new password",
}
NAMED = {"category": Category, "person": Person, "team": Team}


@dataclass(frozen=True)
class Asked:
    """Which entries; None and empty are for any."""

    person: str | None = None
    kind: str | None = None
    act: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Part:
    """A piece of a sentence. is_name: what people wrote, in whatever direction it reads."""

    text: str
    url: str | None = None
    is_name: bool = False


@dataclass(frozen=True)
class Told:
    """subject_id: None where the reader may not see what it is, or there is none."""

    id: int
    at: datetime
    kind: str
    act: str
    who: Person | None
    subject_id: str | None
    parts: list[Part]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def page(
    viewer: Viewer, asked: Asked, *, curating_only: bool, cursor: str | None, limit: int
) -> tuple[list[Told], str | None]:
    """The newest first, and the cursor of what follows."""
    wanted = {"person_id": asked.person, "kind": asked.kind, "act": asked.act, "subject_id": asked.subject}
    query = select(AuditEntry).filter_by(**{name: value for name, value in wanted.items() if value})
    if asked.subject and _is_hidden(viewer, asked.subject):
        # Else asking by an id would tell whose it is.
        query = query.where(AuditEntry.kind != "screencast")
    if curating_only:
        query = query.where(AuditEntry.kind.in_(CURATING))
    if place := read_cursor(ORDER, cursor):
        query = query.where(AuditEntry.id < place[0])
    found = list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)))
    more = len(found) > limit
    return told(viewer, found[:limit]), cursor_of(ORDER, found[limit - 1].id) if more else None


def _is_hidden(viewer: Viewer, subject_id: str) -> bool:
    screencast = db.session.get(Screencast, subject_id)
    return screencast is not None and not can_view(viewer, screencast)


def told(viewer: Viewer, entries: Iterable[AuditEntry]) -> list[Told]:
    entries = list(entries)
    people = _by_id(Person, [entry.person_id for entry in entries])
    subjects = {
        kind: _by_id(model, [entry.subject_id for entry in entries if entry.kind == kind])
        for kind, model in (NAMED | {"screencast": Screencast}).items()
    }
    return [_told(viewer, entry, people.get(entry.person_id), subjects) for entry in entries]


def _told(viewer: Viewer, entry: AuditEntry, who: Person | None, subjects: dict[str, dict[Any, Any]]) -> Told:
    row = subjects.get(entry.kind, {}).get(entry.subject_id)
    if entry.kind == "screencast" and row and not can_view(viewer, row):
        row = None
    knows = entry.kind != "screencast" or row is not None
    parts = [_who(entry, who), Part(" "), *_what(entry, row)]
    return Told(entry.id, entry.at, entry.kind, entry.act, who, entry.subject_id if knows else None, parts)


def _who(entry: AuditEntry, who: Person | None) -> Part:
    if who:
        return Part(who.name, url_for("pages.library", author=who.id), is_name=True)
    return Part("Somebody who left" if entry.person_id else "The site")


def _what(entry: AuditEntry, row: Any) -> list[Part]:
    sentence = SENTENCES.get((entry.kind, entry.act), f"{entry.act.replace('-', ' ')}: {entry.kind} {{subject}}")
    if entry.person_id and entry.person_id == entry.subject_id:
        sentence = TO_ONESELF.get((entry.kind, entry.act), sentence)
    parts: list[Part] = []
    for text, name, _, _ in Formatter().parse(sentence):
        if text:
            parts.append(Part(text))
        if name == "subject":
            parts.append(_subject(entry, row))
        elif name:
            parts += _detail(entry, name)
    return parts


def _subject(entry: AuditEntry, row: Any) -> Part:
    """By its present name, by that of then where it is gone. A screencast: only what its reader may see now."""
    match entry.kind:
        case "screencast":
            url = url_for("pages.watch", screencast_id=row.id) if row else None
            return Part(row.title, url, is_name=True) if row else Part("a screencast")
        case "category" if row:
            return Part(row.name, url_for("pages.library", category=row.id), is_name=True)
        case "person":
            url = url_for("pages.library", author=row.id) if row else None
            return Part(row.name, url, is_name=True) if row else Part("somebody who left")
        case "tag":
            return _tag(str(entry.subject_id))
        case _:
            name = row.name if row else entry.details.get("name")
            return Part(str(name), is_name=True) if name else Part("that is gone")


def _detail(entry: AuditEntry, name: str) -> list[Part]:
    value = entry.details.get(name, "")
    if entry.kind == "category" and name == "into_name":
        return [Part(str(value), url_for("pages.library", category=entry.details.get("into")), is_name=True)]
    if entry.kind == "bulk":
        return [Part(counted(int(value or 0)) if name == "count" else str(value or "changed"))]
    if not isinstance(value, list):
        return [_tag(value) if entry.kind == "tag" else Part(str(value), is_name=True)]
    parts = [part for each in value for part in (Part(", "), _tag(str(each)))]
    return parts[1:]


def _tag(name: str) -> Part:
    """An old name too leads to what has the tag now."""
    return Part(name, url_for("pages.library", tag=name), is_name=True)


def _by_id(model: type[Any], ids: Iterable[str | None]) -> dict[Any, Any]:
    wanted = {each for each in ids if each}
    rows = db.session.scalars(select(model).where(model.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}
