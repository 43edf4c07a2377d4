"""What is hidden of the words on the screen is hidden everywhere, for everybody but those who can show it again."""

import pytest

from kb.accounts.models import Person
from kb.db import db, writing
from kb.errors import Invalid, NotFound
from kb.screencasts.models import Screencast
from kb.search.actions import drain
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.actions import Wanted
from kb.transcripts.cues import TimedText
from kb.transcripts.models import Chapter, ScreenHiding
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People

LINES = [
    TimedText(0, 4000, "Deploy the zebrawing"),
    TimedText(5000, 9000, "customer: Ada Lovelace"),
    TimedText(5000, 30_000, "order for customer: Ada Lovelace, shipped"),
    TimedText(20_000, 25_000, "Total 4 711 zebracoins"),
]


@pytest.fixture
def item(receive) -> str:  # type: ignore[no-untyped-def]
    screencast_id: str = receive(title="Something else")
    screen_text.put(screencast_id, LINES)
    drain()
    return screencast_id


@pytest.fixture
def screencast(item: str) -> Screencast:
    return db.session.get_one(Screencast, item)


@pytest.fixture
def by(people: People) -> Person:
    return db.session.get_one(Person, people.author)


def seen(item: str) -> list[str]:
    return [line.text for line in screen_text.of(item, with_hidden=False)]


def total(caller: Caller, words: str) -> int:
    found: int = caller.get("/api/v1/search", query_string={"q": words}).json["total"]
    return found


def test_a_hidden_line_and_those_that_hold_it_are_found_by_nobody(
    screencast: Screencast, by: Person, author: Caller
) -> None:
    assert total(author, "lovelace") == 1
    hiding = hidings.hide_text(screencast, "  customer:  Ada Lovelace ", by=by)
    assert seen(screencast.id) == [LINES[0].text, LINES[3].text]
    drain()
    assert total(author, "lovelace") == 0
    assert total(author, "zebrawing") == 1
    hidings.show_again(screencast, hiding.id, by=by)
    drain()
    assert total(author, "lovelace") == 1


def test_the_moment_is_gone_before_the_index_knows(screencast: Screencast, by: Person, author: Caller) -> None:
    hidings.hide_text(screencast, "customer: Ada Lovelace", by=by)
    answer = author.get("/api/v1/search", query_string={"q": "lovelace"})
    assert "Lovelace" not in answer.text.replace('"query":"lovelace"', "")


def test_a_range_hides_what_stands_in_it_and_nothing_else(screencast: Screencast, by: Person) -> None:
    first = hidings.hide_range(screencast, 21_000, 22_000, by=by)
    assert seen(screencast.id) == [LINES[0].text, LINES[1].text]
    second = hidings.hide_range(screencast, 0, 22_000, by=by)
    hidings.show_again(screencast, second.id, by=by)
    assert seen(screencast.id) == [LINES[0].text, LINES[1].text]
    hidings.show_again(screencast, first.id, by=by)
    assert len(seen(screencast.id)) == 4


def test_a_short_line_hides_none_that_only_holds_it(screencast: Screencast, by: Person) -> None:
    hidings.hide_text(screencast, "Total", by=by)
    assert len(seen(screencast.id)) == 4


def test_hiding_twice_is_hiding_once(screencast: Screencast, by: Person) -> None:
    first, again = (hidings.hide_text(screencast, "Deploy the zebrawing", by=by) for _ in range(2))
    assert first.id == again.id


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5000, 5000), (9000, 100), (-1, 5)])
def test_a_range_that_is_none_is_refused(screencast: Screencast, by: Person, start_ms: int, end_ms: int) -> None:
    with pytest.raises(Invalid):
        hidings.hide_range(screencast, start_ms, end_ms, by=by)


def test_a_hiding_of_another_screencast_is_not_there(screencast: Screencast, by: Person, receive) -> None:  # type: ignore[no-untyped-def]
    hiding = hidings.hide_text(screencast, "Deploy the zebrawing", by=by)
    other = db.session.get_one(Screencast, receive())
    with pytest.raises(NotFound):
        hidings.show_again(other, hiding.id, by=by)
    assert LINES[0].text not in seen(screencast.id)


def test_a_drafted_chapter_is_not_called_by_a_line_that_is_hidden(screencast: Screencast, by: Person) -> None:
    drafted = [
        Chapter(screencast_id=screencast.id, start_ms=at, title=LINES[place].text, draft=True)
        for place, at in ((0, 0), (1, 5000))
    ]
    with writing() as session:
        held = session.get_one(Screencast, screencast.id)
        session.add_all(drafted)
        held.chapters = [{"start_ms": each.start_ms, "title": each.title} for each in drafted]
    hidings.hide_text(screencast, LINES[1].text, by=by)
    told = [each.title for each in chapters.of(screencast.id)] + [each["title"] for each in screencast.chapters]
    assert not [title for title in told if "Lovelace" in title]


def test_chapters_that_somebody_chose_stay_when_a_line_is_hidden(screencast: Screencast, by: Person) -> None:
    chapters.put(screencast, [Wanted(0, "First"), Wanted(500, "Then")], by=by)
    hidings.hide_text(screencast, LINES[1].text, by=by)
    assert [each.title for each in chapters.of(screencast.id)] == ["First", "Then"]


def test_signs_that_no_database_keeps_are_left_out_of_a_hidden_text(screencast: Screencast, by: Person) -> None:
    assert hidings.hide_text(screencast, "customer:\x00Ada\u202e Lovelace", by=by).text == "customer: Ada Lovelace"
    with pytest.raises(Invalid):
        hidings.hide_text(screencast, "\x00", by=by)


def test_so_much_can_be_hidden_and_secrets_that_the_site_hides_do_not_count(screencast: Screencast, by: Person) -> None:
    with writing() as session:
        session.add(ScreenHiding(screencast_id=screencast.id, text="api_key=one of the site's"))
        for number in range(hidings.MOST - 1):
            session.add(ScreenHiding(screencast_id=screencast.id, text=f"line {number}", by_id=by.id))
    hidings.hide_range(screencast, 0, 1000, by=by)
    with pytest.raises(Invalid):
        hidings.hide_text(screencast, LINES[1].text, by=by)
    assert LINES[1].text in seen(screencast.id)
