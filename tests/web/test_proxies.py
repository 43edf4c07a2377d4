"""Whose address counts behind proxies; without KB_TRUSTED_PROXIES none is believed, see test_limits.py."""

from collections.abc import Callable

import pytest
from flask import Flask

from kb.config import Settings


@pytest.fixture
def left_behind(make_site: Callable[[Settings], Flask], settings: Settings) -> Callable[[int], Callable[[str], int]]:
    """(proxies that are trusted) -> (X-Forwarded-For) -> how many more calls that asker has in this minute."""

    def behind(trusted: int) -> Callable[[str], int]:
        browser = make_site(settings.model_copy(update={"trusted_proxies": trusted})).test_client()
        return lambda claim: int(
            browser.get("/join/guess", headers={"X-Forwarded-For": claim}).headers["X-RateLimit-Remaining"]
        )

    return behind


def test_the_address_that_the_last_proxy_saw_counts(left_behind: Callable[[int], Callable[[str], int]]) -> None:
    left = left_behind(1)
    most = left("203.0.113.1")
    assert left("203.0.113.2") == most
    assert left("203.0.113.2, 203.0.113.1") == most - 1


def test_two_proxies_each_add_an_address(left_behind: Callable[[int], Callable[[str], int]]) -> None:
    left = left_behind(2)
    most = left("203.0.113.1, 10.0.0.1")
    assert left("203.0.113.2, 10.0.0.1") == most
    assert left("203.0.113.9, 203.0.113.1, 10.0.0.1") == most - 1
