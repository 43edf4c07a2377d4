"""Work on words."""

from kb.transcripts import chapters, hearing
from workers.main import job


@job("transcripts.speech")
def speech(screencast_id: str) -> None:
    hearing.hear(screencast_id)


@job("transcripts.chapters")
def find_chapters(screencast_id: str) -> None:
    chapters.find(screencast_id)
