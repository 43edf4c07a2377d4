"""The command line: what an admin does from a shell. Reads the same settings as the site."""

import os
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from kb.config import Settings
from kb.errors import Conflict, KbError

if TYPE_CHECKING:
    from kb.accounts.models import Person
    from kb.jobs import Send


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def kb() -> None:
    """Showhow: colleagues show each other how, in short screencasts."""


def main() -> NoReturn:
    try:
        kb(standalone_mode=False)
    except KbError as error:
        _fail(error)
    except SQLAlchemyError as error:
        click.echo(
            f"The database does not answer ({type(error).__name__}). Check KB_DATABASE_URL, then: kb doctor", err=True
        )
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(0)


def in_site(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with the site's settings, its folders made and its database up to date."""

    @wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with _site().app_context():
            return command(*args, **kwargs)

    return inside


def _site(send: "Send | None" = None) -> Flask:
    """send: as `create_app` takes it."""
    from kb import db
    from kb.app import create_app

    settings = Settings.from_environment()
    site = create_app(settings, send=send)
    db.migrate(settings.sqlalchemy_url)
    return site


@kb.command()
def run() -> None:
    """Start the whole site: web, workers, clock and (without KB_REDIS_URL) its own Redis."""
    from kb import supervise

    settings = Settings.from_environment()
    supervise.start(settings, prepare=_prepare)


def _prepare() -> None:
    """What has to be there before anything runs: the database, and a way in for the first admin."""
    from kb.accounts.links import first_admin_token
    from kb.accounts.people_views import join_link
    from kb.hands import hands
    from kb.screencasts.pipeline.sweeping import nobody_works

    with _site().app_context():
        if not hands().settings.redis_url:
            # With a Redis of its own this site has no workers elsewhere.
            nobody_works()
        if (engine := hands().speech) and (fault := engine.unavailable()):
            click.echo(f"\nSpeech is not recognised: {fault}")
        if token := first_admin_token():
            click.echo("\nNobody runs this site yet. This link makes its admin, once, as soon as the site is ready:")
            click.echo(f"  {join_link(token)}\n")


@kb.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["member", "curator", "admin"]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@in_site
def user_add(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make an account. Without --password-stdin it has no password yet, and only its tokens work."""
    from kb.accounts.actions import add_person
    from kb.accounts.models import Role

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    person = add_person(email, name, Role(role), password)
    click.echo(f"{person.email} is here now, as {person.role}.")


@user.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")
@in_site
def user_password(email: str, password_stdin: bool) -> None:
    """Give a person a new password: prints a link that sets it, once, or with --password-stdin sets it at once."""
    from kb.accounts.actions import change_password
    from kb.accounts.links import new_password_token
    from kb.accounts.people_views import new_password_link

    person = _person(email)
    if password_stdin:
        change_password(person, sys.stdin.readline().rstrip("\r\n"), by=None)
        click.echo("The password is set. Their browsers are signed out, and their tokens are gone.")
    else:
        click.echo(new_password_link(new_password_token(person.id, by=None)))


@kb.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@in_site
def token_add(email: str, name: str) -> None:
    """Make a token for a person; prints the token alone, once."""
    from kb.accounts.actions import add_token

    click.echo(add_token(_person(email), name))


def _person(email: str) -> "Person":
    from kb.accounts.models import person_by_email
    from kb.errors import NotFound

    person = person_by_email(email)
    if not person:
        raise NotFound(f"Nobody here has the address {email}. Make the account first: kb user add {email} --name …")
    return person


@kb.command()
@in_site
def reindex() -> None:
    """Make the search index anew from the database; search goes on meanwhile."""
    from kb.hands import hands
    from kb.search import learning, upkeep
    from kb.search.actions import rebuild

    with click.progressbar(length=upkeep.count(), label="Making the index") as bar:
        rebuild(bar.update)
    click.echo(f"{len(hands().index.versions())} screencasts are in the index.")
    if hands().meaning:
        with click.progressbar(length=upkeep.count(), label="Reading them for their meaning") as bar:
            learning.relearn(bar.update)


@kb.command()
@click.option("--missing", is_flag=True, help="What was prepared without hearing it, or before there were all steps.")
@click.option("--drafts", is_flag=True, help="Drafts that nobody has corrected, with the engine that there is now.")
@in_site
def transcribe(missing: bool, drafts: bool) -> None:
    """Have recordings heard (again) by the workers of the running site, and wait for them."""
    from kb.hands import hands
    from kb.screencasts.pipeline.actions import hear_again
    from kb.transcripts.hearing import again
    from kb.web.views import redis_check, workers_check

    if missing == drafts:
        raise click.UsageError("Say which: --missing or --drafts.")
    engine = hands().speech
    if fault := engine.unavailable() if engine else "Speech recognition is switched off (KB_SPEECH).":
        raise Conflict(fault)
    if redis_check() or workers_check():
        raise Conflict("The workers of the site do it, and they don't run. Start the site first: make run")
    ids, ask = (again.lacking(), again.fill) if missing else (again.drafts(), hear_again)
    try:
        with click.progressbar(length=len(ids), label=f"Hearing {len(ids):,} recordings") as bar:
            again.work_through(ids, ask, on_done=bar.update)
    except KeyboardInterrupt:
        click.echo(f"\nStopped. Up to {again.AT_ONCE} go on in the workers; run this again for the others.")
        raise
    click.echo(f"Done: {len(ids):,}.")


@kb.command()
@click.option("--from", "file", type=click.File("rb"), required=True, help="Lines of JSON; - is standard input.")
@click.option("--as", "email", help="Whose screencasts they are.")
def seed(file: BinaryIO, email: str | None) -> None:
    """Make screencasts without a recording, for load tests; returns when every one can be found."""
    from kb.hands import hands
    from kb.search.actions import drain
    from kb.seed import author_of_rows, check, read, seed

    # Nobody is rung for: this brings the rows into the index itself.
    with _site(send=lambda *_: None).app_context(), TemporaryFile(dir=hands().settings.tmp_dir) as lines:
        # Read twice, and what is piped in can be read once.
        shutil.copyfileobj(file, lines)
        lines.seek(0)
        count = check(lines)
        lines.seek(0)
        by = author_of_rows(email)
        with click.progressbar(length=count, label=f"Writing {count:,} rows") as bar:
            seeded = seed(read(lines), by=by, on_written=bar.update)
        with click.progressbar(length=seeded.new + seeded.changed, label="Making them findable") as bar:
            drain(bar.update)
    kinds = f"{seeded.new:,} new, {seeded.changed:,} changed, {seeded.same:,} as before"
    click.echo(f"Rows that can be found: {count:,} ({kinds}).")


@kb.command()
@click.option("--remove", is_flag=True, help="Take away all that it made.")
def demo(remove: bool) -> None:
    """Fill the site with narrated screencasts that it makes itself; a second time it adds what is missing."""
    # What is made is for this user, and for a web server in this group, as under `kb run`.
    os.umask(0o027)
    with _site().app_context():
        from kb.demo import telling

        if remove:
            telling.remove_and_tell()
        else:
            telling.fill_and_tell()


@kb.command("copy-database")
@click.argument("url")
def copy_database(url: str) -> None:
    """Copy all rows into the empty database at URL, such as a PostgreSQL server's; the site must be stopped."""
    from kb.copying import copy
    from kb.db import Base
    from kb.supervise import take_data_folder

    target = Settings.from_environment({"KB_DATABASE_URL": url})
    with _site().app_context():
        settings = Settings.from_environment()
        # Held until this process ends.
        take_data_folder(settings.private_dir)
        with click.progressbar(length=len(Base.metadata.sorted_tables), label="Copying tables") as bar:
            count = copy(settings.sqlalchemy_url, target.sqlalchemy_url, lambda _: bar.update(1))
    click.echo(f"Copied {count:,} rows. Now set KB_DATABASE_URL to that address and start the site.")


@kb.command("check-media")
@click.option("--repair", is_flag=True, help="Mend what can be mended.")
@click.option("--sizes-only", is_flag=True, help="Don't read the files: compare their sizes alone.")
@click.option("--lost", is_flag=True, help="With --repair: also where a whole folder is empty.")
@in_site
def check_media(repair: bool, sizes_only: bool, lost: bool) -> None:
    """Compare the files of all recordings with what is written down of them. Exits 1 if something is wrong."""
    from kb.screencasts.files import checking, mending

    with click.progressbar(length=checking.count_bytes(), label="Reading", file=sys.stderr) as bar:
        findings = list(checking.check(contents=not sizes_only, on_read=bar.update))
    if repair and not lost and (empty := checking.empty_folders(findings)):
        raise Conflict(
            f"Nothing at all lies in {' and '.join(empty)}, so nothing was repaired. Is a disk not mounted? "
            "Where it is lost for good, repair with --lost."
        )
    is_well = True
    for finding in findings:
        outcome = mending.mend(finding) if repair else None
        is_well &= outcome.is_well if outcome else not finding.is_fault
        if finding.is_fault or outcome:
            click.echo(printable(f"{finding.kind:<10}  {finding.key}: {finding.detail}"))
        if outcome:
            click.echo(printable(f"            → {outcome.text}"))
    click.echo(checking.summary(findings))
    if not is_well:
        sys.exit(1)


@kb.command()
def doctor() -> None:
    """Say what is there, what is missing, and the command that adds it; change nothing. Exits 1 for what is needed."""
    from kb.app import create_app
    from kb.doctor.findings import examine

    settings = Settings.from_environment()
    if not settings.private_dir.exists():
        click.echo(f"There is no site in {settings.data_dir} yet. Is KB_DATA_DIR set as for the site? Else: make run")
        sys.exit(1)
    with create_app(settings).app_context():
        findings = examine()
    click.echo(f"data folder: {settings.data_dir}")
    for finding in findings:
        click.echo(f"{_mark(finding.ok, finding.is_needed)}  {finding.name}: {finding.detail}")
        if not finding.ok:
            click.echo(f"      → {finding.command or finding.mend}")
    if not all(finding.ok for finding in findings if finding.is_needed):
        sys.exit(1)


def printable(line: str) -> str:
    """Names of files may hold line ends, signs that command a terminal, and bytes that are no text."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)


def _mark(ok: bool, is_needed: bool) -> str:
    return "ok  " if ok else "MISS" if is_needed else "less"


def _fail(error: KbError) -> NoReturn:
    click.echo(error.detail, err=True)
    for field, texts in error.errors.items():
        click.echo(f"  {field}: {' '.join(texts)}", err=True)
    sys.exit(2)
