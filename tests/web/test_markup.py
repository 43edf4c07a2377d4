"""Words of people stay words: one payload in every field, every page read as a browser reads it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from sqlalchemy import update

from kb.accounts import actions as accounts
from kb.accounts import links, site
from kb.accounts.models import Person, Role, Team
from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.categories import tags
from kb.categories.tags import tags_named
from kb.categories.vocabulary import tag_name
from kb.curation import actions as curation
from kb.db import db, writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.web.access import Acts
from tests.web.actors import World
from tests.web.routes import ROUTES

# Out of an attribute, of a title, of a script; an element with a handler; a template's braces.
PAYLOAD = """'"></title></script><svg/onload=alert(1)>{{7*7}}"""
WORD = "zebra"
WORDS = f"{WORD} {PAYLOAD}"


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def addresses(self) -> Iterator[str]:
        for _, attributes in self.elements:
            for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data-api"):
                if attributes.get(name):
                    yield str(attributes[name])


@pytest.fixture(scope="module")
def hostile(world: World) -> World:
    """The world with the payload in every text that somebody can write."""
    with world.site.app_context():
        admin = db.session.get_one(Person, world.people["admin"])
        for person in world.people.values():
            accounts.rename(db.session.get_one(Person, person), WORDS)
        with writing() as session:
            session.execute(update(Team).where(Team.id == world.team).values(name=WORDS))
            session.execute(
                update(Screencast).values(title=WORDS, purpose=WORDS, description=WORDS, filename=f"{WORDS}.mp4")
            )
            for each in session.query(Screencast):
                each.tags = tags_named([WORDS])
        categories.change(world.category, by=admin.id, name=WORDS, description=WORDS)
        site.rename(WORDS, by=admin)
        viewer = Viewer(admin.id, is_curator=True)
        tags.say_same(viewer, WORDS, [f"same {PAYLOAD}"], by=admin.id)
        asked = {"moves": False, "category": None, "remove_tags": []}
        change = curation.change_of(add_tags=[f"bulk {PAYLOAD}"], **asked)  # type: ignore[arg-type]
        assert curation.apply(viewer, [world.items["everyone"]], change, by=admin)
        accounts.add_token(admin, WORDS)
        links.invite(Role.member, by=admin, email="'\"><svg/onload=alert(1)>@test.example")
        for screencast_id in world.items.values():
            cues = [TimedText(0, 900, WORDS)]
            transcripts.put(screencast_id, "en", cues, source=WordsFrom.edited)
        search.rebuild()
    return world


@pytest.fixture(scope="module")
def pages(hostile: World) -> dict[str, Page]:
    """Every page that somebody who may see everything can load, with the payload in the address too."""
    urls = {(url, "") for url in ("/nothing", "/join/x", "/screencasts/x", "/sign-in?next=/x")}
    for route, what in ROUTES.items():
        for url in ((what.url,) if isinstance(what, Acts) else what.urls) if route.startswith("GET ") else ():
            urls |= {(url, ""), (url, "words")}
    found = {}
    for url, words in sorted(urls):
        whole = hostile.fill(url.replace("{tag}", quote(tag_name(WORDS))))
        for actor in ("admin",) if words else ("admin", "nobody"):
            answer = hostile.call(
                actor,
                "GET",
                whole.partition("?")[0] if words else whole,
                public=True,
                query_string=dict.fromkeys(("q", "tag", "next", "words", "t", "view"), WORDS) if words else None,
            )
            if answer.mimetype == "text/html":
                found[f"{actor} {url} {words}"] = Page(answer.text)
    assert len(found) > 50
    return found


def test_no_page_has_an_element_or_a_handler_that_we_did_not_write(pages: dict[str, Page]) -> None:
    for url, page in pages.items():
        for tag, attributes in page.elements:
            handlers = [name for name in attributes if name.startswith("on") or name == "srcdoc" or name == "style"]
            assert not handlers, (url, tag, attributes)
            assert tag not in ("iframe", "object", "embed", "base", "link" if "rel" not in attributes else ""), url
        assert "alert(1)" not in "".join(tag for tag, _ in page.elements)


