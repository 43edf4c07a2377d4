"""More like this: by the words that stand out, among what the asker may see."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kb.accounts.rules import Viewer
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search.similar import SHOWN, similar
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People
from tests.search.conftest import Make


def alike(viewer: Viewer, screencast: Screencast) -> dict[str, list[str]]:
    search.rebuild()
    return {each.screencast.title: each.words for each in similar(viewer, screencast)}


def test_those_that_share_its_telling_words_and_which_words_those_are(make: Make, as_author: Viewer) -> None:
    pods = make("Restart the pods with kubectl", "kubernetes")
    make("Why pods restart", "kubernetes")
    make("Reset the printer")
    for number in range(5):
        make(f"Budget {number}")
    found = alike(as_author, pods)
    assert list(found) == ["Why pods restart"]
    assert set(found["Why pods restart"]) == {"pods", "restart", "kubernetes"}


def test_what_is_said_counts_too(make: Make, as_author: Viewer) -> None:
    first, second = make("How I do it"), make("What nobody told me")
    for number in range(5):
        make(f"Budget {number}")
    for each in (first, second):
        said = [TimedText(0, 9_000, "first the ingress then the certificate")]
        transcripts.put(each.id, "en", said, source=WordsFrom.upload)
    assert set(alike(as_author, first)["What nobody told me"]) == {"ingress", "certificate"}


def test_at_most_four_and_never_itself(make: Make, as_author: Viewer) -> None:
    first = make("Kubernetes pods 0", "kubernetes")
    for number in range(1, 9):
        make(f"Kubernetes pods {number}", "kubernetes")
    for number in range(20):
        make(f"Budget {number}")
    found = alike(as_author, first)
    assert len(found) == SHOWN
    assert first.title not in found


def test_nothing_of_what_the_asker_may_not_see_and_not_by_its_words(
    make: Make, people: People, as_author: Viewer
) -> None:
    first = make("Zanzibar payroll")
    make("Zanzibar payroll export", visibility="private")
    make("Budget")
    assert list(alike(as_author, first)) == ["Zanzibar payroll export"]
    assert similar(Viewer(person_id=people.other), first) == []


def test_one_word_that_half_of_all_hold_makes_nothing_alike(make: Make, as_author: Viewer) -> None:
    first = make("Certificate renewal with certbot")
    make("Certbot and renewal explained")
    for number in range(6):
        make(f"Certificate number {number}")
    assert list(alike(as_author, first)) == ["Certbot and renewal explained"]


class Broken(MemoryIndex):
    def spread(self, *_args: Any, **_options: Any) -> dict[str, int]:
        raise IndexBroken("torn")


def test_while_the_index_can_not_be_read_there_is_nothing(make: Make, as_author: Viewer, in_site: Flask) -> None:
    make("Why pods restart")
    first = make("Pods restart")
    assert alike(as_author, first)
    in_site.extensions["kb.hands"].index = Broken()
    assert similar(as_author, first) == []


def test_the_api_and_the_watch_page_have_them(
    make: Make, people: People, author: Caller, signed_in: Callable[[str], FlaskClient]
) -> None:
    first, second = make("Pods restart"), make("Why pods restart")
    search.rebuild()
    [item] = author.get(f"/api/v1/screencasts/{first.id}/similar").json["items"]
    assert item["screencast"] == author.get(f"/api/v1/screencasts/{second.id}").json
    assert set(item["words"]) == {"pods", "restart"}
    browser = signed_in(people.author)
    address = f"/screencasts/{first.id}/similar"
    assert f'hx-get="{address}"' in browser.get(f"/screencasts/{first.id}").text
    part = browser.get(address, headers={"HX-Request": "true"}).text
    assert "Why pods restart" in part
    assert "Both about" in part
    assert "<main" not in part
    assert "<main" in browser.get(address).text
