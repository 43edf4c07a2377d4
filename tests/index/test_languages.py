"""Words are found, and marked, by their forms in the language of what holds them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.contract import Document, Index, Query
from kb.index.stemming import ANALYSER, STEMMERS
from kb.index.whoosh import WhooshIndex

SHELF = [
    Document("en", "Docker on a server", spoken="restarting the docks of the printers", language="en-GB"),
    Document("de", "Den Drucker neu starten", spoken="bei den Druckern in den Häusern", language="de-AT"),
    Document("fr", "Réparer les imprimantes", spoken="une imprimante configurée pour les réseaux", language="fr"),
    Document("es", "Las impresoras", spoken="las configuraciones de la red", language="es-MX"),
    Document("ru", "Перезагрузка принтера", spoken="мы перезагружаем принтеры в офисе", language="ru"),
    Document("pl", "Drukarka sieciowa", screen="NullPointerException w drukarce", language="pl"),
    Document("nb", "Skriveren i andre etasje", language="nb"),
    Document("ja", "プリンターの設定", spoken="全文検索を設定します", language="ja"),
]
EVERYTHING = frozenset(document.id for document in SHELF) | {"both"}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = WhooshIndex(tmp_path / "index")
    index.rebuild(SHELF)
    return index


def ids(index: Index, typed: str, visible: frozenset[str] = EVERYTHING) -> set[str]:
    return {hit.id for hit in index.search(Query(tuple(typed.split())), visible=visible).hits}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("restarted", {"en"}),
        ("printer", {"en"}),
        ("Druckers", {"de"}),
        ("haus", {"de"}),
        ("HÄUSER", {"de"}),
        ("imprimantes réseau", {"fr"}),
        ("configurée réseaux", {"fr"}),
        ("reparer", {"fr"}),
        ("l'imprimante", {"fr"}),
        ("Haeuser", {"de"}),
        ("configuración", {"es"}),
        ("configuracion", {"es"}),
        ("impresora", {"es"}),
        ("принтер", {"ru"}),
        ("принтеров офис", {"ru"}),
        ("drukarka", {"pl"}),
        ("drukarkami", {"pl"}),
        ("etasjene", {"nb"}),
        ("null pointer", {"pl"}),
        ("NullPointerException", {"pl"}),
        ("全文検索", {"ja"}),
        ("プリンター", {"ja"}),
    ],
)
def test_a_form_of_a_word_finds_the_others_of_its_language(index: Index, typed: str, found: set[str]) -> None:
    assert ids(index, typed) == found


def test_the_same_stem_in_two_languages_is_two_words(index: Index) -> None:
    """A German stemmer cuts Docker to dock."""
    index.write([Document("both", "The dock", language="en")])
    assert ids(index, "docker") == {"en"}
    index.write([Document("both", "Docker auf dem Server", language="de")])
    assert ids(index, "docker") == {"en", "both"}


def test_a_translation_is_found_in_its_language(index: Index) -> None:
    both = Document("both", "Netz", language="de", spoken="alte Leitungen", translations=(("en", "old cables"),))
    index.write([both])
    seen = frozenset({"both"})
    assert ids(index, "cable", seen) == ids(index, "Leitung", seen) == {"both"}
    phrases = [("alte", "leitung"), ("old", "cable"), ("leitungen", "old")]
    found = [index.search(Query(phrases=(phrase,)), visible=seen).total for phrase in phrases]
    assert found == [1, 1, 0]


def test_a_phrase_wants_its_words_in_one_language(index: Index) -> None:
    assert index.search(Query(phrases=(("neu", "starten"),)), visible=EVERYTHING).total == 1
    assert index.search(Query(phrases=(("starten", "neu"),)), visible=EVERYTHING).total == 0


def test_other_languages_change_no_score_of_english(index: Index) -> None:
    alone = frozenset({"en"})
    before = index.search(Query(("docker", "restart")), visible=alone).hits
    index.write([], deleted=EVERYTHING - alone)
    assert index.search(Query(("docker", "restart")), visible=alone).hits == before


@pytest.mark.parametrize("language", [*STEMMERS, "", "pl", "x-klingon", "zh-Hant"])
def test_a_language_decides_the_stems_alone(language: str) -> None:
    text = "Les Häuser NullPointerException don't 0x80070005 re-index принтеры 全文検索 s ing é"
    plain = [token._replace(stem="") for token in ANALYSER.analyse(text)]
    assert [token._replace(stem="") for token in ANALYSER.analyse(text, language)] == plain


@given(st.text(), st.sampled_from(sorted(STEMMERS)))
def test_no_text_is_too_odd_for_a_stemmer(text: str, language: str) -> None:
    assert all(token.stem for token in ANALYSER.analyse(text, language))


def test_languages_are_kept_apart_by_every_engine(make_index: Callable[[], Index]) -> None:
    index = make_index()
    index.rebuild([Document("de", "Zwei Drucker", spoken="bei den Druckern", language="de")])
    assert ids(index, "drucker", frozenset({"de"})) == {"de"}
    assert ids(index, "druckern", frozenset({"de"})) == {"de"}
