"""Teams as admins tend them, and the page about people."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kb.accounts import actions
from kb.accounts.models import Person, Role, Team
from kb.accounts.rules import Viewer
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.screencasts.models import Screencast
from tests.accounts.conftest import send
from tests.web.actors import Browser

Join = Callable[..., Person]


@pytest.fixture
def admin(join: Join) -> Person:
    return join("root", Role.admin)


@pytest.fixture
def blue(admin: Person) -> Team:
    return actions.add_team("Blue", by=admin)


@pytest.fixture
def as_admin(admin: Person, signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in(admin.id)


def delete(team: Team, admin: Person) -> None:
    actions.delete_team(team.id, by=admin, viewer=Viewer(person_id=admin.id))


def share(team: Team, author: Person, **fields: object) -> None:
    with writing() as session:
        shown = {"visibility": "team", "published_at": now(), "team_id": team.id} | fields
        session.add(Screencast(title="Shared", author_id=author.id, filename="a.mp4", **shown))


def test_a_team_is_renamed_to_what_no_other_is_called(admin: Person, blue: Team) -> None:
    actions.add_team("Red", by=admin)
    actions.rename_team(blue.id, "  BLUE ", by=admin)
    assert blue.name == "BLUE"
    for name, kind in (("red", Conflict), ("", Invalid), ("x" * 121, Invalid)):
        with pytest.raises(kind):
            actions.rename_team(blue.id, name, by=admin)
    with pytest.raises(NotFound):
        actions.rename_team("gone", "Green", by=admin)


def test_a_team_that_nothing_is_shared_with_goes_and_its_people_stay(admin: Person, blue: Team) -> None:
    actions.change_person(admin.id, by=admin, role=Role.admin, active=True, team_ids=[blue.id])
    delete(blue, admin)
    assert db.session.scalars(select(Team)).all() == []
    assert admin.teams == []


@pytest.mark.parametrize("fields", [{}, {"published_at": None}, {"trashed_at": now()}])
def test_a_team_that_something_is_shared_with_stays(
    admin: Person, join: Join, blue: Team, fields: dict[str, object]
) -> None:
    share(blue, join("ada"), **fields)
    with pytest.raises(Conflict) as refused:
        delete(blue, admin)
    # The admin is not in the team: how much is shared with it is not theirs to know.
    assert "alone, so it stays" in refused.value.detail
    assert db.session.get(Team, blue.id)


def test_a_refusal_counts_what_the_admin_may_see(admin: Person, join: Join, blue: Team) -> None:
    share(blue, admin)
    share(blue, join("ada"))
    with pytest.raises(Conflict) as refused:
        delete(blue, admin)
    assert "(1 that you can see)" in refused.value.detail


def test_the_refusal_is_said_on_the_page(as_admin: Browser, admin: Person, blue: Team) -> None:
    share(blue, admin)
    send(as_admin, f"/teams/{blue.id}/delete", page="/people")
    assert "Screencasts are shared with the team “Blue” alone" in as_admin.get("/people").text


def test_the_form_of_a_person_changes_role_and_teams(as_admin: Browser, join: Join, blue: Team) -> None:
    ada = join("ada")
    page = as_admin.get("/people").text
    assert f'name="team" value="{blue.id}"' in page
    send(as_admin, f"/people/{ada.id}", page="/people", role="curator", active="true", team=[blue.id])
    db.session.rollback()
    assert (ada.role, [team.name for team in ada.teams]) == ("curator", ["Blue"])


def test_several_links_are_made_in_one_go_and_shown_once(as_admin: Browser) -> None:
    send(as_admin, "/people/invitations", page="/people", role="member", count="3")
    page = as_admin.get("/people").text
    assert page.count("/join/") == 3
    assert "/join/" not in as_admin.get("/people").text


@pytest.mark.parametrize(
    "fields",
    [
        {"count": "0"},
        {"count": "21"},
        {"count": "many"},
        {"count": "1" * 5000},
        {"count": "2", "email": "eve@test.example"},
    ],
)
def test_a_number_of_links_that_makes_no_sense_is_refused(as_admin: Browser, fields: dict[str, str]) -> None:
    answer = send(as_admin, "/people/invitations", page="/people", role="member", **fields)
    assert answer.status_code == 422
    assert 'id="count-fault"' in answer.text
    assert "/join/" not in answer.text


def test_a_token_and_a_link_made_meanwhile_are_each_shown_where_they_belong(as_admin: Browser) -> None:
    send(as_admin, "/people/invitations", page="/people", role="member")
    send(as_admin, "/me/tokens", page="/me", name="script")
    assert 'value="kb_' not in as_admin.get("/people").text
    assert 'value="kb_' in as_admin.get("/me").text


def test_my_page_names_my_teams(as_admin: Browser, admin: Person, blue: Team) -> None:
    assert "Blue" not in as_admin.get("/me").text
    actions.change_person(admin.id, by=admin, role=Role.admin, active=True, team_ids=[blue.id])
    assert "Blue" in as_admin.get("/me").text
