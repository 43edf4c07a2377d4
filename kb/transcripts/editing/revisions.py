"""The history of a transcript: who changed what, when and why; what to go back to; whom to thank."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.orm import joinedload, undefer

from kb.accounts.models import Person
from kb.db import db, now
from kb.errors import NotFound
from kb.transcripts.cues import TimedText
from kb.transcripts.models import Cue, Revision, Transcript, WordsFrom

# What one person does within it is one revision.
ONE_GO = timedelta(minutes=15)
# So many keep their words; of older ones stays who made them, and when.
MOST_WITH_WORDS = 100
FIRST_CAUSE = {WordsFrom.speech: "heard", WordsFrom.upload: "uploaded", WordsFrom.edited: "edited"}
# Each stands alone, whoever did what before.
ALONE = ("heard", "uploaded", "restored")
# A passage longer than so many words is shown as gone and new, without a look for what it has in common.
MOST_COMPARED = 3_000
# As are those that come after so many pairs of words, old and new, were compared: that takes about two seconds.
MOST_PAIRS = 5_000_000
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Piece:
    """Words that stayed (""), came ("ins") or went ("del")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Passage:
    start_ms: int
    pieces: list[Piece]


@dataclass(frozen=True)
class Difference:
    """moved: so many cues say the same at other times."""

    passages: list[Passage]
    moved: int


def keep_first(transcript: Transcript) -> None:
    """Before a first change: what people found. In the caller's transaction, as is `record`."""
    if not _latest(transcript) and (cues := _now_kept(transcript)):
        cause = FIRST_CAUSE[WordsFrom(transcript.source)]
        at = transcript.changed_at
        db.session.add(_revision(transcript, 1, cause, cues, began_at=at, changed_at=at))
        db.session.flush()


def record(transcript: Transcript, cause: str, by: Person | None, *, accepted_by: Person | None = None) -> bool:
    """After a change. -> whether a new revision began; else it belongs to what the same person did just before."""
    latest, cues = _latest(transcript), _now_kept(transcript)
    if latest and cues == latest.cues:
        return False
    by_ids = (by.id if by else None, accepted_by.id if accepted_by else None)
    if latest and _goes_on(latest, cause, by_ids):
        before = _numbered(transcript, latest.number - 1)
        latest.cues, latest.changed_at = cues, now()
        latest.changed_cues = _count_changed(before.cues if before else [], cues)
        if before and not latest.changed_cues:
            # All of it was undone.
            db.session.delete(latest)
        return False
    number = latest.number + 1 if latest else 1
    new = _revision(transcript, number, cause, cues, by_id=by_ids[0], accepted_by_id=by_ids[1])
    new.changed_cues = _count_changed(latest.cues if latest else [], cues)
    db.session.add(new)
    _forget_words(transcript, number - MOST_WITH_WORDS)
    return True


def exist(transcript: Transcript) -> bool:
    return _latest(transcript) is not None


def of(transcript: Transcript) -> list[Revision]:
    """The newest first, without their words."""
    people = joinedload(Revision.by), joinedload(Revision.accepted_by)
    found = select(Revision).where(_is_of(transcript)).options(*people)
    return list(db.session.scalars(found.order_by(Revision.number.desc())))


def get(transcript: Transcript, number: int) -> Revision:
    # A database takes no larger number, not even to look for it.
    if number <= LARGEST_NUMBER and (revision := _numbered(transcript, number)):
        return revision
    raise NotFound("This revision is not there.")


def before(revision: Revision) -> Revision | None:
    same = and_(Revision.screencast_id == revision.screencast_id, Revision.language == revision.language)
    earlier = select(Revision).where(same, Revision.number < revision.number).order_by(Revision.number.desc())
    return db.session.scalar(earlier.options(undefer(Revision.cues)).limit(1))


def forget(screencast_id: str, language: str) -> None:
    """With the words go the earlier ones. In the caller's transaction."""
    db.session.execute(delete(Revision).where(Revision.screencast_id == screencast_id, Revision.language == language))


def helpers(screencast_id: str) -> Mapping[str, list[Person]]:
    """By language: who made the words better, in the order in which they came to help."""
    one = (Revision.language, Revision.by_id)
    helped = Revision.screencast_id == screencast_id, Revision.cause.in_(("edited", "proposed", "restored"))
    grouped = select(*one, func.min(Revision.number).label("first")).where(*helped).group_by(*one).subquery()
    query = select(grouped.c.language, Person).join(Person, grouped.c.by_id == Person.id).order_by(grouped.c.first)
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for language, person in db.session.execute(query):
        found[language].append(person)
    return found


