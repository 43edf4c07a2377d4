"""Work on words."""

from kb.transcripts.chapters import actions as chapters
from kb.transcripts.hearing import step as hearing
from kb.transcripts.screen import text as screen_text
from workers.main import job


@job("transcripts.speech")
def speech(screencast_id: str) -> None:
    hearing.hear(screencast_id)


@job("transcripts.screen")
def screen(screencast_id: str) -> None:
    screen_text.read_screen(screencast_id)


@job("transcripts.chapters")
def find_chapters(screencast_id: str) -> None:
    chapters.find(screencast_id)
