"""Languages of what is said and written: BCP 47 tags made of parts that Unicode's list knows, and their names."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from babel import Locale, localedata
from werkzeug.datastructures import LanguageAccept

# As long as the column.
LONGEST_TAG = 20
# Nobody can choose captions by these: "several", "unknown", "none".
SAYS_NOTHING = {"mis", "mul", "root", "und", "zxx", "Zxxx", "Zyyy", "Zzzz", "ZZ"}
# What a list offers first; the names of all others follow.
COMMON = ("en", "ar", "de", "es", "fr", "he", "it", "ja", "nl", "pl", "pt-BR", "zh-Hans")
# What is written in another way in another place, and hence worth a choice of its own.
WRITTEN_OTHERWISE = (
    *("en-GB", "en-US", "es-419", "es-ES", "fr-CA", "pt-BR", "pt-PT"),
    *("sr-Cyrl", "sr-Latn", "uz-Cyrl", "uz-Latn", "zh-Hans", "zh-Hant"),
)


def language_tag(text: str) -> str:
    """A BCP 47 tag in its usual case: `pt-br` -> `pt-BR`, `zh-hant` -> `zh-Hant`, `SR-latn-rs` -> `sr-Latn-RS`.

    Language, script, region and variant, in this order, each out of the list of Unicode (CLDR).
    Raises ValueError. At most 20 characters long.
    """
    if len(text) > LONGEST_TAG or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", text):
        raise ValueError("Write the language as en, de or pt-BR.")
    language, *others = text.split("-")
    tag = [language.lower()]
    if tag[0] not in _names()[0]:
        raise ValueError(f"No language is known as {text}. Write it as en, de or pt-BR.")
    # Script, region, variant: what a part is not, the next kind may be.
    kinds = iter(zip((str.title, str.upper, str.lower), _names()[1:], strict=True))
    for part in others:
        tag.append(next((usual(part) for usual, names in kinds if usual(part) in names), ""))
        if not tag[-1]:
            raise ValueError(f"{part} is no script or region that is known. Write the language as zh-Hans or pt-BR.")
    return "-".join(tag)


@lru_cache(maxsize=1000)
def language_name(tag: str) -> str:
    """In English: `pt-BR` -> `Portuguese (Brazil)`; the tag itself where it is unknown."""
    language, *others = tag.split("-")
    languages, *kinds = _names()
    details = [next((names[part] for names in kinds if part in names), part) for part in others]
    name = languages.get(language, language)
    return f"{name} ({', '.join(details)})" if details else name


def best_language(tags: Sequence[str], accepted: LanguageAccept) -> str | None:
    """Of these the one that the reader's browser asks for, else the first; None of none."""
    return accepted.best_match(tags, default=tags[0]) if tags else None


@cache
def languages_to_choose() -> dict[str, list[tuple[str, str]]]:
    """Tags with their names, in groups, each sorted by name: the common ones, and all for which Unicode has texts."""
    living = {tag for tag in localedata.locale_identifiers() if tag in _names()[0]}
    rest = sorted(living.union(WRITTEN_OTHERWISE).difference(COMMON), key=language_name)
    return {
        "Common": [(tag, language_name(tag)) for tag in COMMON],
        "All others": [(tag, language_name(tag)) for tag in rest],
    }


@cache
def _names() -> tuple[dict[str, str], ...]:
    """Of languages, scripts, regions and variants, by their tags in the usual case."""
    english = Locale("en")
    variants = {tag.lower(): name for tag, name in english.variants.items()}
    all_names = (english.languages, english.scripts, english.territories, variants)
    # Some of the list's keys name two parts at once ("pt_BR").
    return tuple(
        {tag: name for tag, name in names.items() if tag.isalnum() and tag not in SAYS_NOTHING} for names in all_names
    )
