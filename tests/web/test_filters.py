from datetime import timedelta

import pytest

from kb.db import now
from kb.web.filters import ago, clock, counted, size


@pytest.mark.parametrize(
    ("ms", "text"),
    [(None, "0:00"), (0, "0:00"), (999, "0:00"), (61_300, "1:01"), (3_600_000, "1:00:00"), (36_061_000, "10:01:01")],
)
def test_a_length_reads_as_on_a_player(ms: int | None, text: str) -> None:
    assert clock(ms) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7_200, "2 hours ago"), (86_400, "1 day ago"),
     (40 * 86_400, "1 month ago"), (800 * 86_400, "2 years ago"), (-60, "just now")],
)  # fmt: skip
def test_a_time_reads_as_how_long_ago_it_was(seconds: int, text: str) -> None:
    at = now()
    assert ago(at - timedelta(seconds=seconds), at) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (4_200_000, "4.2 MB"), (999_999, "1.0 MB"), (2 * 1024**3, "2.1 GB"),
     (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_a_size_reads_with_two_or_three_digits(size_bytes: int, text: str) -> None:
    assert size(size_bytes) == text


def test_a_number_reads_with_its_noun() -> None:
    assert [counted(number) for number in (0, 1, 1_200)] == ["0 screencasts", "1 screencast", "1,200 screencasts"]
    assert [counted(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]