def test_the_words_are_there_as_words(pages: dict[str, Page], hostile: World) -> None:
    """Else the test above would pass on empty pages."""
    watch = next(page for url, page in pages.items() if url == "admin /screencasts/{id} ")
    assert sum(PAYLOAD in text for text in watch.texts) >= 5
    listed = ("/", "/people", "/me", "/categories", "/site", "/tags", "/audit", "/curation", "/trash", "/inbox")
    for url in (*(f"admin {each} " for each in listed), "admin /search?q=reset words"):
        page = pages[url]
        assert "".join(page.texts).count("svg/onload=alert(1)") >= 1, url


def test_no_template_is_made_of_the_words_of_people(pages: dict[str, Page]) -> None:
    for url, page in pages.items():
        attributes = (str(value) for _, attributes in page.elements for value in attributes.values())
        assert "alert(1)>49" not in " ".join([*page.texts, *attributes]), url


def test_no_address_leads_away_or_runs_anything(pages: dict[str, Page]) -> None:
    for url, page in pages.items():
        for address in page.addresses():
            fine = address.startswith(("/", "#", "?", "data:image/svg+xml,")) and not address.startswith(("//", "/\\"))
            assert fine, (url, address)


def test_marked_words_of_an_answer_hold_marks_and_nothing_else(hostile: World) -> None:
    for query in (WORD, WORDS, "svg onload alert", "script", "mark"):
        answer = hostile.call("author", "GET", "/api/v1/search", query_string={"q": query}).json
        for hit in answer["hits"]:
            for html in (hit["title_html"], *(moment["html"] for moment in hit["moments"])):
                assert {(tag, *attributes) for tag, attributes in Page(html).elements} <= {("mark",)}, html
                rest = html.replace("<mark>", "").replace("</mark>", "")
                assert not set("<>\"'") & set(rest), html
    assert hostile.call("author", "GET", f"/api/v1/search?q={WORD}").json["total"] > 3


def test_json_is_never_taken_for_a_page(hostile: World) -> None:
    for url in ("/api/v1/screencasts", f"/api/v1/search?q={WORD}", "/api/v1/me", "/api/v1/categories"):
        answer = hostile.call("author", "GET", url)
        assert answer.content_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_that_is_shown_again_shows_words(hostile: World) -> None:
    forms = {
        "/me": {"name": PAYLOAD * 9},
        "/categories": {"name": PAYLOAD * 9},
        "/teams": {"name": PAYLOAD * 9},
        "/upload": {"title": WORDS, "tags": WORDS, "purpose": WORDS},
        f"/screencasts/{hostile.items['everyone']}/edit": {"title": "", "purpose": WORDS, "tags": WORDS, "team": WORDS},
        "/people/invitations": {"email": PAYLOAD, "role": "member"},
        "/me/tokens": {"name": PAYLOAD * 9},
    }
    for url, data in forms.items():
        answer = hostile.call("admin", "POST", url, data=data)
        assert answer.status_code == 422, (url, answer.status)
        assert not [
            name for _, attributes in Page(answer.text).elements for name in attributes if name.startswith("on")
        ]


def test_words_that_are_shown_by_a_script_come_as_json_or_attributes(pages: dict[str, Page]) -> None:
    """Alpine reads x-data and x-bind as names of our own components: never an expression with words of people."""
    for url, page in pages.items():
        for tag, attributes in page.elements:
            for name, value in attributes.items():
                if name.startswith(("x-", "@", ":")) and value:
                    assert WORD not in value, (url, tag, name)


@pytest.mark.parametrize("url", ["/", "/search?q=reset"])
def test_arguments_of_an_address_do_not_steer_how_addresses_are_made(hostile: World, url: str) -> None:
    """`url_for` takes _scheme, _external, _anchor and endpoint beside the values of an address."""
    mark = "&" if "?" in url else "?"
    for odd in (
        "_scheme=javascript&_external=1",
        "endpoint=static",
        "_anchor=x&_method=POST",
        "_external=1",
        "values=1",
    ):
        answer = hostile.call("author", "GET", f"{url}{mark}{odd}")
        assert answer.status_code == 200, odd
        for address in Page(answer.text).addresses():
            assert address.startswith(("/", "#", "data:image/svg+xml,")), (odd, address)
