"""Screencasts without a recording, from lines of JSON: for load tests, and for judging search by known answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kb import audit, outbox
from kb.accounts.actions import access_changed, add_person
from kb.accounts.models import Person, Role, person_by_email
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.tags import LONGEST, TAGS_AT_MOST, tags_named
from kb.categories.vocabulary import tag_name
from kb.db import db, now, writing
from kb.errors import Invalid, NotFound
from kb.screencasts.fields import TITLE_LENGTH, Description, Line
from kb.screencasts.languages import language_tag
from kb.screencasts.models import Screencast, State
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import LONGEST_MS, LONGEST_TEXT, MOST_CUES, TimedText, cleaned
from kb.transcripts.models import Cue, ScreenLine, Transcript, WordsFrom
from kb.transcripts.screen import text as screen_text
from kb.web.forms import field_texts, is_shown

# Whose the rows are where nobody is named. It has no password, so nobody can sign in as it.
SEED_EMAIL, SEED_NAME = "seed@seed.invalid", "Seeded rows"
# Written in Transcript.engine, so that a later run knows its own words from those that people brought.
SEED = "seed"
# Rows in one transaction: about a second, since others wait for it to write.
BATCH = 100
FAULTS_SHOWN = 20


def _shown(text: str) -> str:
    if not all(map(is_shown, text)):
        raise ValueError("Take out the control characters.")
    return text


def _tags(names: list[str]) -> list[str]:
    tags = list(dict.fromkeys(filter(None, map(tag_name, names))))
    if len(tags) > TAGS_AT_MOST or any(len(tag) > LONGEST for tag in tags):
        raise ValueError(f"Take at most {TAGS_AT_MOST} tags of at most {LONGEST} characters each.")
    return tags


def _path(text: str) -> list[str]:
    return list(filter(None, (" ".join(name.split()) for name in text.split("/"))))


def _category(text: str | None) -> str:
    names = _path(_shown(text or ""))
    if len(names) > categories.DEEPEST or any(len(name) > 80 for name in names):
        raise ValueError(f"Take at most {categories.DEEPEST} names of at most 80 characters, with / between them.")
    return "/".join(names)


Seconds = Annotated[float, Field(ge=0, le=LONGEST_MS / 1000, allow_inf_nan=False)]


class Timed(BaseModel):
    """Words and when they are said or shown, in seconds."""

    start: Seconds
    end: Seconds
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]


class Row(BaseModel):
    """One line of the file. What else stands in it is passed over."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_shown)]
    title: Annotated[Line, Field(min_length=1, max_length=TITLE_LENGTH)]
    description: Description = ""
    tags: Annotated[list[str], AfterValidator(_tags)] = []
    # "Network/VPN" from the root, or a name alone, wherever in the tree it stands.
    category: Annotated[str | None, AfterValidator(_category)] = None
    language: Annotated[str, AfterValidator(language_tag)] = "en"
    duration: Annotated[Seconds, Field(gt=0)] | None = None
    cues: Annotated[list[Timed], Field(max_length=MOST_CUES)] = []
    screen: Annotated[list[Timed], Field(max_length=MOST_CUES)] = []

    @property
    def duration_ms(self) -> int:
        """As long as its words take where nothing is said of it."""
        return round(1000 * (self.duration or max((each.end for each in (*self.cues, *self.screen)), default=0)))


@dataclass
class Seeded:
    """How many rows there were of each kind."""

    new: int = 0
    changed: int = 0
    same: int = 0


def check(lines: Iterable[bytes]) -> int:
    """Return how many rows there are. Raises Invalid naming each line at fault: nothing is written by halves."""
    faults: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    for number, line in _numbered(lines):
        try:
            row = Row.model_validate_json(line)
        except ValidationError as error:
            faults[f"line {number}"] = _sentences(error)
            continue
        if first := places.get(row.id):
            faults[f"line {number}"] = [f"The id {row.id} stands on line {first} already."]
        places.setdefault(row.id, number)
    if faults:
        raise Invalid(_summary(len(faults)), errors=dict(islice(faults.items(), FAULTS_SHOWN)))
    return len(places)


