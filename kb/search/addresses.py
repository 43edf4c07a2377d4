"""The address of a search: all that makes it, for links, for colleagues, for the way back."""

from dataclasses import replace
from typing import Any

from flask import url_for

from kb.accounts.rules import Viewer
from kb.search.asked import Asked
from kb.search.understanding import understand

# Encoded. Gunicorn takes a first line of 8,190 characters, and each moment that is found has the search in its address.
LONGEST_SEARCHED = 2_000


def page_url(asked: Asked, **more: Any) -> str:
    """more: what the page's address says besides, such as the cursor."""
    address = "&".join(filter(None, (asked.address(), url_for("search.page", **more).partition("?")[2])))
    return url_for("search.page") + (f"?{address}" if address else "")


def fitting(viewer: Viewer, asked: Asked) -> Asked:
    """The same search or, of a text that no address holds, that for its most telling lines."""
    if len(asked.address()) <= LONGEST_SEARCHED:
        return asked
    told = "\n".join(line.text for line in understand(viewer, asked).lines) or asked.typed
    while told and len(replace(asked, typed=told).address()) > LONGEST_SEARCHED:
        told = told[: len(told) * 3 // 4]
    return replace(asked, typed=told)
