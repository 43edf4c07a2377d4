"""Pages of the words: read without the player, added as files, taken away, deleted."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kb.accounts.models import Person
from kb.audit import AuditEntry
from kb.db import db, now, writing
from kb.screencasts.models import Screencast, Source
from kb.transcripts import actions
from kb.transcripts.cues import NONE_FOUND, TimedText
from kb.transcripts.editing import corrections, revisions
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People

VTT = b"WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n<script>alert(1)</script>&lt;b&gt; Gru\xc3\x9f\n"


@pytest.fixture
def screencast(people: People) -> str:
    """With words that an engine heard."""
    with writing() as session:
        item = Screencast(title="Reset: the <VPN>/now", author_id=people.author, published_at=now(), duration_ms=60_000)
        session.add(item)
    words = [TimedText(0, 900, "heard words"), TimedText(1_000, 2_000, "go on"), TimedText(9_000, 9_900, "later")]
    actions.put(item.id, "en", words, source=WordsFrom.speech, engine="pocketsphinx", draft=True)
    return f"/screencasts/{item.id}"


def add(caller: Caller, url: str, content: bytes = VTT, language: str = "pt-BR") -> TestResponse:
    file = (io.BytesIO(content), "../../words.vtt")
    answer = caller.post(f"{url}/captions", data={"captions": file, "captions_language": language})
    # So that the test, too, sees what the site has written.
    db.session.rollback()
    return answer


def test_the_words_are_a_page_of_paragraphs_with_links_to_their_seconds(author: Caller, screencast: str) -> None:
    page = author.get(f"{screencast}/transcript").text
    assert '<p class="min-w-0 wrap-anywhere" dir="auto">heard words go on</p>' in page
    assert f'href="{screencast}?t=9" aria-label="Watch from 0:09"' in page
    assert "This is a draft." in page


def test_chapters_are_headings_of_the_page(author: Caller, screencast: str) -> None:
    with writing() as session:
        item = session.get_one(Screencast, screencast.split("/")[-1])
        item.chapters = [{"start_ms": 0, "title": "First <b>"}, {"start_ms": 8_900, "title": "Second"}]
    page = author.get(f"{screencast}/transcript").text
    assert page.index("First &lt;b&gt;") < page.index("heard words") < page.index("Second</a>") < page.index("later")


def test_a_file_adds_a_language_and_nothing_of_it_is_markup(author: Caller, screencast: str) -> None:
    assert add(author, screencast).status_code == 302
    page = author.get(f"{screencast}/transcript").text
    assert 'lang="pt-BR"' in page, "people's words come before an engine's"
    assert "alert(1)&lt;b&gt; Gruß" in page
    assert "This is a draft." not in page
    assert "heard words" in author.get(f"{screencast}/transcript?lang=EN").text
    assert "alert(1)&lt;b&gt;" in author.get(f"{screencast}/transcript?lang=xx").text


def test_the_list_says_from_where_the_words_are(author: Caller, screencast: str) -> None:
    add(author, screencast)
    transcript = actions.find(screencast.split("/")[-1], "pt-BR")
    page = author.get(f"{screencast}/captions").text
    assert "By speech recognition (pocketsphinx)" in page
    assert "From a file of Test Author" in page
    assert transcript.source == WordsFrom.upload


def test_who_corrects_the_words_of_a_file_is_named(author: Caller, screencast: str, people: People) -> None:
    add(author, screencast)
    transcript = actions.find(screencast.split("/")[-1], "pt-BR")
    before = tuple(actions.timed_texts(transcript))
    corrections.edit(
        transcript, [Change(before, (TimedText(500, 1_500, "outra"),))], by=db.session.get_one(Person, people.author)
    )
    assert "Written by Test Author" in author.get(f"{screencast}/captions").text


def test_a_file_replaces_the_words_in_its_language_and_what_was_there_stays_in_the_history(
    author: Caller, screencast: str
) -> None:
    assert add(author, screencast, language="EN").status_code == 302
    transcript = actions.find(screencast.split("/")[-1], "en")
    assert (transcript.source, transcript.draft) == (WordsFrom.upload, False)
    assert [each.cause for each in revisions.of(transcript)] == ["uploaded", "heard"]
    assert db.session.scalar(select(AuditEntry.act).where(AuditEntry.act == "replaced-words"))


@pytest.mark.parametrize(
    ("content", "language", "fault"),
    [
        (b"no captions", "de", NONE_FOUND),
        (b"", "de", NONE_FOUND),
        (VTT, "xx", "No language is known as xx."),
        (VTT, "../../etc/passwd", "Write the language as en"),
        (VTT, "", "Write the language as en"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    author: Caller, screencast: str, content: bytes, language: str, fault: str
) -> None:
    answer = add(author, screencast, content, language)
    assert answer.status_code == 422
    assert fault in answer.text
    assert [each.language for each in actions.of(screencast.split("/")[-1])] == ["en"]


def test_without_a_file_the_form_asks_for_one(author: Caller, screencast: str) -> None:
    answer = author.post(f"{screencast}/captions", data={"captions_language": "de"})
    assert (answer.status_code, "Choose a .vtt or .srt file." in answer.text) == (422, True)


def test_a_huge_file_is_refused_before_it_is_read(author: Caller, screencast: str) -> None:
    assert add(author, screencast, b"x" * (100 << 20)).status_code == 413
    answer = add(author, screencast, b"x" * (6 << 20))
    assert (answer.status_code, "larger than 5 MB" in answer.text) == (422, True)


def test_words_are_deleted_with_all_that_is_said_of_them(author: Caller, screencast: str) -> None:
    add(author, screencast)
    assert author.post(f"{screencast}/captions/pt-br/delete").status_code == 302
    db.session.rollback()
    assert [each.language for each in actions.of(screencast.split("/")[-1])] == ["en"]
    assert author.post(f"{screencast}/captions/pt-BR/delete").status_code == 404
    assert db.session.scalar(select(AuditEntry.act).where(AuditEntry.act == "deleted-words"))


def test_files_to_keep_have_a_name_and_say_of_a_draft_that_it_is_one(author: Caller, screencast: str) -> None:
    answer = author.get(f"{screencast}/captions/en.vtt?download=1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Reset the VPN now.en.draft.vtt"'
    assert answer.text.startswith("WEBVTT\n\nNOTE Draft: written by speech recognition")
    answer = author.get(f"{screencast}/captions/en.srt")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Reset the VPN now.en.draft.srt"'
    assert answer.text.startswith("1\n00:00:00,000 --> 00:00:00,900\nheard words\n")
    add(author, screencast)
    answer = author.get(f"{screencast}/captions/pt-BR.vtt?download=1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Reset the VPN now.pt-BR.vtt"'
    assert "NOTE" not in answer.text
    assert "Content-Disposition" not in author.get(f"{screencast}/captions/en.vtt").headers


def test_a_recording_without_words_has_a_page_that_says_so(author: Caller, receive: Callable[..., str]) -> None:
    url = f"/screencasts/{receive()}"
    assert "There are no words to read yet" in author.get(f"{url}/transcript").text
    assert "It has no words yet." in author.get(f"{url}/captions").text


def tracks(page: str) -> dict[str, str]:
    """By language, what stands in its <track>."""
    return {re.findall(r'srclang="(.*?)"', each)[0]: each for each in re.findall(r'<track kind="captions".*?>', page)}


def with_picture(screencast: str) -> None:
    """As if a recording were there to play."""
    own = {"screencast_id": screencast.split("/")[-1], "rank": 0, "size_bytes": 9}
    with writing() as session:
        session.add(Source(name="video.mp4", mime="video/mp4", width=640, height=360, **own))


def test_words_of_people_are_on_when_the_player_starts_and_drafts_are_not(author: Caller, screencast: str) -> None:
    with_picture(screencast)
    (draft,) = tracks(author.get(screencast).text).values()
    assert 'label="English (draft)"' in draft
    assert "data-draft" in draft
    assert " default" not in draft
    add(author, screencast)
    both = tracks(author.get(screencast).text)
    assert {language: " default" in track for language, track in both.items()} == {"pt-BR": True, "en": False}


def test_a_draft_in_the_readers_language_comes_before_a_translation_and_no_other_captions_are_on(
    author: Caller, screencast: str
) -> None:
    """Whoever hears English is not shown Portuguese, because somebody translated it before the draft was corrected."""
    with_picture(screencast)
    add(author, screencast)
    page, steps = (
        author.get(url, headers={"Accept-Language": "en-US"}).text for url in (screencast, f"{screencast}/steps")
    )
    assert 'data-cues lang="en"' in page
    assert not any(" default" in track for track in tracks(page).values())
    assert '<ol class="steps steps-one" lang="en"' in steps


def test_of_several_languages_the_readers_own_is_shown(author: Caller, screencast: str) -> None:
    with_picture(screencast)
    for language in ("de", "fr", "en"):
        add(author, screencast, language=language)
    for accepted, chosen in (("fr-CA,fr;q=0.9", "fr"), ("en-GB", "en"), ("ja", "de"), ("", "de")):
        page = author.get(screencast, headers={"Accept-Language": accepted}).text
        assert [language for language, track in tracks(page).items() if " default" in track] == [chosen]
        assert f'data-cues lang="{chosen}"' in page
        assert (
            f'class="read" lang="{chosen}"'
            in author.get(f"{screencast}/transcript", headers={"Accept-Language": accepted}).text
        )
    assert 'data-cues lang="fr"' in author.get(f"{screencast}?lang=fr").text