def read(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows of lines that were checked."""
    return (Row.model_validate_json(line) for _, line in _numbered(lines))


def author_of_rows(email: str | None) -> Person:
    if email is None:
        return person_by_email(SEED_EMAIL) or add_person(SEED_EMAIL, SEED_NAME, Role.member, None)
    if person := person_by_email(email):
        return person
    raise NotFound(f"Nobody here has the address {email}. Make the account first: kb user add {email} --name …")


def seed(rows: Iterable[Row], *, by: Person, on_written: Callable[[int], object] = lambda rows: None) -> Seeded:
    """Make a screencast of each row, or change the one that was made of it before, where the row says otherwise.

    on_written: told after each commit how many rows it held. The index follows by `kb.search.actions.drain`.
    """
    seeded, author_id, rest = Seeded(), by.id, iter(rows)
    while batch := list(islice(rest, BATCH)):
        before = (seeded.new, seeded.changed)
        with writing() as session:
            # Another run for the same author waits here, and then finds what this one made.
            session.get(Person, author_id, with_for_update=True)
            _Batch(batch, author_id).put(seeded)
            new, changed = seeded.new - before[0], seeded.changed - before[1]
            if new or changed:
                access_changed()
                audit.record("seeded", "screencast", None, by=author_id, new=new, changed=changed)
        on_written(len(batch))
    return seeded


class _Batch:
    """Rows of one transaction, with what the database held of them before."""

    def __init__(self, rows: list[Row], author_id: str) -> None:
        self._rows = rows
        self._author_id = author_id
        found = db.session.scalars(
            select(Screencast)
            .where(Screencast.external_id.in_([row.id for row in rows]))
            .options(selectinload(Screencast.tags))
        )
        self._known = {screencast.external_id: screencast for screencast in found}
        ids = [screencast.id for screencast in self._known.values()]
        self._transcripts: dict[str, list[Transcript]] = {each: [] for each in ids}
        own = select(Transcript).where(Transcript.screencast_id.in_(ids)).options(selectinload(Transcript.cues))
        for transcript in db.session.scalars(own):
            self._transcripts[transcript.screencast_id].append(transcript)
        self._screen: dict[str, list[TimedText]] = {each: [] for each in ids}
        lines = select(ScreenLine).where(ScreenLine.screencast_id.in_(ids))
        for line in db.session.scalars(lines.order_by(ScreenLine.start_ms, ScreenLine.id)):
            self._screen[line.screencast_id].append(_as_text(line))
        self._categories = categories.every()

    def put(self, seeded: Seeded) -> None:
        for row in self._rows:
            screencast = self._known.get(row.id)
            if not screencast:
                self._make(row)
                seeded.new += 1
            elif self._change(screencast, row):
                seeded.changed += 1
            else:
                seeded.same += 1

    def _make(self, row: Row) -> None:
        # No steps: there is no recording of which something could be made.
        screencast = Screencast(
            external_id=row.id,
            author_id=self._author_id,
            state=State.ready,
            progress=1.0,
            published_at=now(),
            tags=tags_named(row.tags),
            **self._columns(row),
        )
        db.session.add(screencast)
        db.session.flush()
        if not self._put_words(screencast, row):
            outbox.changed(screencast.id)

    def _change(self, screencast: Screencast, row: Row) -> bool:
        """Whether anything differed."""
        columns = self._columns(row) | {"trashed_at": None}
        differing = {name: value for name, value in columns.items() if getattr(screencast, name) != value}
        for name, value in differing.items():
            setattr(screencast, name, value)
        tags = tags_named(row.tags)
        retagged = set(tags) != set(screencast.tags)
        if retagged:
            screencast.tags = tags
        if self._put_words(screencast, row):
            return True
        if differing or retagged:
            screencast.version = Screencast.version + 1
            outbox.changed(screencast.id)
        return bool(differing or retagged)

    def _columns(self, row: Row) -> dict[str, object]:
        return {
            "title": row.title,
            "description": row.description,
            "category_id": self._category_id(row),
            "duration_ms": row.duration_ms or None,
        }

    def _put_words(self, screencast: Screencast, row: Row) -> bool:
        """Whether they are others than before."""
        known = self._transcripts.get(screencast.id, [])
        said = [each for each in known if each.language == row.language]
        cues, screen = _texts(row.cues), _texts(row.screen)
        stale = [each for each in known if each.engine == SEED and (each.language != row.language or not cues)]
        for transcript in stale:
            transcripts.drop(transcript)
        is_said = not cues or any(list(map(_as_text, each.cues)) == cues for each in said)
        if not is_said:
            transcripts.put(screencast.id, row.language, cues, source=WordsFrom.upload, engine=SEED)
        is_shown = screen == self._screen.get(screencast.id, [])
        if not is_shown:
            screen_text.put(screencast.id, screen)
        return bool(stale) or not (is_said and is_shown)

    def _category_id(self, row: Row) -> str | None:
        names = _path(row.category or "")
        if len(names) == 1 and (found := self._named(names[0])):
            return found[0].id
        parent: str | None = None
        for name in names:
            below = [each for each in self._named(name) if each.parent_id == parent]
            if not below:
                below = [categories.add(name, by=self._author_id, parent_id=parent)]
                self._categories += below
            parent = below[0].id
        return parent

    def _named(self, name: str) -> list[Category]:
        return [each for each in self._categories if each.name.casefold() == name.casefold()]


def _texts(lines: list[Timed]) -> list[TimedText]:
    """Cleaned as captions are. What has no length gets the least there is, so that its words are not lost."""
    starts = [round(line.start * 1000) for line in lines]
    return cleaned(
        TimedText(start_ms, max(round(line.end * 1000), start_ms + 1), line.text)
        for start_ms, line in zip(starts, lines, strict=True)
    )


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """As editors count them; empty ones hold no row."""
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _sentences(error: ValidationError) -> list[str]:
    found = []
    for fault in error.errors(include_url=False)[:3]:
        if fault["type"] == "json_invalid":
            return ["Write one JSON object on each line."]
        place = ", ".join(f"number {part + 1}" if isinstance(part, int) else str(part) for part in fault["loc"])
        [[words]] = field_texts([fault]).values()
        words = words.replace("Input should be", "It should be").rstrip(".") + "."
        found.append(f"{place}: {words}" if place else words)
    return found


def _summary(count: int) -> str:
    first = f"; the first {FAULTS_SHOWN} are" if count > FAULTS_SHOWN else ""
    return f"Nothing was written: {count} line{'s need' if count > 1 else ' needs'} a correction{first}"


def _as_text(line: Cue | ScreenLine) -> TimedText:
    return TimedText(line.start_ms, line.end_ms, line.text)
