"""Words that could be read on the screen, and the step `screen`, which reads them."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from sqlalchemy import delete, func, insert, select

from kb.db import db, writing
from kb.errors import ToolFailed
from kb.hands import hands
from kb.media.glances import Box, Glance, first_change_ms, pictures_between, worth_reading
from kb.screencasts.files.belongings import measure
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.screencasts.pipeline.materials import frames_of, pictures_of
from kb.screentext.contract import Line, Reader
from kb.transcripts.actions import columns, hold, words_changed
from kb.transcripts.cues import TimedText
from kb.transcripts.models import ScreenLine
from kb.transcripts.screen import hidings
from kb.transcripts.screen.lines import Screen, Seen
from kb.transcripts.screen.secret_words import looks_secret

# Of the whole step: until then the pictures are decoded.
DECODED = 0.2
NOT_SET_UP = "Reading words off the screen is not set up here."


def of(screencast_id: str, *, with_hidden: bool) -> list[ScreenLine]:
    """All lines, in order of their starts."""
    lines = select(ScreenLine).where(ScreenLine.screencast_id == screencast_id)
    if not with_hidden:
        lines = lines.where(ScreenLine.is_hidden.is_(False))
    return list(db.session.scalars(lines.order_by(ScreenLine.start_ms, ScreenLine.id)))


@dataclass(frozen=True)
class Summary:
    """How many lines can be read, and of those that are hidden, how many look like secrets."""

    lines: int
    secrets: int = 0


def summary(screencast_id: str, *, with_hidden: bool) -> Summary:
    lines = select(func.count()).select_from(ScreenLine).where(ScreenLine.screencast_id == screencast_id)
    if not with_hidden:
        return Summary(db.session.scalar(lines.where(ScreenLine.is_hidden.is_(False))) or 0)
    hidden = select(ScreenLine.text).where(ScreenLine.screencast_id == screencast_id, ScreenLine.is_hidden)
    return Summary(db.session.scalar(lines) or 0, sum(map(looks_secret, db.session.scalars(hidden))))


def put(screencast_id: str, lines: Iterable[TimedText]) -> None:
    """Replace all words that could be read on the screen; what is to be hidden stays hidden, as do likely secrets."""
    with writing() as session:
        screencast = hold(screencast_id)
        session.execute(delete(ScreenLine).where(ScreenLine.screencast_id == screencast_id))
        if rows := [columns(line) | {"screencast_id": screencast_id} for line in lines]:
            session.execute(insert(ScreenLine), rows)
        hidings.hide_secrets(screencast_id)
        hidings.apply(screencast_id)
        words_changed(screencast)


def read_screen(screencast_id: str) -> None:
    """The step `screen`: read what stands on the screen, and from when to when."""
    leasing.perform(screencast_id, "screen", _read)
    # Without the small pictures, which nobody needs any more.
    measure(screencast_id)


def _read(lease: Lease) -> None:
    screencast = db.session.get_one(Screencast, lease.screencast_id)
    if not screencast.is_playable:
        leasing.finish(lease, skipped=True, code="needed", note="The recording could not be read.")
        return
    reader = hands().screen_text
    if reader is None or reader.unavailable():
        leasing.finish(lease, skipped=True, code="no-screen-reader", note=NOT_SET_UP)
        return
    lines = _lines(lease, reader, screencast.duration_ms or 0)
    with writing():
        put(lease.screencast_id, lines)
        leasing.finish(lease)


def _lines(lease: Lease, reader: Reader, duration_ms: int) -> list[TimedText]:
    with ExitStack() as stack:
        frames = frames_of(lease, stack)
        glances = worth_reading(frames)
        if not glances:
            return []
        folder = stack.enter_context(hands().work_folder(lease.screencast_id, "screen"))
        pictures = pictures_of(lease, [glance.at_ms for glance in glances], folder)
        lease.report(DECODED)
        screen = Screen()
        whole, done = sum(glance.pictures for glance in glances), 0.0
        for glance, path in zip(glances, pictures, strict=True):
            _look(lease, reader, screen, glance, path, frames)
            done += glance.pictures
            lease.report(DECODED + (1 - DECODED) * done / whole)
        return screen.lines(duration_ms)


def _look(lease: Lease, reader: Reader, screen: Screen, glance: Glance, path: Path, frames: Path) -> None:
    """Read what is new at one glance."""
    between = pictures_between(frames, glance.began_ms, glance.at_ms)

    def changed_ms(box: Box) -> int:
        return first_change_ms(between, box, glance.at_ms)

    with Image.open(path) as picture:
        for box in glance.boxes:
            area = screen.widened(box)
            screen.read(area, _seen(reader, picture, area, lease), changed_ms if glance.at_ms else lambda _: 0)


def _seen(reader: Reader, picture: Image.Image, area: Box, lease: Lease) -> list[Seen]:
    width, height = picture.size
    left, top = int(area[0] * width), int(area[1] * height)
    right, bottom = max(left + 1, round(area[2] * width)), max(top + 1, round(area[3] * height))
    try:
        lines = reader.read(picture.crop((left, top, right, bottom)), should_stop=lease.is_over)
    except ToolFailed as failure:
        raise _in_plain_words(failure, reader.name) from failure
    return [Seen(line.text, _share(line, left, top, width, height), line.confidence) for line in lines]


def _share(line: Line, left: int, top: int, width: int, height: int) -> Box:
    box = line.box
    return (left + box[0]) / width, (top + box[1]) / height, (left + box[2]) / width, (top + box[3]) / height


def _in_plain_words(failure: ToolFailed, name: str) -> ToolFailed:
    """Here the recording is well: it plays, and is found by its other words."""
    if failure.code not in ("crashed", "killed", "deadline", "memory", "tool-failed", "output-too-big"):
        return failure
    what = "took too long" if failure.code == "deadline" else "broke down"
    detail = f"The words on the screen could not be read: {name} {what}. It plays and is found by its other words."
    return ToolFailed(detail, permanent=failure.permanent, code=failure.code, log=failure.log)
