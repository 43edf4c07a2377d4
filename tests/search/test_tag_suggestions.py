"""Tags offered for a screencast: of its own words and of what its asker may see."""

from flask import Flask

from kb import outbox
from kb.accounts.actions import access_changed
from kb.accounts.rules import Viewer
from kb.db import writing
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search.tag_suggestions import suggested
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import ScreenLine, WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People
from tests.search.conftest import Make


def names(viewer: Viewer, screencast: Screencast) -> list[str]:
    search.rebuild()
    return names_now(viewer, screencast)


def names_now(viewer: Viewer, screencast: Screencast) -> list[str]:
    return [each.name for each in suggested(viewer, screencast)]


def say(screencast: Screencast, text: str, *, draft: bool = False) -> None:
    source = WordsFrom.speech if draft else WordsFrom.upload
    transcripts.put(screencast.id, "en", [TimedText(0, 9_000, text)], source=source, draft=draft)


def test_a_tag_of_others_comes_first_where_its_word_is_said(make: Make, as_author: Viewer) -> None:
    for number in range(3):
        make(f"Certificate {number}", "certificate")
    new = make("How it is done")
    say(new, "we renew the certificate")
    assert names(as_author, new) == ["certificate"]


def test_words_on_the_screen_count_unless_they_are_hidden(make: Make, as_author: Viewer) -> None:
    make("Wireguard one", "wireguard")
    new = make("How it is done")
    screen_text.put(new.id, [TimedText(0, 9_000, "WireGuard Settings")])
    assert "wireguard" in names(as_author, new)
    with writing() as session:
        for line in session.query(ScreenLine).filter_by(screencast_id=new.id):
            line.is_hidden = True
    assert names(as_author, new) == []


def test_a_draft_engine_alone_suggests_nothing(make: Make, as_author: Viewer) -> None:
    make("Certificate", "certificate")
    new = make("How it is done")
    say(new, "certificate certificate", draft=True)
    assert names(as_author, new) == []


def test_no_tag_and_no_word_of_what_the_asker_may_not_see(make: Make, people: People, as_author: Viewer) -> None:
    for number in range(3):
        make(f"Zanzibar payroll {number}", "zanzibar", author_id=people.other, visibility="private")
    new = make("Zanzibar trip")
    assert names(as_author, new) == []
    assert names(Viewer(person_id=people.other), new)[0] == "zanzibar"


def test_no_word_that_was_taken_out_before_the_asker_could_see_it(
    make: Make, people: People, as_author: Viewer
) -> None:
    shared = [make(f"Zanzibar payroll {number}", author_id=people.other, visibility="private") for number in range(3)]
    new = make("Zanzibar trip")
    search.rebuild()
    with writing():
        for each in shared:
            each.title, each.visibility = "Payroll", "everyone"
            outbox.changed(each.id, widens=True)
        access_changed()
    assert names_now(as_author, new) == []


def test_what_it_has_already_is_left_out(make: Make, as_author: Viewer) -> None:
    make("Certificate", "certificate")
    assert "certificate" not in names(as_author, make("Certificate renewal", "certificate"))


class Broken(MemoryIndex):
    def spread(self, *_args: object, **_options: object) -> dict[str, int]:
        raise IndexBroken("torn")


def test_while_the_index_can_not_be_read_nothing_is_offered(make: Make, as_author: Viewer, in_site: Flask) -> None:
    make("Certificate", "certificate")
    new = make("Certificate renewal")
    assert names(as_author, new)[0] == "certificate"
    in_site.extensions["kb.hands"].index = Broken()
    assert suggested(as_author, new) == []


def test_the_api_offers_them_to_who_may_set_them(make: Make, author: Caller) -> None:
    make("Certificate", "certificate")
    new = make("Certificate renewal")
    search.rebuild()
    answer = author.get(f"/api/v1/screencasts/{new.id}/suggested-tags")
    assert answer.json["tags"][0] == {"name": "certificate", "count": 1}
    assert 'data-take-tag="certificate"' in author.get(f"/screencasts/{new.id}/suggested-tags").text


def test_a_tag_is_known_by_its_forms_in_the_language_of_the_recording(make: Make, as_author: Viewer) -> None:
    for number in range(2):
        other = make(f"Drucker {number}", "drucker")
        transcripts.put(other.id, "de", [TimedText(0, 9_000, "zwei Drucker")], source=WordsFrom.upload)
    new = make("Wie es geht")
    transcripts.put(new.id, "de", [TimedText(0, 9_000, "bei den Druckern")], source=WordsFrom.upload)
    assert names(as_author, new) == ["drucker"]
