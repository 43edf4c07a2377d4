"""`kb check-media` on a site with a recording: each kind of damage is found, told, and mended as far as it can be."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from kb.cli import kb, printable
from kb.db import db, new_id, now, writing
from kb.errors import Conflict
from kb.hands import hands
from kb.screencasts.files import mending
from kb.screencasts.files.belongings import measure
from kb.screencasts.files.checking import Kind, check
from kb.screencasts.models import Screencast, Source, State, Step, StepState, Version
from kb.screencasts.pipeline.steps import STEPS
from kb.screencasts.recordings import checksum
from kb.storage.contract import made, original
from tests.conftest import People

NOW = timedelta(0)
RunJobs = Callable[[], list[str]]


@pytest.fixture
def processed(receive: Callable[..., str], run_jobs: RunJobs) -> str:
    """A recording that has been through all steps."""
    screencast_id = receive()
    run_jobs()
    return screencast_id


@pytest.fixture
def item(people: People, data: Path) -> str:
    """The same, written down at once: what lies there is no video, and nothing here looks into it."""
    screencast_id = new_id()
    key = original(screencast_id, "mp4")
    for each in (key, *(made(screencast_id, name) for name in ("video.mp4", "poster-1.webp", "storyboard-0.webp"))):
        finished = data / "private/tmp/finished"
        finished.write_text(f"content of {each}")
        hands().storage.put(each, finished)
    with writing() as session:
        screencast = Screencast(
            id=screencast_id,
            title="A clip",
            author_id=people.author,
            filename="clip.mp4",
            kind="mp4",
            original_key=key,
            original_bytes=(data / key).stat().st_size,
            original_sha256=checksum(data / key),
            state=State.ready,
            poster_key="poster-1.webp",
            storyboard={"sheets": ["storyboard-0.webp"]},
            published_at=now(),
        )
        video = data / made(screencast_id, "video.mp4")
        screencast.sources = [
            Source(
                rank=0,
                name="video.mp4",
                mime="video/mp4",
                width=320,
                height=180,
                size_bytes=video.stat().st_size,
                sha256=checksum(video),
            )
        ]
        screencast.steps = [
            Step(name=kind.name, place=place, state=StepState.done, progress=1.0) for place, kind in enumerate(STEPS)
        ]
        session.add(screencast)
    measure(screencast_id)
    return screencast_id


@pytest.fixture
def data(in_site: Flask) -> Path:
    return Path(hands().settings.data_dir)


def row(screencast_id: str) -> Screencast:
    return db.session.get_one(Screencast, screencast_id, populate_existing=True)


def found() -> list[tuple[Kind, str]]:
    return [(each.kind, each.key) for each in check(settled_after=NOW)]


def mend_all() -> list[mending.Outcome]:
    return [mending.mend(finding) for finding in list(check(settled_after=NOW))]


def spoil(path: Path) -> None:
    """Other bytes, the same size."""
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_a_site_in_order_has_no_findings(processed: str, item: str, data: Path) -> None:
    assert found() == []
    screencast = row(processed)
    hands().storage.delete(f"media/{item}")
    hands().storage.delete(row(item).original_key or "")
    assert screencast.stored_bytes == sum(
        path.stat().st_size
        for folder in ("originals", "media")
        for path in (data / folder).rglob("*")
        if path.is_file()
    )


def test_what_is_made_on_demand_or_is_in_the_making_is_no_finding(
    item: str, data: Path, receive: Callable[..., str]
) -> None:
    in_work = receive()
    for name in (f"{item}/still-7.webp", f"{item}/2-still-7.webp", f"{in_work}/video.mp4"):
        path = data / "media" / name
        path.parent.mkdir(mode=0o750, exist_ok=True)
        path.touch(mode=0o640)
        path.chmod(0o640)
    assert found() == []


def test_what_changed_just_now_is_left_alone(item: str, data: Path) -> None:
    (data / "originals" / f"{new_id()}.mp4").touch()
    spoil(data / made(item, "video.mp4"))
    assert {finding.kind for finding in check()} == {Kind.fresh}
    assert {kind for kind, _ in found()} == {Kind.unknown, Kind.changed}


class TestAnOriginal:
    def test_that_is_missing_is_forgotten_where_a_version_plays(self, item: str) -> None:
        key = row(item).original_key or ""
        hands().storage.delete(key)
        assert found() == [(Kind.missing, key)]
        [outcome] = mend_all()
        assert not outcome.is_well
        assert row(item).original_key is None
        assert found() == []

    def test_that_is_missing_with_all_that_plays_is_told_to_its_author(
        self, processed: str, run_jobs: RunJobs, data: Path
    ) -> None:
        hands().storage.delete(row(processed).original_key or "")
        hands().storage.delete(made(processed, "video.mp4"))
        assert not all(outcome.is_well for outcome in mend_all())
        run_jobs()
        screencast = row(processed)
        assert (screencast.state, screencast.is_playable) == (State.failed, False)
        assert "The original is missing. Upload it again." in {step.error_text for step in screencast.steps}

    def test_that_is_not_as_it_was_is_told_and_never_touched(self, item: str, data: Path) -> None:
        key = row(item).original_key or ""
        spoil(data / key)
        before = (data / key).read_bytes()
        assert found() == [(Kind.changed, key)]
        [outcome] = mend_all()
        assert not outcome.is_well
        assert (data / key).read_bytes() == before
        assert found() == [(Kind.changed, key)]

    def test_of_another_size_is_found_without_reading_it(self, item: str, data: Path) -> None:
        key = row(item).original_key or ""
        with (data / key).open("ab") as file:
            file.write(b"more")
        assert [each.kind for each in check(contents=False, settled_after=NOW)] == [Kind.changed]
        spoil(data / made(item, "video.mp4"))
        assert len(list(check(contents=False, settled_after=NOW))) == 1


@pytest.mark.parametrize("damage", [Path.unlink, spoil])
def test_what_plays_is_made_again_from_its_original(
    processed: str, data: Path, run_jobs: RunJobs, damage: Callable[[Path], None]
) -> None:
    damage(data / made(processed, "video.mp4"))
    assert [kind for kind, _ in found()] in ([Kind.missing], [Kind.changed])
    assert [outcome.is_well for outcome in mend_all()] == [True]
    run_jobs()
    assert found() == []
    assert (row(processed).state, row(processed).is_playable) == (State.ready, True)
    was_set_aside = (data / "private/set-aside" / made(processed, "video.mp4")).exists()
    assert was_set_aside == (damage is spoil), "nothing is deleted"


def test_pictures_are_made_again(processed: str, run_jobs: RunJobs) -> None:
    screencast = row(processed)
    lost = [made(processed, name) for name in (screencast.poster_key or "", *(screencast.storyboard or {})["sheets"])]
    for key in lost:
        hands().storage.delete(key)
    assert found() == [(Kind.missing, key) for key in lost]
    assert [outcome.is_well for outcome in mend_all()] == [True, True]
    run_jobs()
    assert found() == []


def test_pictures_that_nothing_can_make_again_are_forgotten(item: str) -> None:
    screencast = row(item)
    hands().storage.delete(f"media/{item}")
    hands().storage.delete(screencast.original_key or "")
    key = screencast.original_key
    assert not any(outcome.is_well for outcome in mend_all())
    assert found() == [(Kind.missing, key)], "until somebody uploads it again"
    assert (row(item).poster_key, row(item).storyboard, row(item).stored_bytes) == (None, None, 0)


def test_an_earlier_recording_that_is_missing_is_forgotten(item: str, data: Path) -> None:
    key = original(f"{item}-{new_id()}", "mp4")
    with writing() as session:
        session.add(
            Version(screencast_id=item, take=1, filename="a.mp4", kind="mp4", original_key=key, original_bytes=4)
        )
    assert found() == [(Kind.missing, key)]
    assert [outcome.is_well for outcome in mend_all()] == [False]
    assert (found(), row(item).versions) == ([], [])


def test_an_earlier_recording_belongs_to_its_screencast(item: str, data: Path) -> None:
    key = original(f"{item}-{new_id()}", "mp4")
    hands().storage.keep_copy(row(item).original_key or "", key)
    size_bytes, sha256 = row(item).original_bytes, row(item).original_sha256
    with writing() as session:
        session.add(
            Version(
                screencast_id=item,
                take=1,
                filename="a.mp4",
                kind="mp4",
                original_key=key,
                original_bytes=size_bytes,
                sha256=sha256,
            )
        )
    assert found() == []


def test_what_belongs_to_nothing_is_set_aside_and_no_link_is_followed(item: str, data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mp4"
    outside.write_text("not ours")
    gone = new_id()
    (data / "media" / gone).mkdir()
    (data / "media" / gone / "video.mp4").touch()
    (data / "originals/holiday.mp4").touch()
    (data / "originals/link.mp4").symlink_to(outside)
    (data / "media" / item / "poster-9.webp").touch()
    (data / "media" / item / "deeper").mkdir()
    expected = [
        "originals/holiday.mp4",
        "originals/link.mp4",
        f"media/{gone}",
        f"media/{item}/deeper",
        f"media/{item}/poster-9.webp",
    ]
    assert sorted(found()) == sorted((Kind.unknown, key) for key in expected)
    assert all(outcome.is_well for outcome in mend_all())
    assert found() == []
    aside = data / "private/set-aside"
    assert (aside / "media" / gone / "video.mp4").exists()
    assert (aside / "originals/link.mp4").is_symlink()
    assert outside.read_text() == "not ours"
    assert aside.stat().st_mode & 0o777 == 0o700


def test_a_link_where_an_original_should_be_is_told_and_left_alone(item: str, data: Path, tmp_path: Path) -> None:
    key = row(item).original_key or ""
    (data / key).rename(tmp_path / "elsewhere.mp4")
    (data / key).symlink_to(tmp_path / "elsewhere.mp4")
    assert found() == [(Kind.changed, key)]
    assert [outcome.is_well for outcome in mend_all()] == [False]
    assert (row(item).original_key, (data / key).exists()) == (key, True)


def test_a_folder_where_a_version_should_be_is_set_aside_and_the_version_made_again(item: str, data: Path) -> None:
    video = data / made(item, "video.mp4")
    video.unlink()
    (video / "deeper").mkdir(parents=True)
    assert all(outcome.is_well for outcome in mend_all())
    assert (data / "private/set-aside" / made(item, "video.mp4") / "deeper").is_dir()
    assert row(item).step("rendition").state == StepState.waiting  # type: ignore[union-attr]


def test_who_may_read_a_file_is_set_right(item: str, data: Path) -> None:
    (data / made(item, "video.mp4")).chmod(0o666)
    (data / "media" / item).chmod(0o777)
    assert [kind for kind, _ in found()] == [Kind.access, Kind.access]
    assert all(outcome.is_well for outcome in mend_all())
    assert found() == []


def test_missing_checksums_are_no_fault_and_are_written_down(item: str) -> None:
    with writing():
        screencast = row(item)
        was = screencast.original_sha256
        screencast.original_sha256 = None
        for source in screencast.sources:
            source.sha256 = None
    findings = list(check(settled_after=NOW))
    assert [finding.kind for finding in findings] == [Kind.unmeasured, Kind.unmeasured]
    assert not any(finding.is_fault for finding in findings)
    mend_all()
    assert row(item).original_sha256 == was
    assert found() == []


def test_a_screencast_that_goes_while_it_is_looked_at_is_no_finding(item: str, data: Path) -> None:
    def erase(_size_bytes: int) -> None:
        from kb.screencasts import erasing

        erasing.erase(item)

    looking = check(settled_after=NOW, on_read=erase)
    assert list(looking) == []


def test_what_is_in_the_trash_is_looked_after_too(item: str) -> None:
    with writing():
        screencast = row(item)
        screencast.trashed_at = screencast.created_at
    assert found() == []
    key = row(item).original_key or ""
    hands().storage.delete(key)
    assert found() == [(Kind.missing, key)]


@pytest.fixture
def command(in_site: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`kb check-media` of this site."""
    settings = hands().settings
    monkeypatch.setenv("KB_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KB_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KB_REDIS_URL", settings.redis_url)
    return lambda *options: CliRunner().invoke(kb, ["check-media", *options])


