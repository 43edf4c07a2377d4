"""Work on a recording's files and steps."""

from kb.screencasts.files import cleaning
from kb.screencasts.pipeline import work
from kb.screencasts.uploads import endings
from workers.main import job


@job("screencasts.probe")
def probe(screencast_id: str) -> None:
    work.probe(screencast_id)


@job("screencasts.quick")
def quick(screencast_id: str) -> None:
    work.quick(screencast_id)


@job("screencasts.rendition")
def rendition(screencast_id: str) -> None:
    work.rendition(screencast_id)


@job("screencasts.drop_original")
def drop_original(screencast_id: str) -> None:
    cleaning.drop_original(screencast_id)


@job("screencasts.uploads")
def uploads() -> None:
    endings.tend()


@job("screencasts.clean")
def clean() -> None:
    cleaning.clean()
