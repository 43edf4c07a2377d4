"""Work on words."""

from kb.transcripts import hearing
from workers.main import job


@job("transcripts.speech")
def speech(screencast_id: str) -> None:
    hearing.hear(screencast_id)