def test_nothing_is_repaired_where_a_whole_folder_is_empty(
    item: str, data: Path, command: Callable[..., Result]
) -> None:
    key = row(item).original_key
    (data / "originals").rename(data / "elsewhere")
    (data / "originals").mkdir(mode=0o750)
    refused = command("--repair").exception
    assert isinstance(refused, Conflict)
    assert "Nothing at all lies in originals" in refused.detail
    db.session.rollback()
    assert row(item).original_key == key
    assert command("--repair", "--lost").exit_code == 1
    db.session.rollback()
    assert row(item).original_key is None


def test_no_name_of_a_file_commands_the_terminal_or_ends_the_check(
    item: str, data: Path, command: Callable[..., Result]
) -> None:
    names = [b"line\nend.mp4", b"\x1b[31mred.mp4", b"\xff.mp4"]
    for name in names:
        path = os.path.join(os.fsencode(data / "originals"), name)
        Path(os.fsdecode(path)).touch()
    assert [printable(key) for _, key in found()] == [
        "originals/\\x1b[31mred.mp4",
        "originals/line\\nend.mp4",
        "originals/\\udcff.mp4",
    ]
    assert all(outcome.is_well for outcome in mend_all())
    assert found() == []


def test_the_command_tells_each_finding_in_a_line_and_fails_for_what_is_left(
    item: str, data: Path, command: Callable[..., Result]
) -> None:
    fine = command()
    assert (fine.exit_code, fine.stdout.strip().splitlines()[-1]) == (
        0,
        "Every file is there, as it was, and belongs to something.",
    )
    hands().storage.delete(made(item, "video.mp4"))
    told = command("--sizes-only")
    assert told.exit_code == 1
    assert f"missing     {made(item, 'video.mp4')}: " in told.stdout
    assert "1 missing." in told.stdout
    mended = command("--repair")
    assert (mended.exit_code, "→ is being made again" in mended.stdout) == (0, True)
    db.session.rollback()
    key = row(item).original_key or ""
    os.truncate(data / key, 10)
    os.utime(data / key)
    assert [finding.key for finding in check(settled_after=NOW)] == [key]


def test_what_changed_just_now_is_told_and_left_alone(item: str, data: Path, command: Callable[..., Result]) -> None:
    original, stray = data / (row(item).original_key or ""), data / "originals/stray.mp4"
    os.truncate(original, 10)
    stray.touch()
    told = command("--repair")
    assert told.exit_code == 0
    assert told.stdout.count("left alone, since it changed within the last hour") == 2
    assert told.stdout.strip().splitlines()[-1] == (
        "Nothing is wrong so far. 2 files changed within the last hour and may be in the making; check again later."
    )
    assert (original.stat().st_size, stray.exists()) == (10, True)
    assert {finding.kind for finding in check(settled_after=NOW)} == {Kind.changed, Kind.unknown}


def test_findings_name_no_title(item: str) -> None:
    with writing():
        row(item).title = "Layoffs in May"
    hands().storage.delete(row(item).original_key or "")
    assert not any("Layoffs" in finding.detail for finding in check(settled_after=NOW))
