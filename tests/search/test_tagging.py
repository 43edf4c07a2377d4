"""Which tags would suit, of words, tags and how many screencasts hold them. Nothing but those."""

from collections.abc import Iterable

from kb.index.memory import ANALYSER
from kb.search.tagging import Suggestion, TagWords, Text, Words, candidates, chosen

TOTAL = 100
# How many of a hundred hold each stem; of others one does.
SPREAD = {"vpn": 8, "certificate": 4, "window": 60, "open": 90, "tunnel": 5, "split": 6, "renew": 3, "handshake": 2}


def offered(texts: Iterable[Text], tags: Iterable[TagWords] = (), had: Iterable[str] = ()) -> list[str]:
    return [each.name for each in suggested(texts, tags, had)]


def suggested(texts: Iterable[Text], tags: Iterable[TagWords] = (), had: Iterable[str] = ()) -> list[Suggestion]:
    words = Words(ANALYSER.analyse)
    for text in texts:
        words.add(text)
    return chosen(candidates(words, tags, had=had), {stem: SPREAD.get(stem, 1) for stem in words.spelled} | SPREAD,
                  total=TOTAL, limit=5)  # fmt: skip


def test_what_stands_out_comes_before_what_everybody_says() -> None:
    text = "renew the certificate in that window window window window"
    assert offered([Text(text, 1)])[0] in ("renew", "certificate")
    assert offered([Text(text, 1)])[-1] == "window"


def test_a_tag_that_is_used_comes_before_a_new_word() -> None:
    text = Text("Renew the certificate", 4)
    assert offered([text], [TagWords("certificate", 4)])[0] == "certificate"
    assert suggested([text], [TagWords("certificate", 4)])[0].count == 4


def test_a_tag_is_met_by_its_synonyms_and_other_forms_of_its_words() -> None:
    tags = [TagWords("vpn", 8, ("split tunnel",)), TagWords("renewal", 2)]
    assert offered([Text("two renewals", 1)], tags) == ["renewal"]
    assert offered([Text("the split-tunnel settings", 1)], tags)[0] == "vpn"
    assert "vpn" not in offered([Text("a tunnel that is split", 1)], tags)


def test_a_draft_engine_alone_names_no_tag_but_confirms_others() -> None:
    heard = Text("handshake handshake handshake vpn tunnel tunnel tunnel", 1, is_firm=False)
    assert offered([heard], [TagWords("vpn", 8)]) == []
    both = Text("Renew the tunnel handshake", 1)
    assert offered([both, Text("tunnel " * 30, 1, is_firm=False)])[0] == "tunnel"
    assert offered([both])[0] != "tunnel"


def test_what_it_has_already_is_not_offered_again() -> None:
    tags = [TagWords("vpn", 8), TagWords("certificate", 4)]
    assert offered([Text("vpn certificates", 1)], tags, had=["certificate"]) == ["vpn"]


def test_a_part_of_a_better_tag_says_nothing_more() -> None:
    assert offered([Text("split tunnel", 4)], [TagWords("split tunnel", 5)]) == ["split tunnel"]


def test_names_numbers_and_words_of_nobody_else_are_no_tags() -> None:
    assert offered([Text("zorbat_17 OPS-4711 2024 wobble x", 4)]) == []


def test_at_most_as_many_as_asked_for() -> None:
    assert len(offered([Text(" ".join(SPREAD), 1)])) == 5


def test_nothing_comes_of_no_words() -> None:
    assert offered([]) == []
    assert offered([Text("", 4)], [TagWords("vpn", 8)]) == []


def test_a_compound_is_the_tag_that_is_written_in_one() -> None:
    assert offered([Text("WireGuard", 1)], [TagWords("wireguard", 3)])[0] == "wireguard"
    assert offered([Text("split-tunnel", 1)], [TagWords("split tunnel", 3)])[0] == "split tunnel"
