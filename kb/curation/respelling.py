"""Names of the glossary put right in many transcripts at once; taken back as any other bulk change."""

from collections.abc import Collection, Sequence

from kb import audit
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories.glossary import Known
from kb.curation.models import BulkChange
from kb.db import writing
from kb.errors import Invalid
from kb.transcripts import respelling
from kb.web.filters import counted

# Lines in one go: about a second, since others wait for it to write.
AT_MOST = 200


def put_right(viewer: Viewer, cue_ids: Collection[int], words: Sequence[Known], *, by: Person) -> BulkChange | None:
    """None where nothing was to be done any more. Raises Invalid for none chosen, or too many."""
    if not cue_ids:
        raise Invalid("Choose some lines first.", errors={"cue": ["None is chosen."]})
    if len(cue_ids) > AT_MOST:
        raise Invalid("Those are too many.", errors={"cue": [f"Take at most {AT_MOST} lines at once."]})
    with writing() as session:
        done = respelling.put_right(viewer, cue_ids, words, by=by)
        if not done:
            return None
        change = BulkChange(person_id=by.id, words=_in_words(done, words), changes=done)
        session.add(change)
        session.flush()
        count = len({each["id"] for each in done})
        audit.record("changed", "bulk", change.id, by=by.id, verbs="put names right in", count=count)
    return change


def _in_words(done: Sequence[dict[str, object]], words: Sequence[Known]) -> str:
    """“Kubernetes” put right in 3 screencasts"""
    names = f"“{words[0].written}”" if len(words) == 1 else "Names"
    return f"{names} put right in {counted(len({each['id'] for each in done}))}"[:300]
