"""Words of several kinds in one line: by marks in a terminal, by a small reading of the language in code."""

import re

from kb.demo.screens.canvas import Span

MARKED = re.compile(r"\{(\w+)\|([^}]*)\}")
KEYWORDS = {
    "python": "def return if else for in import from class None True False not and raise with as while is",
    "sql": "SELECT FROM JOIN LEFT ON WHERE GROUP ORDER BY HAVING EXISTS COUNT SUM AS AND OR NOT IN DISTINCT DESC LIMIT",
    "css": "",
}
CODE = re.compile(
    r"(?P<soft>#.*|--.*)|(?P<text>\"[^\"]*\"?|'[^']*'?)|(?P<number>\b\d+(\.\d+)?\b)|(?P<any>\w+)|(?P<rest>\W)"
)


def marked(line: str) -> list[Span]:
    """`3 files {good|changed}` -> words and their kinds."""
    spans: list[Span] = []
    end = 0
    for found in MARKED.finditer(line):
        spans += [(line[end : found.start()], ""), (found[2], found[1])]
        end = found.end()
    return [*spans, (line[end:], "")]


def plain(line: str) -> str:
    return MARKED.sub(lambda found: found[2], line)


def coloured(line: str, language: str) -> list[Span]:
    """A line of code as words and their kinds; neighbours of one kind are joined."""
    keywords = KEYWORDS[language].split()
    spans: list[Span] = []
    for found in CODE.finditer(line):
        kind = found.lastgroup or ""
        if kind == "any":
            follows = line[found.end() :].startswith("(")
            kind = "word" if found[0] in keywords else "name" if follows else ""
        elif kind == "rest":
            kind = ""
        if spans and spans[-1][1] == kind:
            spans[-1] = (spans[-1][0] + found[0], kind)
        else:
            spans.append((found[0], kind))
    return spans
