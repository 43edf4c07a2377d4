"""What an admin does from a shell, above all one who is locked out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from kb.accounts import links
from kb.accounts.models import person_by_email
from kb.cli import kb
from kb.errors import NotFound
from tests.accounts.conftest import sign_in
from tests.web.actors import Browser

NEW = "some more words in a row"


@pytest.fixture
def run(in_site: Flask, tmp_path: Path) -> Callable[..., Result]:
    """Run a command on the data folder of the site."""
    settings = in_site.extensions["kb.settings"]
    environment = {"KB_DATA_DIR": str(settings.data_dir), "KB_SECRET_KEY": settings.secret_key}
    environment |= {"KB_DATABASE_URL": settings.database_url} if settings.database_url else {}

    def ran(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(kb, arguments, input=typed, env=environment)

    return ran


@pytest.fixture
def root(run: Callable[..., Result]) -> str:
    added = run("user", "add", "root@test.example", "--name", "Root", "--role", "admin", "--password-stdin", typed=NEW)
    assert added.output == "root@test.example is here now, as admin.\n"
    return "root@test.example"


def test_a_link_for_a_new_password_is_printed_alone(run: Callable[..., Result], root: str) -> None:
    printed = run("user", "password", root).output.strip()
    address, _, token = printed.rpartition("/new-password/")
    assert address == "http://127.0.0.1:8000"
    assert links.whose_password(token).email == root


def test_a_password_is_set_from_standard_input(run: Callable[..., Result], root: str, browser: Browser) -> None:
    assert sign_in(browser, root, "words that are new now").status_code == 422
    assert run("user", "password", root, "--password-stdin", typed="words that are new now\n").exit_code == 0
    assert sign_in(browser, root, "words that are new now").status_code == 302


def test_somebody_who_is_not_here_gets_none(run: Callable[..., Result]) -> None:
    refused = run("user", "password", "nobody@test.example")
    assert isinstance(refused.exception, NotFound)
    assert person_by_email("nobody@test.example") is None
