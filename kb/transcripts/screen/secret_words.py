"""What looks like a secret among the words on a screen: kept out of search until its author says otherwise. Pure.

Takes what is plainly one; a warning that comes at every second line is read by nobody.
"""

import re

_FORMS = (
    # Private keys, as PEM files begin and end.
    r"-{3,}\s*(BEGIN|END) [A-Z ]*PRIVATE KEY",
    # AWS, GitHub, GitLab, Slack, Stripe, OpenAI and the like, Google.
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})",
    r"\bxox[abprs]-[\w-]{10,}",
    r"\b[sr]k[-_](live|test|proj|ant)[-_][\w-]{16,}",
    r"\bAIza[\w-]{30,}",
    # A JSON web token: three parts, of which the first is an object in base64.
    r"\beyJ[\w-]{10,}\.[\w-]{10,}",
    r"\b[Aa]uthorization:?\s*(Bearer|Basic)\s+\S{8,}",
    # A row of a key in base64; one of hexadecimal digits is a checksum.
    r"^(?=\S*[g-z])(?=\S*[A-Z])(?=\S*\d)[A-Za-z0-9+/]{48,}={0,2}$",
    # postgres://user:password@host
    r"\b[a-z][a-z0-9+]{2,}://[^\s:/@]+:[^\s@/]{3,}@",
)
# password=hunter2, DB_PASSWORD: "…", api-key: …
_NAMED = re.compile(
    r"(?P<name>pass(?:word|wd|phrase)|secret(?:[_-]?key)?|api[_-]?key|access[_-]?key|(?:access|auth|api)[_-]?token"
    r"|\btoken)[\"']?\s*(?P<sign>[=:]{1,2})\s*[\"']?(?P<value>[^\s\"',;]{6,})",
    re.IGNORECASE,
)
_PLAIN = re.compile("|".join(_FORMS))
# A placeholder, a variable, a type, a call.
_NO_VALUE = re.compile(
    r"[$<{%*.•\[(]|your|my_?|xxx|example|placeholder|none\b|null\b|true\b|false\b|str\b|string\b|pass(word|wd)?\b"
    r"|os\.|process\.|env|required|optional|must|\w+\(|\w+\.\w+",
    re.IGNORECASE,
)
# In a program a name of something, after a colon a word of a sentence.
_BARE_WORD = re.compile(r"[a-z_]+\W*")


def looks_secret(text: str) -> bool:
    """Whether a line shows a private key, a token, a password or an address with one."""
    return bool(_PLAIN.search(text)) or any(map(_has_value, _NAMED.finditer(text)))


def _has_value(named: re.Match[str]) -> bool:
    if _NO_VALUE.match(named["value"]):
        return False
    is_assigned_password = named["name"].lower().startswith("pass") and named["sign"] == "="
    return is_assigned_password or not _BARE_WORD.fullmatch(named["value"])
