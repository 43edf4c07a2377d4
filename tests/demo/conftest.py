import pytest

from kb.demo.screens.acts import click, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.page import Button, Field, Heading, Page
from kb.demo.script import Beat, Recipe, Script


def short_script() -> Script:
    page = Page("Devices", [Heading("Lights"), Field("Room", "B12"), Button("On")])
    return Script(
        Desk(page, "sea"),
        (
            Beat("The garden is beautiful in the morning.", (click("On"),)),
            Beat("My brother has two yellow horses.", (page.fill("Room", "B13"), wait(2))),
        ),
    )


@pytest.fixture
def short() -> Recipe:
    return Recipe(
        key="lights",
        title="Switch on",
        purpose="see something",
        description="",
        category=("Software", "Git"),
        tags=("git", "electricity"),
        author="ada",
        days=40,
        play=short_script,
    )
