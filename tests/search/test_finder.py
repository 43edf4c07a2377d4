"""What is left out of a text before its words are told apart must hold none of those that are wanted."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from kb.index.contract import Token
from kb.index.stemming import STEMMERS
from kb.index.whoosh import WhooshIndex
from kb.search.finder import finder, flat, marked, sieve
from kb.search.marks import Passage
from kb.search.query import Wanted, parse, to_query, wanted
from kb.transcripts.plain_words import PLAIN_WORDS

WHOOSH = WhooshIndex(Path("nowhere"))

ENDINGS = (
    "",
    "s",
    "es",
    "ed",
    "ing",
    "er",
    "ers",
    "ly",
    "ness",
    "ful",
    "ation",
    "ational",
    "ability",
    "ible",
    "ism",
    "'s",
)
# Words and endings of other languages, put together whether or not anybody would say so.
ROOTS = {
    "ca": "impress configur fitx connex arx nin",
    "cs": "tisk soubor připoj škol knih měst ruk",
    "da": "hus fil dreng skole udskriv forbind bøg",
    "de": "Haus Häus Datei Druck Verbind Baum Bäum größ Konfiguration lauf",
    "el": "εκτυπωτ αρχεί σύνδεσ δίκτυ βιβλί ρυθμίσ",
    "es": "impresor configur cort cancion conect arch niñ",
    "fi": "talo tiedosto koulu kirja yhdist tulost",
    "fr": "imprim configur fichier beau chev nation continu envoy",
    "hu": "ház fájl nyomtat kapcsol könyv alma",
    "it": "stamp configur file connession citt perch",
    "nl": "huis druk bestand verbind school kat",
    "no": "hus fil skole skriv forbind bok",
    "pl": "drukark plik połącz szkoł książk miast",
    "pt": "impress configur arquiv conect informa cora",
    "ro": "imprim configur fisier conect oras scoal",
    "ru": "принтер настро файл подключ город книг",
    "sv": "hus fil skola skriv anslut bok",
    "tr": "yazıcı dosya bağlantı okul kitap şehir ayar",
}
ROOTS |= {"nb": ROOTS["no"], "nn": ROOTS["no"]}
NORDIC = "e er en et erne ene ens ets s a ar as ede ende heten heter løst lig"
ENDINGS_ELSEWHERE = {
    "ca": "a o s es ar er ir ador adors ació acions ment ant ada ades at ats ós able",
    "cs": "a y u ou ách am ami em ům e ě i í ový ová ového ení ost osti il ila at",
    "da": NORDIC + " elig else elser",
    "de": "e en er es n s em ern heit keit lich ig ung ungen isch te test end",
    "el": "ή ές ών ο α ου ων ο ων η ης εις εων ος ικός ική ικά άκι",
    "es": "o a os as ar er ir ando iendo ado ido ador adores ación aciones amiento mente able ó ión iones",
    "fi": "n t a ja ssa sta lla lta lle ni si nsa mme kin ko in en iin",
    "fr": "e es er ez ons ent é ée ées és ait aient eur euse ement ements ation ations if ive ité eux",
    "hu": "ok ak ek ot at et ban ben nak nek val vel hoz ra re ból ó ás unk od juk",
    "it": "a e i o are ere ire ato ata ati ando endo atore azione azioni mente à ità ivo",
    "nl": "en s e je jes heid heden ing ingen lijk baar te de t",
    "no": NORDIC,
    "pl": "a i ę ą ach ami om em ów y u ie owi owy owa owego ować anie ania ość ości",
    "pt": "o a os as ar ado ada ando ador adores ação ações amento mente ável cao coes ção ções idade",
    "ro": "a e i ul ului ele ilor are ator atori ație ații ând at ată tate",
    "ru": "а у ы е ом ами ов ах ить ил ила или ка ки ный ная ного ение ения ости",
    "tr": "lar ler lari leri da de dan den in un im um imiz ci lik siz yi yu ya nin",
    "sv": "ar er en et or na ns s a ade ande het heter lig ligt",
}
ENDINGS_ELSEWHERE |= {"nb": NORDIC, "nn": NORDIC}
IRREGULAR = "die dying dies lie lying tie tying sky skies skiing ski idly gently ugly early only singly news".split()
SAME_ABROAD = [
    ("fr", "erreur", "l'erreur"),
    ("fr", "erreurs", "d’erreur"),
    ("it", "errori", "dell'errore"),
    ("de", "überprüfen", "ueberpruefen"),
    ("de", "Ueberpruefung", "Überprüfungen"),
]
WRITTEN = [
    ("e-mail", "email"),
    ("email", "E-Mail"),
    ("café", "CAFÉ"),
    ("dont", "don’t"),
    ("force-with-lease", "--force-with-lease"),
    ("0x80070005", "(0x80070005)"),
    ("80070005", "0x80070005"),
    ("2.14.1", "v2.14.1"),
    ("nullpointerexception", "java.lang.NullPointerException:"),
    ("snake", "snake_case"),
    ("users", "C:\\Users\\anna"),
    ("日本", "日本語で"),
]


def meant(typed: str) -> list[Wanted]:
    return wanted(to_query(parse(typed)), {}, WHOOSH.analyse)


def forms_by_stem(words: Iterable[str], language: str) -> dict[str, set[str]]:
    by_stem: dict[str, set[str]] = {}
    for word in words:
        if word.isalpha() or word.endswith("'s"):
            by_stem.setdefault(WHOOSH.analyse(word, language)[0].stem, set()).add(word)
    return by_stem


def left_out(by_stem: dict[str, set[str]], language: str) -> list[str]:
    return [
        other
        for stem, forms in by_stem.items()
        for form in forms
        for sifted in [sieve([stem, WHOOSH.analyse(form, language)[0].exact], language)]
        for other in forms
        if not sifted.search(flat(other))
    ]


def test_every_form_of_a_word_passes_for_every_other() -> None:
    forms = [plain + ending for plain in PLAIN_WORDS for ending in ENDINGS]
    by_stem = forms_by_stem([*IRREGULAR, *forms], "en")
    assert len(by_stem) > 1_000
    assert left_out(by_stem, "en") == []


@pytest.mark.parametrize(("language", "typed", "text"), SAME_ABROAD)
def test_articles_and_umlauts_written_out_are_passed_over(language: str, typed: str, text: str) -> None:
    shown = marked(f"a {text}", meant(typed), WHOOSH.analyse, language=language)
    assert shown.replace("&#x27;", "'") == f"a <mark>{text}</mark>"


@pytest.mark.parametrize("language", sorted({*STEMMERS} - {"en"}))
def test_so_it_is_in_every_language_that_has_a_stemmer(language: str) -> None:
    # Stemmers know endings alone, so it is all one to them what the words before these are.
    endings = ["", *ENDINGS_ELSEWHERE[language].split()]
    by_stem = forms_by_stem((root + ending for root in ROOTS[language].split() for ending in endings), language)
    assert any(len(forms) > 3 for forms in by_stem.values())
    assert left_out(by_stem, language) == []


@pytest.mark.parametrize(("typed", "text"), WRITTEN)
def test_what_is_written_in_another_way_is_marked(typed: str, text: str) -> None:
    found = finder(tuple(meant(typed)), WHOOSH.analyse)
    assert found.match(Passage(0, 1, f"before {text} after", language="en"))


def test_what_no_wanted_word_begins_like_is_left_out() -> None:
    assert not sieve(["kubernet", "kubernetes"]).search(flat("Open the printer's window"))
    assert not sieve([]).search("anything")


def test_who_looks_with_the_same_finder_meanwhile_misses_nothing() -> None:
    passage = Passage(0, 1, "now merge it")
    meanwhile = []

    def analyse(text: str, language: str = "") -> list[Token]:
        if text == "merge" and not meanwhile:
            meanwhile.append("looking")
            meanwhile.append(finder(words, analyse).match(passage))
        return WHOOSH.analyse(text, language)

    words = tuple(meant("merge"))
    assert finder(words, analyse).match(passage)
    assert meanwhile[1]
