"""Work on the index; one worker alone does it."""

from kb.search import actions
from workers.main import job


@job("search.drain")
def drain() -> None:
    actions.drain()


@job("search.rebuild")
def rebuild() -> None:
    actions.rebuild()
