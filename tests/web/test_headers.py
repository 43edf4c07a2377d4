"""What every answer carries, whatever it is and whoever asks."""

import re
from itertools import product

import pytest
from werkzeug.test import TestResponse

from tests.web.access import Acts
from tests.web.actors import World
from tests.web.routes import ROUTES

# Said a second time: a looser one must fail here.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FILE = "default-src 'none'; sandbox"
FILES = ("/files/", "/original", "/storyboard.vtt", "/still", "/preview", "/captions/", "/chapters.vtt")


@pytest.fixture(scope="module")
def answers(world: World) -> dict[tuple[str, str], TestResponse]:
    """Of every route, to somebody who may see it and to nobody; changes are asked for by nobody alone."""
    found = {}
    for route, what in ROUTES.items():
        method = route.split()[0]
        urls = (what.url,) if isinstance(what, Acts) else what.urls
        for url, actor in product(urls, ("nobody", "admin") if method == "GET" else ("nobody",)):
            found[f"{method} {url}", actor] = world.call(actor, method, world.fill(url))
    assert len(found) > 90
    return found


def test_every_answer_has_exactly_our_content_policy(answers: dict[tuple[str, str], TestResponse]) -> None:
    for (route, actor), answer in answers.items():
        is_file = answer.status_code == 200 and "/screencasts/" in route and any(part in route for part in FILES)
        assert answer.headers.getlist("Content-Security-Policy") == [FILE if is_file else PAGE], (route, actor)


def test_no_answer_lets_its_type_be_guessed_or_another_site_read_it(
    answers: dict[tuple[str, str], TestResponse],
) -> None:
    for asked, answer in answers.items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", asked
        assert headers["Referrer-Policy"] == "same-origin", asked
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", asked
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", asked
        assert not [name for name in dict(headers) if name.lower().startswith("access-control-")], asked
        assert headers["X-Request-Id"], asked
        assert "Server" not in headers or "Python" not in headers["Server"]


def test_nothing_that_depends_on_its_reader_is_kept_for_another(
    answers: dict[tuple[str, str], TestResponse],
) -> None:
    for (route, actor), answer in answers.items():
        if "/static/" in route:
            assert "public" in answer.headers["Cache-Control"]
        else:
            # Uploads in parts are to be asked anew each time (tus 1.0.0).
            usual = "no-store" if "/uploads" in route else "private, no-cache"
            assert answer.headers["Cache-Control"] == usual, (route, actor)


def test_a_page_and_its_part_are_not_taken_for_each_other(world: World) -> None:
    for url in ("/", "/search?q=reset", "/me"):
        assert "HX-Request" in world.call("admin", "GET", url).headers["Vary"], url


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(
    answers: dict[tuple[str, str], TestResponse],
) -> None:
    """The policy would stop them; a page that needs one would be broken."""
    for asked, answer in answers.items():
        if answer.mimetype == "text/html":
            assert not re.search(r"<script(?![^>]*\ssrc=)", answer.text), asked
            assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), asked
            assert not re.search(r"""(?:src|href|action)="(?:https?:)?//""", answer.text), asked


def test_the_name_of_a_request_is_ours_or_a_harmless_one(world: World) -> None:
    def named(given: str) -> str:
        return str(world.call("nobody", "GET", "/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"])

    assert named("deploy-7_a") == "deploy-7_a"
    for given in ("a b", "<script>", "x" * 65, "", "ab", "a;b"):
        assert named(given) != given
