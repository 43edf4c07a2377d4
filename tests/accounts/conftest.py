import re
from collections.abc import Callable

import pytest
from flask import Flask

from kb.accounts import actions
from kb.accounts.models import Person, Role
from kb.config import Settings
from tests.conftest import PASSWORD
from tests.web.actors import Browser
from tests.web.actors import site as site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One secret for every test, for it is part of a password's hash."""
    return settings.model_copy(update={"secret_key": "the secret of the tests"})


@pytest.fixture(scope="session")
def hashed() -> dict[str, str]:
    """Hashing is slow on purpose, so the password of the tests is hashed once."""
    return {}


@pytest.fixture
def join(in_site: Flask, hashed: dict[str, str]) -> Callable[..., Person]:
    """(name, role) -> a person with the tests' password."""

    def joined(name: str = "ada", role: Role = Role.member) -> Person:
        from kb.db import writing

        person = actions.add_person(f"{name}@test.example", name.title(), role, None)
        with writing():
            if "hash" not in hashed:
                from flask_security import hash_password

                hashed["hash"] = hash_password(PASSWORD)
            person.password = hashed["hash"]
        return person

    return joined


@pytest.fixture
def browser(in_site: Flask) -> Browser:
    return in_site.test_client()  # type: ignore[return-value]


@pytest.fixture
def ada(join: Callable[..., Person], signed_in: Callable[[str], Browser]) -> Browser:
    """The browser of Ada, who has signed in."""
    return signed_in(join("ada").id)


def csrf_of(browser: Browser, url: str = "/sign-in") -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(url, follow_redirects=True).text)
    assert found
    return found[1]


def send(browser: Browser, url: str, page: str | None = None, **data: object):  # type: ignore[no-untyped-def]
    """Fill in a form of `page` (or of the URL itself) as a browser does."""
    return browser.post(url, data={"csrf_token": csrf_of(browser, page or url), **data})


def sign_in(browser: Browser, email: str, password: str = PASSWORD, **more: object):  # type: ignore[no-untyped-def]
    return send(browser, "/sign-in", email=email, password=password, **more)
