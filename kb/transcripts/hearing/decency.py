"""Swear words that nobody said: a draft engine hears one in a noise, and it would stand as a colleague's. Pure."""

from dataclasses import replace

from kb.speech.contract import Segment

# An engine is as sure as this of most words that it got right, and of few others.
SURE = 0.9
SWEAR_WORDS = frozenset(
    "arse arsehole ass asses asshole assholes bastard bastards bitch bitches bitching bollocks bullshit cock cocks "
    "crap cunt cunts damn damned dick dicks dickhead fag faggot fags fuck fucked fucker fuckers fucking fucks goddamn "
    "motherfucker motherfuckers nigger niggers piss pissed prick pricks pussy shit shits shitting shitty slut sluts "
    "tits twat wank wanker whore whores".split()
)


def decent(segment: Segment) -> Segment | None:
    """Without the swear words that the engine was not sure of; None if nothing is left of it."""
    words = tuple(
        word for word in segment.words if word.text.lower() not in SWEAR_WORDS or (word.confidence or 0) >= SURE
    )
    if len(words) == len(segment.words):
        return segment
    return replace(segment, text=" ".join(word.text for word in words), words=words) if words else None
