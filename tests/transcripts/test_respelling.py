"""Names put right in transcripts that are there: what is found, for whom, and the way back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories import glossary
from kb.categories.glossary import Known
from kb.db import db, now, writing
from kb.index.contract import IndexBroken
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.search.actions import drain
from kb.transcripts import actions, respelling
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import revisions
from kb.transcripts.models import Transcript, WordsFrom
from tests.conftest import People

SAID = "so Kuber netties, restarts"


@pytest.fixture
def curator(people: People) -> Viewer:
    return Viewer(people.curator, is_curator=True, sees_public=True)


@pytest.fixture
def by(people: People) -> Person:
    return db.session.get_one(Person, people.curator)


@pytest.fixture
def say(in_site: Flask, people: People) -> Callable[..., str]:
    """(texts …, columns …) -> the id of a screencast in which an engine heard them, a word a second."""

    def said(*texts: str, source: WordsFrom = WordsFrom.speech, draft: bool = True, **columns: Any) -> str:
        values = {"author_id": people.author, "visibility": "everyone", "published_at": now(), "state": "ready"}
        with writing() as session:
            screencast = Screencast(title="A clip", **(values | columns))
            session.add(screencast)
            session.flush()
            cues = [TimedText(place * 10_000, place * 10_000 + 9_000, text) for place, text in enumerate(texts)]
            words = {
                place: [
                    [cue.start_ms + n * 1000, cue.start_ms + n * 1000 + 900, word, 0.3]
                    for n, word in enumerate(cue.text.split())
                ]
                for place, cue in enumerate(cues)
            }
            actions.put(screencast.id, "en", cues, source=source, draft=draft, words=words)
        drain()
        return screencast.id

    return said


@pytest.fixture
def kubernetes(people: People) -> Known:
    glossary.add("Kubernetes", ["kuber netties", "cube ernetes"], by=people.curator)
    return glossary.glossary().words[0]


def texts(screencast_id: str) -> list[str]:
    db.session.expire_all()
    return [cue.text for cue in actions.find(screencast_id, "en").cues]


def cue_ids(viewer: Viewer, word: Known) -> list[int]:
    return [line.cue_id for line in respelling.lines(viewer, [word], 100)[0]]


def put_right(viewer: Viewer, word: Known, by: Person) -> list[dict[str, Any]]:
    ids = cue_ids(viewer, word)
    with writing():
        return respelling.put_right(viewer, ids, [word], by=by)


def test_what_would_change_is_shown_with_its_place_and_what_comes_instead(
    curator: Viewer, say: Callable[..., str], kubernetes: Known
) -> None:
    screencast_id = say("nothing here", f"{SAID} and\ncube ernetes", "Kubernetes is right")
    say("see /etc/kuber netties/x")
    [line], more = respelling.lines(curator, [kubernetes], 100)
    assert (line.screencast.id, line.start_ms, line.draft, more) == (screencast_id, 10_000, True, False)
    assert line.pieces == [
        ("so ", None),
        ("Kuber netties", "Kubernetes"),
        (", restarts and\n", None),
        ("cube ernetes", "Kubernetes"),
        ("", None),
    ]
    assert respelling.counts(curator, [kubernetes]) == {kubernetes.id: 1}


def test_a_word_changes_its_own_names_alone(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, people: People, by: Person
) -> None:
    glossary.add("GitHub", ["git hub"], by=people.curator)
    screencast_id = say("kuber netties on git hub")
    put_right(curator, kubernetes, by)
    assert texts(screencast_id) == ["Kubernetes on git hub"]


def test_what_somebody_does_not_see_is_neither_counted_nor_shown_nor_changed(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, people: People, by: Person
) -> None:
    hidden = [
        say(SAID, visibility="private"),
        say(SAID, visibility="team", team_id=people.team),
        say(SAID, published_at=None),
        say(SAID, trashed_at=now()),
    ]
    seen = say(SAID)
    assert respelling.counts(curator, [kubernetes]) == {kubernetes.id: 1}
    assert [line.screencast.id for line in respelling.lines(curator, [kubernetes], 100)[0]] == [seen]
    every = [cue.id for each in hidden for cue in actions.find(each, "en").cues]
    with writing():
        assert respelling.put_right(curator, every, [kubernetes], by=by) == []
    assert [texts(each) for each in hidden] == [[SAID]] * 4


def test_who_sees_it_but_may_not_change_it_changes_nothing(
    say: Callable[..., str], kubernetes: Known, people: People
) -> None:
    screencast_id = say(SAID)
    other = Viewer(people.other)
    with writing():
        done = respelling.put_right(
            other, cue_ids(other, kubernetes), [kubernetes], by=db.session.get_one(Person, people.other)
        )
    assert (done, texts(screencast_id)) == ([], [SAID])


def test_text_and_words_are_put_right_and_found_again_and_an_engine_may_still_do_better(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, by: Person
) -> None:
    screencast_id = say(SAID)
    before = actions.find(screencast_id, "en").version
    put_right(curator, kubernetes, by)
    assert texts(screencast_id) == ["so Kubernetes, restarts"]
    transcript = actions.find(screencast_id, "en")
    assert transcript.cues[0].words == [
        [0, 900, "so", 0.3],
        [1000, 2900, "Kubernetes,", 0.3],
        [3000, 3900, "restarts", 0.3],
    ]
    assert (transcript.source, transcript.draft, transcript.version) == ("speech", True, before + 1)
    assert [each.cause for each in revisions.of(transcript)] == ["glossary", "heard"]
    assert db.session.query(Outbox).filter_by(screencast_id=screencast_id).count() == 1
    assert respelling.counts(curator, [kubernetes]) == {kubernetes.id: 0}


def test_unticked_lines_and_those_put_right_meanwhile_stay(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, by: Person
) -> None:
    screencast_id = say(SAID, SAID)
    [first, _] = cue_ids(curator, kubernetes)
    for _ in range(2):
        with writing():
            done = respelling.put_right(curator, [first], [kubernetes], by=by)
    assert (done, texts(screencast_id)) == ([], ["so Kubernetes, restarts", SAID])


def test_what_was_put_right_is_taken_back_but_for_what_changed_since(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, by: Person
) -> None:
    one, other = say(SAID, "cube ernetes, kuber netties"), say(SAID)
    done = put_right(curator, kubernetes, by)
    [cue] = actions.find(other, "en").cues
    with writing() as session:
        session.merge(cue).text = "so we restart it"
    with writing():
        assert respelling.take_back(curator, done, by=by) == 1
    assert texts(one) == [SAID, "cube ernetes, kuber netties"]
    assert texts(other) == ["so we restart it"]
    assert [word[2] for word in actions.find(one, "en").cues[0].words or []] == SAID.split()


def test_what_is_kept_for_the_way_back_holds_no_more_of_somebodys_words_than_the_names(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, by: Person
) -> None:
    screencast_id = say(SAID)
    assert put_right(curator, kubernetes, by) == [
        {"id": screencast_id, "language": "en", "cues": [[0, 9000, [[3, "Kuber netties", "Kubernetes"]]]]}
    ]


def test_words_of_people_are_offered_too_and_stay_theirs(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, by: Person
) -> None:
    screencast_id = say(SAID, source=WordsFrom.upload, draft=False)
    put_right(curator, kubernetes, by)
    assert actions.find(screencast_id, "en").source == "upload"
    assert texts(screencast_id) == ["so Kubernetes, restarts"]


def test_names_in_any_script_are_found(curator: Viewer, say: Callable[..., str], people: People, by: Person) -> None:
    for written, heard in (("云平台", "运平台"), ("Müller-Portal", "müller portal"), ("GitHub", "git hub")):
        glossary.add(written, [heard], by=people.curator)
    said = ["我们的运平台很快", "das MÜLLER PORTAL", "on github", "on GitHub"]
    screencast_id = say(*said)
    for word in glossary.glossary().words:
        put_right(curator, word, by)
    assert texts(screencast_id) == ["我们的云平台很快", "das Müller-Portal", "on GitHub", "on GitHub"]


def test_without_an_index_every_cue_is_looked_at(
    in_site: Flask, curator: Viewer, say: Callable[..., str], kubernetes: Known
) -> None:
    say(SAID)

    class Broken:
        def search(self, *args: Any, **kwargs: Any) -> None:
            raise IndexBroken("torn")

    in_site.extensions["kb.hands"]._given_index = Broken()
    in_site.extensions["kb.hands"].__dict__.pop("index", None)
    assert respelling.counts(curator, [kubernetes]) == {kubernetes.id: 1}


def test_a_list_that_is_cut_says_so(curator: Viewer, say: Callable[..., str], kubernetes: Known) -> None:
    say(SAID, SAID, SAID)
    lines, more = respelling.lines(curator, [kubernetes], 2)
    assert (len(lines), more) == (2, True)


def test_asking_costs_as_many_statements_for_many_transcripts_as_for_one(
    curator: Viewer, say: Callable[..., str], kubernetes: Known, asked: list[str]
) -> None:
    def statements() -> int:
        db.session.rollback()
        db.session.expire_all()
        asked.clear()
        respelling.lines(curator, [kubernetes], 100)
        return len(asked)

    say(SAID)
    statements()
    one = statements()
    for _ in range(4):
        say(SAID)
    statements()
    assert statements() == one
    assert db.session.query(Transcript).count() == 5
