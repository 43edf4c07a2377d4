"""Work on words."""

from kb.transcripts import actions
from workers.main import job


@job("transcripts.speech")
def speech(screencast_id: str) -> None:
    actions.hear(screencast_id)
