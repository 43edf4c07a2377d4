"""How a word is said that stands in no dictionary: by espeak-ng's rules, written in the phones of CMU's dictionary."""

import re
from collections.abc import Callable, Iterable, Iterator

# espeak-ng's American English, after the IPA; the longest that fits comes first.
PHONES = {
    "aɪɚ": "AY ER", "aɪə": "AY AH", "ɔːɹ": "AO R", "oːɹ": "AO R", "ɑːɹ": "AA R",
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "ɔɪ": "OY", "əl": "AH L", "iə": "IY AH",
    "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO", "oː": "AO", "ɜː": "ER", "ɛɹ": "EH R", "ɪɹ": "IH R", "ʊɹ": "UH R",
    "n̩": "AH N", "l̩": "AH L", "a": "AE", "æ": "AE", "ɐ": "AH", "ə": "AH", "ʌ": "AH", "ɑ": "AA", "ɒ": "AA", "ɔ": "AO",
    "ɛ": "EH", "e": "EH", "ɚ": "ER", "ɝ": "ER", "ɪ": "IH", "ᵻ": "IH", "i": "IY", "ʊ": "UH", "u": "UW", "o": "OW",
    "b": "B", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N",
    "ŋ": "NG", "p": "P", "ɹ": "R", "r": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "T", "ʔ": "T", "θ": "TH", "v": "V",
    "w": "W", "x": "K", "z": "Z", "ʒ": "ZH",
}  # fmt: skip
_PHONE = re.compile("|".join(sorted(PHONES, key=len, reverse=True)))
# Stress, and what joins or parts signs.
_NO_SOUND = re.compile(r"[\u02c8\u02cc\u200d_\s]")
# Letters of no other script, since the rules are English; no sign that espeak-ng could take for a command.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
LONGEST_WORD = 30
# What people say where the letters tell another story.
SAID = {
    "cron": ["K R AA N"],
    "docker": ["D AA K ER"],
    "json": ["JH EY S AH N"],
    "kubectl": ["K UW B K AH N T R OW L", "K Y UW B S IY T IY EH L"],
    "kubernetes": ["K UW B ER N EH T IY Z", "K UW B ER N EY T IY Z"],
    "linux": ["L IH N AH K S"],
    "mysql": ["M AY S IY K W AH L"],
    "postgres": ["P OW S T G R EH S"],
    "redis": ["R EH D IH S"],
    "regex": ["R EH JH EH K S"],
    "sql": ["S IY K W AH L"],
    "sqlite": ["S IY K W AH L AY T"],
    "sudo": ["S UW D UW"],
    "yaml": ["Y AE M AH L"],
}


def words_in(texts: Iterable[str]) -> Iterator[str]:
    """The words that can be pronounced, each once however it is written, in order."""
    seen = set()
    for text in texts:
        for word in _WORD.findall(text):
            if 1 < len(word) <= LONGEST_WORD and word.lower() not in seen:
                seen.add(word.lower())
                yield word


def pronunciations(words: list[str], espeak: Callable[[bytes], str]) -> dict[str, list[str]]:
    """Return how each may be said. espeak: a word a line -> what espeak-ng says to that, with IPA.

    A word whose sounds are not all known is left out.
    """
    lines = espeak("".join(f"{word}\n" for word in words).encode()).splitlines()
    if len(lines) != len(words):
        return {}
    said = {word: phones(line) for word, line in zip(words, lines, strict=True)}
    return {word: _ways_to_say(word, sounds) for word, sounds in said.items() if sounds}


def phones(ipa: str) -> list[str]:
    """Return the phones of what espeak-ng wrote for one word; none if a sound is unknown."""
    plain = _NO_SOUND.sub("", ipa)
    found = _PHONE.findall(plain)
    if "".join(found) != plain:
        return []
    return [phone for sound in found for phone in PHONES[sound].split()]


def _ways_to_say(word: str, sounds: list[str]) -> list[str]:
    by_rule = " ".join(sounds)
    # With and without the y of cube: people don't agree on that either.
    return list(dict.fromkeys([*SAID.get(word.lower(), ()), by_rule, by_rule.replace("Y UW", "UW")]))
