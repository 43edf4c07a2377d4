"""The pages that change one screencast, without JavaScript, and the parts of pages that follow its steps."""

import io
import re
from collections.abc import Callable

import pytest

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.db import db, writing
from kb.screencasts.models import Screencast, State, StepState
from tests.conftest import Caller, People
from tests.web.actors import World
from tests.web.test_markup import Page

NO_VIDEO = b"PK\x03\x04" + bytes(5000)


@pytest.fixture
def item(receive: Callable[..., str]) -> str:
    return receive(title="Before", purpose="reset it", tags=["dns", "vpn"], visibility="team")


def values(page: str) -> dict[str, str | None]:
    """What stands in the fields of a form."""
    return {
        str(attributes["name"]): attributes.get("value")
        for tag, attributes in Page(page).elements
        if tag == "input" and attributes.get("name")
    }


def chosen(page: str, name: str) -> str:
    """What a browser sends for a select: the option that is selected, else the first."""
    select = page.partition(f'name="{name}"')[2].partition("</select>")[0]
    options = re.findall(r'<option value="([^"]*)" ?(selected)?', select)
    return next((value for value, is_selected in options if is_selected), options[0][0])


def test_the_form_to_edit_holds_what_there_is(author: Caller, item: str, people: People) -> None:
    page = author.get(f"/screencasts/{item}/edit").text
    held = values(page)
    assert (held["title"], held["purpose"], held["tags"]) == ("Before", "reset it", "dns, vpn")
    chosen = {
        attributes["value"] for tag, attributes in Page(page).elements if tag == "option" and "selected" in attributes
    }
    assert {"team", people.team} <= chosen


@pytest.mark.parametrize("teams", [(), ("Red",)], ids=["in no team", "in another"])
def test_to_edit_the_words_opens_nothing_that_is_for_a_team_its_author_left(
    author: Caller, item: str, people: People, teams: tuple[str, ...]
) -> None:
    admin = db.session.get_one(Person, people.admin)
    others = [accounts.add_team(name, by=admin).id for name in teams]
    accounts.change_person(people.author, by=admin, role=Role.member, active=True, team_ids=others)
    page = author.get(f"/screencasts/{item}/edit").text
    form = {"title": "After", "visibility": chosen(page, "visibility"), "team": chosen(page, "team")}
    assert author.post(f"/screencasts/{item}/edit", data=form).status_code == 302
    found = author.get(f"/api/v1/screencasts/{item}").json
    assert (found["title"], found["visibility"], found["team"]["id"]) == ("After", "team", people.team)


def test_who_tidies_somebody_elses_is_not_asked_who_may_see_it(
    author: Caller, receive: Callable[..., str], people: People, call_as: Callable[[str], Caller]
) -> None:
    item, curator = receive(title="Before"), call_as(people.curator)
    assert 'name="visibility"' in author.get(f"/screencasts/{item}/edit").text
    assert 'name="visibility"' not in curator.get(f"/screencasts/{item}/edit").text
    assert curator.post(f"/screencasts/{item}/edit", data={"title": "Tidied"}).status_code == 302
    found = author.get(f"/api/v1/screencasts/{item}").json
    assert (found["title"], found["visibility"]) == ("Tidied", "everyone")


def test_what_is_edited_is_kept_and_shown(author: Caller, item: str) -> None:
    form = {"title": "After", "purpose": "", "tags": "one, two", "visibility": "private", "category": ""}
    assert author.post(f"/screencasts/{item}/edit", data=form).location == f"/screencasts/{item}"
    found = author.get(f"/api/v1/screencasts/{item}").json
    assert (found["title"], found["purpose"], found["tags"]) == ("After", "", ["one", "two"])
    assert (found["visibility"], found["team"]) == ("private", None)


