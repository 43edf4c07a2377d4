"""Every page of the route table in real Chromium: nothing for axe to find, nothing that scrolls sideways."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from kb.accounts import actions as accounts
from kb.accounts.models import Person
from kb.categories import actions as categories
from kb.categories import glossary
from kb.categories.tags import tags_named
from kb.config import ROOT
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from tests.browser.conftest import open_as, serve
from tests.web.access import Acts, Open
from tests.web.actors import World, make_world
from tests.web.routes import ROUTES

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
RIGHT_TO_LEFT = "كيف أعيد تشغيل الشبكة الافتراضية في ثلاث خطوات"
# Seen at: a wide screen, a phone, and a wide screen at 200 %.
VIEWS = {"wide": (1440, 900), "phone": (390, 844), "zoomed": (720, 450)}
# The same words, colours and roles as on the wide screen: axe, which takes longest, has nothing more to find.
WITHOUT_AXE = ("zoomed",)
# Of a page that a script puts together: by what one sees that it is whole.
LAST_TO_COME = {"/api/docs": "[aria-label='Server and token']"}
PAGES = sorted(
    {
        url
        for route, what in ROUTES.items()
        if route.startswith("GET ") and (isinstance(what, Open) or what.is_page)
        for url in ((what.url,) if isinstance(what, Acts) else what.urls)
        if not (url.endswith((".json", "z", ".csv", "/counts", "/suggested-tags", "/badge")) or "/status?" in url)
    }
    | {"/?select=1", "/search?q=clip&select=1", "/nothing-here", "/search?q=nothing-has-this", "/search"}
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    """The world with what strains a page: long words, right to left, many tags and categories, a full trash."""
    world = make_world(tmp_path_factory.mktemp("full"), migrated, clip)
    with world.site.app_context():
        admin = world.people["admin"]
        accounts.rename(db.session.get_one(Person, world.people["mate"]), LONG_WORD[:120])
        for number in range(12):
            parent = categories.add(f"Branch {number} {RIGHT_TO_LEFT if number % 3 == 0 else ''}".strip(), by=admin)
            categories.add(LONG_WORD[:80], by=admin, parent_id=parent.id)
        for written, heard in ((LONG_WORD[:80], "reset it"), (RIGHT_TO_LEFT, "then"), ("Here", "here")):
            glossary.add(written, [heard], by=admin)
        with writing() as session:
            for number, screencast in enumerate(session.query(Screencast)):
                screencast.title = (LONG_WORD, RIGHT_TO_LEFT, "Reset the VPN")[number % 3]
                screencast.purpose = RIGHT_TO_LEFT if number % 2 else LONG_WORD
                screencast.author_id = admin
                screencast.tags = tags_named(
                    [f"tag {number} {each}" for each in range(28)] + [RIGHT_TO_LEFT[:20], LONG_WORD[:60]]
                )
                if screencast.visibility == "everyone":
                    screencast.category_id = None
            session.execute(update(Screencast).where(Screencast.id == world.items["trashed"]).values(trashed_at=now()))
            accounts.access_changed()
        search.rebuild()
    return world


@pytest.fixture(scope="module")
def address(full: World) -> Iterator[str]:
    with serve(full.site) as found:
        yield found


@pytest.fixture(scope="module")
def filled(full: World) -> dict[str, str]:
    known = {
        "id": full.items["everyone"],
        "trashed": full.items["trashed"],
        "category": full.category,
        "author": full.people["author"],
        "person": full.people["other"],
        "team": full.team,
        "tag": LONG_WORD[:60].lower(),
    }
    return defaultdict(lambda: "unknown", known)


# What fits a phone nearly always fits a wide screen at 200 %.
@pytest.fixture(scope="module", params=["wide", "phone", pytest.param("zoomed", marks=pytest.mark.slow)])
def view(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visitor(view: str, browser: Browser, full: World, address: str) -> Iterator[Page]:
    """The admin's browser, light on the wide screen and dark on the phone."""
    width, height = VIEWS[view]
    context = open_as(
        browser,
        full,
        "admin",
        address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if view == "phone" else "light",
        reduced_motion="reduce" if view == "phone" else "no-preference",
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("url", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visitor: Page, view: str, filled: dict[str, str], url: str
) -> None:
    visitor.goto(url.format_map(filled), wait_until="load")
    if url in LAST_TO_COME:
        visitor.locator(LAST_TO_COME[url]).wait_for()
    width, shown = visitor.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= shown, f"{width} px wide in a window of {shown}: {wider_than_the_window(visitor)}"
    if view in WITHOUT_AXE:
        return
    visitor.evaluate(AXE)
    found = visitor.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [summary(each) for each in found["violations"]] == []


def summary(violation: dict[str, Any]) -> str:
    places = "; ".join(f"{node['target']} {node['failureSummary']}" for node in violation["nodes"][:3])
    return f"{violation['id']} ({len(violation['nodes'])}): {places}"


def wider_than_the_window(page: Page) -> list[str]:
    script = """[...document.body.querySelectorAll('*')]
        .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
        .slice(0, 5).map((each) => each.tagName + '.' + each.className)"""
    return page.evaluate(script)  # type: ignore[no-any-return]
