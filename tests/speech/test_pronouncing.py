import subprocess

import pytest

from kb.speech.pronouncing import PHONES, phones, pronunciations, words_in

# CMU's phones, which is what the recognition knows.
CMU = set(
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)


def espeak(lines: bytes) -> str:
    said = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", "en-us"], input=lines, capture_output=True)
    return said.stdout.decode()


def test_every_sound_is_one_that_the_recognition_knows() -> None:
    assert {phone for sound in PHONES.values() for phone in sound.split()} <= CMU


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("ˈɑːktə", "AA K T AH"),
        ("tˈɛɹɐfˌɔːɹm", "T EH R AH F AO R M"),
        ("dʒˈɛŋkɪnz", "JH EH NG K IH N Z"),
        ("ˈoʊ ˈɔːθ", "OW AO TH"),
        ("kjˈuːbɛktəl", "K Y UW B EH K T AH L"),
    ],
)
def test_sounds_become_phones(ipa: str, expected: str) -> None:
    assert phones(ipa) == expected.split()


def test_a_sound_that_is_unknown_makes_no_pronunciation() -> None:
    assert phones("ʘ") == []
    assert pronunciations(["Okta", "Click"], lambda _: "ˈɑːktə\nʘ") == {"Okta": ["AA K T AH"]}


def test_an_answer_of_another_length_is_not_guessed_at() -> None:
    assert pronunciations(["one", "two"], lambda _: "wʌn") == {}


def test_words_come_once_without_what_a_program_could_take_for_a_command() -> None:
    texts = ["Roll back with kubectl", "KUBECTL: [[bad]] <break/> ключ a 42"]
    assert list(words_in(texts)) == ["Roll", "back", "with", "kubectl", "bad", "break"]


def test_names_are_said_as_espeak_says_them_and_as_people_do() -> None:
    said = pronunciations(["Terraform", "Redis", "intranet"], espeak)
    assert said["Terraform"] == ["T EH R AH F AO R M"]
    assert said["intranet"] == ["IH N T R AH N EH T"]
    assert said["Redis"][0] == "R EH D IH S"