def test_a_fault_of_the_form_stands_under_its_field_and_nothing_is_lost(author: Caller, item: str) -> None:
    for form, field in (
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "After", "category": "unknown"}, "category"),
        ({"title": "After", "visibility": "team", "team": "unknown"}, "team"),
        ({"title": "After", "tags": "x" * 61}, "tags"),
    ):
        answer = author.post(f"/screencasts/{item}/edit", data={"purpose": "typed before", **form})
        assert answer.status_code == 422, form
        assert f'id="{field}-fault"' in answer.text, form
        assert values(answer.text)["purpose"] == "typed before"
    assert author.get(f"/api/v1/screencasts/{item}").json["title"] == "Before"


def test_what_was_typed_beside_a_file_that_is_not_taken_is_not_lost(author: Caller) -> None:
    answer = author.post("/upload", data={"title": "Minutes", "file": (io.BytesIO(NO_VIDEO), "minutes.docx")})
    assert answer.status_code == 415
    assert 'id="file-fault"' in answer.text
    assert values(answer.text)["title"] == "Minutes"


def test_a_draft_is_published_by_a_button(author: Caller, receive: Callable[..., str]) -> None:
    item = receive(draft=True)
    assert f"/screencasts/{item}/publish" in author.get(f"/screencasts/{item}").text
    author.post(f"/screencasts/{item}/publish")
    assert not author.get(f"/api/v1/screencasts/{item}").json["draft"]
    assert f"/screencasts/{item}/publish" not in author.get(f"/screencasts/{item}").text


def test_what_is_deleted_by_a_button_is_gone_until_it_is_taken_back(author: Caller, item: str) -> None:
    assert author.post(f"/screencasts/{item}/delete").location == "/"
    undo = re.search(r'action="([^"]+/restore)"', author.get("/").text)
    assert author.get(f"/screencasts/{item}").status_code == 404
    db.session.rollback()
    assert db.session.get_one(Screencast, item).trashed_at
    assert undo
    author.post(undo[1])
    assert author.get(f"/screencasts/{item}").status_code == 200


@pytest.mark.parametrize("view", ["card", "row", "watch", "stage"])
def test_a_part_is_kept_up_to_date_while_there_is_work_and_no_more_when_it_is_done(
    receive: Callable[..., str], author: Caller, world: World, view: str
) -> None:
    screencast_id = receive()
    busy = author.get(f"/screencasts/{screencast_id}/status?view={view}")
    done = world.call("author", "GET", f"/screencasts/{world.items['everyone']}/status?view={view}")
    for answer in (busy, done):
        assert answer.status_code == 200
        assert "<html" not in answer.text
    asked_for, over = (
        [attributes["data-live-from"] for _, attributes in Page(answer.text).elements if "data-live-from" in attributes]
        for answer in (busy, done)
    )
    assert len(asked_for) == 1
    assert (asked_for[0] or "").startswith(f"/screencasts/{screencast_id}/status?view={view}")
    assert over == []


def test_the_row_of_a_ready_upload_says_which_step_failed_and_offers_the_retry(
    receive: Callable[..., str], author: Caller
) -> None:
    screencast_id = receive()
    with writing() as session:
        screencast = session.get_one(Screencast, screencast_id)
        screencast.state = State.ready
        for step in screencast.steps:
            step.state = StepState.done
        screencast.steps[0].state, screencast.steps[0].error_text = StepState.failed, "The original is missing."
    text = author.get(f"/screencasts/{screencast_id}/status?view=row").text
    assert "One step failed: " in text
    assert "The original is missing." in text
    assert f'hx-post="/screencasts/{screencast_id}/retry"' in text


def test_a_part_that_does_not_exist_is_refused(world: World) -> None:
    for view in ("unknown", "../card", "%00"):
        assert (
            world.call("author", "GET", f"/screencasts/{world.items['everyone']}/status?view={view}").status_code == 422
        )


def test_the_form_to_upload_offers_ones_teams_and_the_tree(world: World) -> None:
    mine = world.call("author", "GET", "/upload").text
    assert "Blue" in mine
    assert "Network" in mine
    assert "Blue" not in world.call("other", "GET", "/upload").text
