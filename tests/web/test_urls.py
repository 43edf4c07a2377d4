"""Addresses that came from outside lead nowhere else. Pure."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.web.urls import safe_next


@pytest.mark.parametrize("target", ["/", "/me?tab=tokens", "/search?q=a%20b#x", "/screencasts/x?t=1:20", "/?next=//x"])
def test_a_path_of_this_site_stays(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize("target", [None, "", "me", "https://evil.example", "/\\evil", "/a\\b", "\x00/", "/a\nb", "?x"])
def test_anything_else_is_the_front_page(target: str | None) -> None:
    assert safe_next(target) == "/"


@given(st.text(alphabet="/\\:@.?#%ehtps \t\n\r\x00jv", max_size=12))
def test_no_spelling_leads_to_another_host(target: str) -> None:
    """As a browser reads it: it drops tabs and line ends, and takes a backslash for a slash."""
    read = safe_next(target).replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/").strip()
    assert urlsplit(urljoin("https://showhow.example/sign-in", read)).netloc == "showhow.example"
