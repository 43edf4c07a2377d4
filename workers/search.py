"""Work on the index, which one worker alone does; and on the log of searches."""

from datetime import datetime

from kb.search import actions, learning, log, tending
from workers.main import job


@job("search.drain")
def drain() -> None:
    learning.drain()


@job("search.rebuild")
def rebuild() -> None:
    actions.rebuild()


@job("search.tend")
def tend() -> None:
    tending.tend(datetime.now().astimezone())


@job("search.forget")
def forget() -> None:
    log.forget_old()
