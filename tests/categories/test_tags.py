import pytest

from kb.categories.tags import tag_name, tags_named
from kb.db import writing


@pytest.mark.parametrize(
    ("typed", "name"),
    [("#VPN", "vpn"), ("  Two   Words ", "two words"), ("##a#b", "a#b"), ("\x00x\u202e", "x"), ("###", ""), ("", "")],
)
def test_a_tag_is_the_same_however_it_was_typed(typed: str, name: str) -> None:
    assert tag_name(typed) == name


def test_tags_are_made_once_and_in_the_order_of_their_first_naming(in_site: object) -> None:
    def named_tags(names: list[str]) -> list[str]:
        with writing():
            return [tag.name for tag in tags_named(names)]

    assert named_tags(["B", "a", "#b", "", "A "]) == ["b", "a"]
    assert named_tags(["a", "c"]) == ["a", "c"]
