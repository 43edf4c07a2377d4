"""The analysis of every engine that real people search: ours, with the stemmers that Whoosh brings."""

import warnings

from kb.index.analysis import Analyser

with warnings.catch_warnings():
    # Whoosh 2.7.4 was written before Python warned of unknown escapes in strings; every start would say so.
    warnings.simplefilter("ignore")
    from whoosh.lang.porter2 import stem  # type: ignore[import-untyped]
    from whoosh.lang.snowball import classes  # type: ignore[import-untyped]

# Porter2 of its own module is the same as Snowball's English, for a third of the time.
STEMMERS = {language: make().stem for language, make in classes.items() if language != "en"} | {"en": stem}

ANALYSER = Analyser(STEMMERS)