def givers(screencast_id: str) -> dict[str, Person]:
    """By language: who uploaded its words last."""
    uploaded = Revision.screencast_id == screencast_id, Revision.cause == FIRST_CAUSE[WordsFrom.upload]
    query = select(Revision.language, Person).join(Person, Revision.by_id == Person.id).where(*uploaded)
    return dict(db.session.execute(query.order_by(Revision.number)).all())


def cues_of(revision: Revision) -> list[TimedText]:
    return [TimedText(*cue) for cue in revision.cues]


def difference(old: Sequence[TimedText], new: Sequence[TimedText]) -> Difference:
    """By word, in the passages that are not the same."""
    old_texts, new_texts = [cue.text for cue in old], [cue.text for cue in new]
    passages, moved, pairs = [], 0, 0
    for kind, a, b, c, d in SequenceMatcher(None, old_texts, new_texts).get_opcodes():
        if kind == "equal":
            moved += sum(was != now for was, now in zip(old[a:b], new[c:d], strict=True))
        else:
            start_ms = (new[c:d] or old[a:b])[0].start_ms
            was, is_now = (" ".join(texts).split() for texts in (old_texts[a:b], new_texts[c:d]))
            to_compare = len(was) * len(is_now)
            is_small = len(was) + len(is_now) <= MOST_COMPARED and pairs + to_compare <= MOST_PAIRS
            pairs += to_compare if is_small else 0
            passages.append(Passage(start_ms, list((_pieces if is_small else _replaced)(was, is_now))))
    return Difference(passages, moved)


def by_word(old: str, new: str) -> list[Piece]:
    return list(_pieces(old.split(), new.split()))


def _pieces(was: list[str], is_now: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _piece("", was[a:b])
        else:
            yield from _replaced(was[a:b], is_now[c:d])


def _replaced(was: list[str], is_now: list[str]) -> Iterator[Piece]:
    yield from _piece("del", was)
    yield from _piece("ins", is_now)


def _piece(kind: str, words: list[str]) -> Iterator[Piece]:
    if words:
        yield Piece(kind, " ".join(words))


def _revision(transcript: Transcript, number: int, cause: str, cues: list[list[object]], **more: object) -> Revision:
    own = {"screencast_id": transcript.screencast_id, "language": transcript.language}
    return Revision(**own, number=number, cause=cause, cues=cues, **more)


def _goes_on(latest: Revision, cause: str, by_ids: tuple[str | None, str | None]) -> bool:
    same = (latest.cause, latest.by_id, latest.accepted_by_id) == (cause, *by_ids)
    return same and cause not in ALONE and latest.number > 1 and now() - latest.began_at < ONE_GO


def _forget_words(transcript: Transcript, number: int) -> None:
    old = (_is_of(transcript), Revision.number == number, Revision.number > 1)
    db.session.execute(update(Revision).where(*old).values(cues=[]))


def _count_changed(old: list[list[object]], new: list[list[object]]) -> int:
    was, is_now = Counter(map(tuple, old)), Counter(map(tuple, new))
    return max((was - is_now).total(), (is_now - was).total())


def _now_kept(transcript: Transcript) -> list[list[object]]:
    kept = select(Cue.start_ms, Cue.end_ms, Cue.text).where(Cue.transcript_id == transcript.id)
    return [list(row) for row in db.session.execute(kept.order_by(Cue.start_ms, Cue.end_ms, Cue.text))]


def _latest(transcript: Transcript) -> Revision | None:
    return db.session.scalar(_with_words(transcript).order_by(Revision.number.desc()).limit(1))


def _numbered(transcript: Transcript, number: int) -> Revision | None:
    return db.session.scalar(_with_words(transcript).where(Revision.number == number))


def _with_words(transcript: Transcript) -> Select[Revision]:
    return select(Revision).where(_is_of(transcript)).options(undefer(Revision.cues))


def _is_of(transcript: Transcript) -> ColumnElement[bool]:
    return and_(Revision.screencast_id == transcript.screencast_id, Revision.language == transcript.language)
