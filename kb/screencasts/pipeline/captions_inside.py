"""Captions that a recording brings along inside: taken as if they had been uploaded beside it."""

import logging
from contextlib import suppress
from pathlib import Path

from kb.errors import Invalid, ToolFailed
from kb.media import subtitles
from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.screencasts.actions import CaptionsFile, take_captions
from kb.screencasts.fields import Upload
from kb.screencasts.languages import language_tag
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline.leasing import Lease

log = logging.getLogger(__name__)

# By whom words in a language are kept against what a file brings.
BY_PEOPLE = ("upload", "edited")


def captions_in(path: Path, kind: Kind, found: Probe, folder: Path, lease: Lease) -> list[CaptionsFile]:
    """One file for each language. Subtitles that can't be read cost no more than themselves."""
    try:
        brought = subtitles.extract(path, kind, found, folder, should_stop=lease.is_over)
    except ToolFailed as error:
        if error.code == "stopped":
            raise
        log.warning("subtitles left out", extra={"screencast": lease.screencast_id, "tool": error.log[-2000:]})
        return []
    languages = [_language(each.language) for each in brought]
    files = [CaptionsFile(each.vtt, "", language) for each, language in zip(brought, languages, strict=True)]
    return [file for place, file in enumerate(files) if file.language not in languages[:place]]


def take(screencast: Screencast, files: list[CaptionsFile]) -> None:
    """Keep them, in the caller's transaction, but for languages in which people have given words already."""
    written = {each["language"] for each in screencast.captions if each["source"] in BY_PEOPLE}
    for file in files:
        # Without any words: a track that an editor made and nobody filled.
        with suppress(Invalid):
            for take_file in take_captions if file.language not in written else ():
                take_file(screencast.id, file, None)


def _language(told: str) -> str:
    """Where the file doesn't say one, that of captions which come without it."""
    try:
        return language_tag(told)
    except ValueError:
        return Upload().captions_language
