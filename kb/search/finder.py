"""Looking for the searched words in texts: where they stand, and how good each match is. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter

from kb.index.analysis import DEFAULT, OPENING, fold, primary_subtag
from kb.index.contract import Token
from kb.search.marks import Mark, Match, Passage, Passages, together
from kb.search.query import Wanted, in_sequence

# A text and its language.
Analyse = Callable[[str, str], Sequence[Token]]

# Any other chunk of text may be several words, of which the first is not the one that is looked for.
_ONE_WORD = re.compile(r"[A-Za-z][a-z]*[^\w'\u2019]*")

# How much of a word's weight is earned by that very form, by a synonym, another form of it, and a part of a compound.
EXACT, SYNONYM, SAME_STEM, PART = 1.0, 0.9, 0.75, 0.5

# Forms of one word differ in their last letters: of an English stem all but one are in every form, and two at least.
# Stemmers of other languages take accents off and put endings on, too.
LEFT_OUT, LEFT_OUT_ELSEWHERE = 1, 4
# The stem of dying and lying.
_DIE = re.compile("[^aeiouy]ie")
# Written so by who has no umlauts, and of one stem with them.
_UMLAUT = re.compile("[aou]")


def marked(
    text: str,
    wanted: Sequence[Wanted],
    analyse: Analyse,
    doubtful: Collection[int] = frozenset(),
    *,
    language: str = "",
) -> str:
    """Return the whole text escaped, with <mark> around the words found; for titles and transcripts.

    doubtful: which of its words, counted between white space from 0, get a <span class="doubtful">.
    """
    passage = Passage(0, 0, text, language=language)
    match = finder(tuple(wanted), analyse).match(passage)
    chunks = text.split()
    whole = match or Match(passage, chunks, [None] * len(chunks), {})
    return whole.html(shortened=False, doubtful=doubtful)


class Finder:
    """Looks for the wanted words, in each language by their forms in that."""

    def __init__(self, wanted: Sequence[Wanted], analyse: Analyse) -> None:
        self._wanted = wanted
        self._analyse = analyse
        self._by_language: dict[str, _OneLanguage] = {}

    def match(self, passage: Passage) -> Match | None:
        return next(iter(self.matches(together([passage]))), None)

    def matches(self, passages: Iterable[Passages]) -> list[Match]:
        """Those that hold any of the words, in their order."""
        found: list[Match] = []
        for each in passages:
            if each.language not in self._by_language:
                self._by_language[each.language] = _OneLanguage(self._wanted, self._analyse, each.language)
            found += self._by_language[each.language].matches(each)
        return found


class _OneLanguage:
    """To tell words apart takes most of the time, and few passages hold any of those that are wanted: so all are sifted
    first, and what a chunk of text holds is remembered.
    """

    def __init__(self, wanted: Sequence[Wanted], analyse: Analyse, language: str) -> None:
        self._analyse = analyse
        self._language = language
        words = [word for word in wanted if not word.stands_for]
        # The form that a word has here, and its stem as it was asked for.
        self._stems = {stem: word.stem for word in words for stem in self._stems_of(word)}
        self._exact = {word.exact: word.stem for word in words}
        self._starts = tuple(word for word in words if word.prefix)
        self._synonyms = [
            (sequence, word) for word in wanted if word.stands_for and (sequence := self._sequence_of(word))
        ]
        forms = [*self._exact, *self._stems]
        others = [form for sequence, word in self._synonyms for form in (sequence[0], word.exact)]
        self._may_hold = sieve([*forms, *others], language).search
        self._may_hold_synonym = sieve(others, language).search
        word_sieve = sieve(forms, language)
        self._may_begin, self._begins = word_sieve.search, word_sieve.match
        # Chunks of text that were looked at, and of those that hold something what that is.
        self._seen: set[str] = set()
        self._known: dict[str, tuple[Mark, ...]] = {}
        self._followed: dict[str, Sequence[Token]] = {}

    def _stems_of(self, word: Wanted) -> Iterable[str]:
        if not self._language:
            return [word.stem]
        return [token.stem for token in self._tokens(word.written) if token.exact == word.exact]

    def _sequence_of(self, word: Wanted) -> list[str]:
        if not self._language:
            return [word.stem, *word.then]
        return [token.stem for chunk in word.written.split() for token in in_sequence(self._tokens(chunk))]

    def _tokens(self, text: str) -> Sequence[Token]:
        return self._analyse(text, self._language)

    def matches(self, passages: Passages) -> list[Match]:
        lines = [(at, passages.chunks(at)) for at in _holding(self._may_hold, flat(passages.text))]
        self._learn({chunk for _, chunks in lines for chunk in chunks})
        known = self._known.get
        found = []
        for at, chunks in lines:
            marks = [*map(known, chunks)]
            if self._synonyms:
                self._add_synonyms(chunks, marks)
            if any(marks):
                found.append(Match(passages[at], chunks, marks, _grades(filter(None, marks))))
        return found

    def _learn(self, chunks: Set[str]) -> None:
        new = list(chunks - self._seen)
        for at in _holding(self._may_begin, flat("\n".join(new))):
            if marks := tuple(self._marks(new[at])):
                self._known[new[at]] = marks
        # Last, for other threads look with the same finder.
        self._seen.update(new)

    def _marks(self, chunk: str) -> Iterable[Mark]:
        core = chunk.lstrip(OPENING)
        if _ONE_WORD.fullmatch(core) and not self._begins(flat(core)):
            return
        for token in self._tokens(chunk):
            if stem := self._exact.get(token.exact):
                yield Mark(token.start, token.end, stem, PART if token.part else EXACT)
            elif stem := self._stems.get(token.stem):
                yield Mark(token.start, token.end, stem, PART if token.part else SAME_STEM)
            else:
                for word in self._starts:
                    if token.exact.startswith(word.exact):
                        yield Mark(token.start, token.end, word.stem, PART if token.part else SAME_STEM)

    def _add_synonyms(self, chunks: Sequence[str], marks: list[tuple[Mark, ...] | None]) -> None:
        if self._may_hold_synonym(flat(" ".join(chunks))):
            for at, synonyms in self._synonyms_in(chunks).items():
                marks[at] = (*(marks[at] or ()), *synonyms)

    def _synonyms_in(self, texts: Sequence[str]) -> dict[int, list[Mark]]:
        """By the place of a chunk. A synonym of several words may begin in one chunk and end in another."""
        found: dict[int, list[Mark]] = {}
        followed = self._followed
        tokens: list[tuple[int, Token]] = []
        for at, text in enumerate(texts):
            if text not in followed:
                followed[text] = in_sequence(self._tokens(text))
            tokens += [(at, token) for token in followed[text]]
        stems = [token.stem for _, token in tokens]
        for sought, synonym in self._synonyms:
            for start, stem in enumerate(stems):
                if stem == sought[0] and stems[start : start + len(sought)] == sought:
                    for at, held in groupby(tokens[start : start + len(sought)], key=itemgetter(0)):
                        found.setdefault(at, []).extend(_synonym_marks([token for _, token in held], synonym))
        return found


def _holding(sifted: Callable[[str, int], re.Match[str] | None], text: str) -> Iterator[int]:
    """The lines of a text in which something is found, counted from 0."""
    line = start = 0
    while begins := sifted(text, start):
        line += text.count("\n", start, begins.start())
        yield line
        end = text.find("\n", begins.end())
        if end < 0:
            break
        line, start = line + 1, end + 1


def _grades(marks: Iterable[tuple[Mark, ...]]) -> dict[str, float]:
    """Of each stem the best."""
    grades: dict[str, float] = {}
    for _, _, stem, grade in chain.from_iterable(marks):
        if grade > grades.get(stem, 0.0):
            grades[stem] = grade
    return grades


def sieve(forms: Iterable[str], language: str = "") -> re.Pattern[str]:
    """What every text in that language that holds one of these words has, once it is `flat`: how one of them begins.

    forms: of each word it itself and its stem, as `analyse` gives them for the language.
    """
    primary = primary_subtag(language) or DEFAULT
    left_out = LEFT_OUT if primary == DEFAULT else LEFT_OUT_ELSEWHERE
    beginnings: set[str] = set()
    for form in forms:
        written = flat(form.removeprefix(f"{primary}:"))
        beginnings.add(written[: max(2, len(written) - left_out)])
        if _DIE.fullmatch(form):
            beginnings.add(f"{form[0]}y")
    told = [each for each in sorted(beginnings) if not any(map(each.startswith, beginnings - {each}))]
    pattern = "|".join(map(re.escape, told))
    return re.compile((_UMLAUT.sub(r"\g<0>e?", pattern) if primary == "de" else pattern) or r"(?!)")


def flat(text: str) -> str:
    """As the analysis folds words, and without what joins the parts of one; a line stays a line."""
    folded = text.lower() if text.isascii() else "\n".join(map(fold, text.split("\n")))
    return folded.replace("-", "").replace("'", "")


def _synonym_marks(tokens: Sequence[Token], synonym: Wanted) -> list[Mark]:
    """One for each word that it stands for; a compound is marked as a whole."""
    return [Mark(tokens[0].start, tokens[-1].end, stem, SYNONYM) for stem in synonym.stands_for]


# The hits of one page are asked for with the same words.
finder = lru_cache(maxsize=8)(Finder)
