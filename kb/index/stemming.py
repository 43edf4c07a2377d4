"""The analysis of every engine that real people search: ours, with the stemmers that Whoosh brings."""

import warnings

from kb.index.analysis import Analyser

with warnings.catch_warnings():
    # Whoosh 2.7.4 was written before Python warned of unknown escapes in strings; every start would say so.
    warnings.simplefilter("ignore")
    from whoosh.lang.snowball import classes  # type: ignore[import-untyped]

STEMMERS = {language: make().stem for language, make in classes.items()}
# As Norwegian is tagged: Bokmål and Nynorsk.
STEMMERS |= {"nb": STEMMERS["no"], "nn": STEMMERS["no"]}

ANALYSER = Analyser(STEMMERS)
