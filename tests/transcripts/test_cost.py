"""What pages of the words cost does not grow with the words."""

from collections.abc import Callable

import pytest

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import Screencast, Source
from kb.transcripts import actions
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.actions import Wanted
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import corrections, proposals
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import WordsFrom
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt"]
PAGES = ["", "/transcript", "/captions", "/steps", "/chapters", "/screen-text", "/transcripts/en/history"]
API = ["/transcripts", "/transcripts/en/cues", "/transcripts/en/proposals", "/screen-text", "/chapters"]


@pytest.fixture
def filled(people: People) -> Callable[[int, int], str]:
    """(count, languages) -> a screencast with so many cues, lines, hidings, chapters, changes and proposals."""

    def make(count: int, languages: int) -> str:
        author, other = (db.session.get_one(Person, who) for who in (people.author, people.other))
        with writing() as session:
            item = Screencast(
                title="Reset",
                author_id=people.author,
                visibility="everyone",
                published_at=now(),
                duration_ms=count * 1000,
                kind="mp4",
                sources=[Source(name="video.mp4", rank=0, size_bytes=1, width=640, height=360, mime="video/mp4")],
            )
            session.add(item)
        cues = [TimedText(at * 1000, at * 1000 + 900, f"word {at}") for at in range(count)]
        for language in LANGUAGES[:languages]:
            transcript = actions.put(item.id, language, cues, source=WordsFrom.upload, by=author)
            change = Change(tuple(cues[:1]), (TimedText(0, 900, "another"),))
            corrections.edit(transcript, [change], by=author)
        for cue in cues[1:]:
            proposals.propose(actions.find(item.id, "en"), cue, f"rather {cue.text}", by=other)
        screen_text.put(item.id, [TimedText(at * 1000, at * 1000 + 900, f"line {at} of a page") for at in range(count)])
        for at in range(count // 2):
            hidings.hide_text(item, f"line {at} of a page", by=author)
        chapters.put(item, [Wanted(at * 1000, f"Part {at}") for at in range(count)], by=author)
        return item.id

    return make


@pytest.mark.parametrize(("api", "path"), [*(("", path) for path in PAGES), *(("/api/v1", path) for path in API)])
def test_a_page_asks_the_database_as_often_for_much_as_for_little(
    author: Caller, filled: Callable[[int, int], str], asked: list[str], api: str, path: str
) -> None:
    def statements(item: str) -> int:
        where = f"{api}/screencasts/{item}{path}"
        asked.clear()
        assert author.get(where).status_code == 200, where
        db.session.rollback()
        return len([each for each in asked if each.lstrip().upper().startswith("SELECT")])

    few, many = filled(3, 1), filled(12, len(LANGUAGES))
    statements(few)
    assert statements(few) == statements(many)
