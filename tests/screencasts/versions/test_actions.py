import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, new_id, writing
from kb.errors import Invalid, NotAllowed, NotFound
from kb.hands import hands
from kb.screencasts import actions, erasing, queries
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing, work
from kb.screencasts.versions import actions as versions
from kb.storage.contract import made_folder
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from tests.conftest import People, make_clip


@pytest.fixture(scope="session")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("other") / "take two.mp4", seconds=3)


@pytest.fixture(scope="session")
def webm_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus".split()
    return make_clip(tmp_path_factory.mktemp("webm") / "clip.webm", *options)


@pytest.fixture
def replace(in_site: Flask, people: People) -> Callable[..., Screencast]:
    def replaced(screencast_id: str, file: Path, by: str = people.author) -> Screencast:
        landed = in_site.extensions["kb.settings"].tmp_dir / f"landing-{new_id()}"
        shutil.copy(file, landed)
        person = db.session.get_one(Person, by)
        return versions.replace(db.session.get_one(Screencast, screencast_id), landed, file.name, by=person)

    return replaced


@pytest.fixture
def author(people: People, in_site: Flask) -> Person:
    return db.session.get_one(Person, people.author)


def _names(screencast_id: str) -> list[str]:
    return hands().storage.names(made_folder(screencast_id))


def _get(screencast_id: str) -> Screencast:
    return db.session.get_one(Screencast, screencast_id)


def test_a_replaced_recording_keeps_the_screencast_and_plays_until_the_new_one_does(
    receive: Callable[..., str], replace: Callable[..., Any], run_jobs: Callable[[], list[str]], other_clip: Path
) -> None:
    screencast_id = receive(title="How to")
    run_jobs()
    before = _names(screencast_id)
    replace(screencast_id, other_clip)
    screencast = _get(screencast_id)
    assert (screencast.state, screencast.is_playable, screencast.sources[0].name) == ("processing", True, "video.mp4")
    assert _names(screencast_id) == before
    run_jobs()
    screencast = _get(screencast_id)
    assert (screencast.state, screencast.title, screencast.take) == ("ready", "How to", 2)
    assert [source.name for source in screencast.sources] == ["2-video.mp4"]
    assert 2900 < (screencast.duration_ms or 0) < 3200
    assert all(name.startswith("2-") for name in _names(screencast_id)), "nothing of the first is left"
    assert screencast.poster_key in _names(screencast_id)
    assert set(screencast.storyboard["sheets"]) <= set(_names(screencast_id))  # type: ignore[index]


def test_a_recording_for_what_is_erased_meanwhile_leaves_nothing(
    receive: Callable[..., str], in_site: Flask, other_clip: Path, author: Person
) -> None:
    erased = _get(receive())
    erasing.erase(erased.id)
    settings = in_site.extensions["kb.settings"]
    landed = Path(shutil.copy(other_clip, settings.tmp_dir / "landing"))
    with pytest.raises(NotFound):
        versions.replace(erased, landed, "clip.mp4", by=author)
    assert list((settings.data_dir / "originals").iterdir()) == []


def test_a_version_is_restored_with_the_words_that_people_wrote_for_it(
    receive: Callable[..., str],
    replace: Callable[..., Any],
    run_jobs: Callable[[], list[str]],
    other_clip: Path,
    author: Person,
) -> None:
    screencast_id = receive()
    run_jobs()
    transcripts.put(screencast_id, "en", [TimedText(0, 900, "first of all")], source=WordsFrom.edited)
    replace(screencast_id, other_clip)
    assert transcripts.of(screencast_id) == [] == _get(screencast_id).captions
    run_jobs()
    (version,) = _get(screencast_id).versions
    assert (version.take, version.filename) == (1, "clip.mp4")
    versions.restore(_get(screencast_id), version.id, by=author)
    run_jobs()
    screencast = _get(screencast_id)
    assert (screencast.take, screencast.filename, screencast.state) == (1, "clip.mp4", "ready")
    assert [source.name for source in screencast.sources] == ["video.mp4"]
    assert [cue.text for each in transcripts.of(screencast_id) for cue in each.cues] == ["first of all"]
    assert [(each.take, each.filename) for each in screencast.versions] == [(2, "take two.mp4")]
    assert not any(name.startswith("2-") for name in _names(screencast_id))


def test_a_version_that_is_restored_is_the_draft_that_it_was_and_what_was_hidden_of_it_stays_hidden(
    receive: Callable[..., str], replace: Callable[..., Any], other_clip: Path, author: Person
) -> None:
    screencast_id = receive()
    half_corrected = [TimedText(0, 900, "first of all")]
    transcripts.put(screencast_id, "en", half_corrected, source=WordsFrom.edited, draft=True)
    hidings.hide_range(_get(screencast_id), 0, 900, by=author)
    replace(screencast_id, other_clip)
    screen_text.put(screencast_id, [TimedText(0, 900, "of the other recording")])
    assert len(screen_text.of(screencast_id, with_hidden=False)) == 1
    versions.restore(_get(screencast_id), _get(screencast_id).versions[0].id, by=author)
    assert _get(screencast_id).captions == [{"language": "en", "source": "edited", "draft": True}]
    screen_text.put(screencast_id, [TimedText(0, 900, "payroll")])
    assert screen_text.of(screencast_id, with_hidden=False) == []


