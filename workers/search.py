"""Work on the index, which one worker alone does; and on the log of searches."""

from kb.search import actions, log
from workers.main import job


@job("search.drain")
def drain() -> None:
    actions.drain()


@job("search.rebuild")
def rebuild() -> None:
    actions.rebuild()


@job("search.forget")
def forget() -> None:
    log.forget_old()
