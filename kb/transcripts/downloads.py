"""A transcript as a file to take away: WebVTT or SubRip, which says of a draft that it is one."""

import re

from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import to_srt, to_vtt
from kb.transcripts.models import Transcript

DRAFT_NOTE = "Draft: written by speech recognition, and checked by nobody so far. Some words may be wrong."
LONGEST_NAME = 80


def vtt(transcript: Transcript) -> str:
    return to_vtt(actions.timed_texts(transcript), note=DRAFT_NOTE if transcript.draft else "")


def srt(transcript: Transcript) -> str:
    """Without a word of it being a draft, for which the format has no place: the file's name says it."""
    return to_srt(actions.timed_texts(transcript))


def filename(screencast: Screencast, transcript: Transcript, ending: str) -> str:
    """`Reset the VPN.en.draft.vtt`: as players look for captions beside a recording."""
    title = " ".join(re.sub(r'[\x00-\x1f/\\:*?"<>|]+', " ", screencast.title).split())[:LONGEST_NAME].strip(". ")
    return ".".join([title or "captions", transcript.language, *(["draft"] if transcript.draft else []), ending])