def test_every_later_recording_has_a_number_of_its_own(
    receive: Callable[..., str],
    replace: Callable[..., Any],
    run_jobs: Callable[[], list[str]],
    other_clip: Path,
    webm_clip: Path,
    author: Person,
) -> None:
    screencast_id = receive()
    replace(screencast_id, other_clip)
    versions.restore(_get(screencast_id), _get(screencast_id).versions[0].id, by=author)
    replace(screencast_id, webm_clip)
    run_jobs()
    screencast = _get(screencast_id)
    assert (screencast.take, [each.take for each in screencast.versions]) == (3, [2, 1])
    assert [source.name for source in screencast.sources] == ["3-video.mp4", "3-quick.webm"]


def test_the_same_recording_again_is_refused_and_leaves_nothing(
    receive: Callable[..., str], replace: Callable[..., Any], clip: Path, in_site: Flask
) -> None:
    screencast_id = receive()
    data = in_site.extensions["kb.settings"].data_dir
    before = sorted((data / "originals").iterdir())
    with pytest.raises(Invalid, match="already"):
        replace(screencast_id, clip)
    assert sorted((data / "originals").iterdir()) == before
    assert _get(screencast_id).take == 1


def test_a_recording_that_nothing_can_be_made_of_leaves_the_earlier_one_playing(
    receive: Callable[..., str],
    replace: Callable[..., Any],
    run_jobs: Callable[[], list[str]],
    other_clip: Path,
    author: Person,
) -> None:
    screencast_id = receive()
    run_jobs()
    replace(screencast_id, other_clip)
    key = _get(screencast_id).original_key or ""
    with hands().storage.local_path(key) as path:
        path.write_bytes(path.read_bytes()[:48] + bytes(5000))
    run_jobs()
    screencast = _get(screencast_id)
    assert screencast.is_playable
    assert screencast.step("rendition").state == "failed"  # type: ignore[union-attr]
    versions.restore(screencast, screencast.versions[0].id, by=author)
    run_jobs()
    assert _get(screencast_id).state == "ready"


def test_where_originals_are_not_kept_the_rendition_is_the_version(
    receive: Callable[..., str],
    replace: Callable[..., Any],
    run_jobs: Callable[[], list[str]],
    webm_clip: Path,
    other_clip: Path,
    author: Person,
) -> None:
    screencast_id = receive(webm_clip)
    run_jobs()
    with writing():
        _get(screencast_id).original_key = None
    replace(screencast_id, other_clip)
    run_jobs()
    versions.restore(_get(screencast_id), _get(screencast_id).versions[0].id, by=author)
    run_jobs()
    screencast = _get(screencast_id)
    assert (screencast.kind, screencast.state, screencast.is_playable) == ("mp4", "ready", True)


def test_a_worker_that_was_busy_with_the_earlier_recording_changes_nothing(
    receive: Callable[..., str], replace: Callable[..., Any], run_jobs: Callable[[], list[str]], other_clip: Path
) -> None:
    screencast_id = receive()
    lease = leasing.claim(screencast_id, "probe")
    assert lease
    replace(screencast_id, other_clip)
    with pytest.raises(leasing.LeaseLost):
        work._probe(lease)
    run_jobs()
    assert [source.name for source in _get(screencast_id).sources] == ["2-video.mp4"]


def test_erasing_a_version_or_the_screencast_takes_their_files(
    receive: Callable[..., str],
    replace: Callable[..., Any],
    other_clip: Path,
    webm_clip: Path,
    author: Person,
    in_site: Flask,
) -> None:
    originals = in_site.extensions["kb.settings"].data_dir / "originals"
    screencast_id = receive()
    replace(screencast_id, other_clip)
    replace(screencast_id, webm_clip)
    assert len(list(originals.iterdir())) == 3
    versions.drop(_get(screencast_id), _get(screencast_id).versions[0].id, by=author)
    assert len(list(originals.iterdir())) == 2
    erasing.erase(screencast_id, by=author)
    assert list(originals.iterdir()) == []


def test_earlier_recordings_are_for_their_author_and_admins(receive: Callable[..., str], people: People) -> None:
    screencast_id = receive(visibility="everyone")
    for person_id, may in ((people.author, True), (people.admin, True), (people.curator, False), (people.other, False)):
        person = db.session.get_one(Person, person_id)
        viewer = Viewer(person_id=person_id, is_curator=True)
        if may:
            assert versions.get_to_replace(viewer, screencast_id, by=person).id == screencast_id
        else:
            with pytest.raises(NotAllowed):
                versions.get_to_replace(viewer, screencast_id, by=person)


def test_a_version_of_another_screencast_is_not_there(
    receive: Callable[..., str], replace: Callable[..., Any], other_clip: Path, author: Person
) -> None:
    one, other = receive(), receive()
    replace(one, other_clip)
    with pytest.raises(NotFound):
        versions.restore(_get(other), _get(one).versions[0].id, by=author)


def test_the_same_file_is_told_as_far_as_its_uploader_may_see_it(receive: Callable[..., str], people: People) -> None:
    hidden = receive(by=people.other, visibility="private")
    shown = receive(by=people.other)
    mine = receive()
    trashed = receive()
    actions.trash(_get(trashed), by=db.session.get_one(Person, people.author))
    found = queries.same_file(Viewer(person_id=people.author), _get(mine))
    assert [each.id for each in found] == [shown]
    assert hidden not in [each.id for each in found]
