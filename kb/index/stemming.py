"""The analysis of every engine that real people search: ours, with the stemmers of Snowball."""

from Stemmer import Stemmer

from kb.index.analysis import Analyser

# Primary subtags, with Norwegian as it is tagged, too: Bokmål and Nynorsk. The later Dutch algorithm takes beginnings
# off words, but `kb.search.finder` knows forms of one word by those.
ALGORITHMS = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch_porter",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# Without its cache, as the analysis has one, a stemmer holds nothing that another thread might change meanwhile.
STEMMERS = {language: Stemmer(algorithm, 0).stemWord for language, algorithm in ALGORITHMS.items()}

ANALYSER = Analyser(STEMMERS)
