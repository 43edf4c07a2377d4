"""What a screencast holds comes out of the database as it went in, however its texts are joined on the way."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import actions as pipeline
from kb.search.marks import Passage, together
from kb.search.passages import passages
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import People

TEXTS = st.text(st.sampled_from("ab ,-'é\u2028\r\n\x1e"), max_size=12)
MS = st.integers(0, 10**7)
PASSAGES = st.builds(
    Passage,
    MS,
    MS,
    TEXTS,
    st.sampled_from(["speech", "screen", "solved"]),
    st.sampled_from(["", "de"]),
    st.none() | st.integers(1, 10**9),
)


@given(st.lists(PASSAGES, max_size=8))
def test_passages_stay_themselves_but_for_the_ends_of_their_lines(found: list[Passage]) -> None:
    expected = [passage._replace(text=passage.text.replace("\n", " ")) for passage in found]
    assert list(chain.from_iterable(together(found))) == expected
    chunks = [each.chunks(at) for each in together(found) for at, _ in enumerate(each)]
    assert chunks == [passage.text.split() for passage in found]


def test_each_cue_and_line_is_read_with_its_own_times_and_language(people: People) -> None:
    with writing() as session:
        item = Screencast(title="Close the month", author_id=people.author, published_at=now(), language="en")
        session.add(item)
        pipeline.start(item)
    english = [TimedText(0, 4_000, "Open the\nledger,"), TimedText(4_000, 9_000, "then the, invoices.")]
    transcripts.put(item.id, "en", english, source=WordsFrom.upload)
    transcripts.put(item.id, "de", [TimedText(1_000, 4_500, "Die Bücher öffnen")], source=WordsFrom.upload)
    screen_text.put(item.id, [TimedText(2_000, 8_000, "error 0x80070005"), TimedText(3_000, 5_000, "a, b")])
    read = [passage for each in passages([item])[item.id] for passage in each if passage.kind != "title"]
    assert sorted((each.start_ms, each.end_ms, each.kind, each.language, each.text) for each in read) == [
        (0, 4_000, "speech", "en", "Open the ledger,"),
        (1_000, 4_500, "speech", "de", "Die Bücher öffnen"),
        (2_000, 8_000, "screen", "en", "error 0x80070005"),
        (3_000, 5_000, "screen", "en", "a, b"),
        (4_000, 9_000, "speech", "en", "then the, invoices."),
    ]
    cues = {each.text: each.cue for each in read}
    assert len({cue for cue in cues.values() if cue}) == 3
    assert cues["a, b"] is None
