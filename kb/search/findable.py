"""What a search may answer with."""

from kb import outbox
from kb.accounts.rules import Viewer
from kb.screencasts import queries


def findable(viewer: Viewer) -> frozenset[str]:
    """All that the index may be asked about for this viewer, and may use to answer, however far it is behind."""
    ids, widened = queries.visible_ids(viewer), outbox.widened()
    # The very same set each time, where it can be: what is kept for it is then found at once.
    return ids - widened if widened else ids
