"""What `kb demo` says on the terminal."""

import logging
import time
from collections import Counter
from pathlib import Path

import click

from kb.demo import actions, voice
from kb.demo.catalogue import PEOPLE, RECIPES, TEAMS
from kb.demo.removal import remove
from kb.demo.script import Recipe
from kb.hands import hands
from kb.search.actions import drain
from kb.web.views import workers_check

LOOK_EVERY_S = 1.0


def fill_and_tell() -> None:
    is_running = not workers_check()
    _hush_jobs()
    with actions.workshop() as folder:
        actions.mend()
        actions.prepare()
        if recipes := actions.missing():
            _make(recipes, folder)
    _say_what_is_here()
    if actions.progress().is_over:
        return
    if is_running:
        _wait_until_found()
    else:
        click.echo("The site is not running. They play, and are found by what is said in them, soon after: make run")


def _hush_jobs() -> None:
    """Where no site runs, none can be sent; that is said once, instead of once for each."""
    logging.getLogger("kb.jobs").setLevel(logging.ERROR)


def _make(recipes: list[Recipe], folder: Path) -> None:
    try:
        with click.progressbar(length=len(recipes), label=f"Making {len(recipes)} screencasts") as bar:
            actions.fill(recipes, folder, lambda made: bar.update(1))
    except KeyboardInterrupt:
        click.echo("\nStopped. What was made stays, and the next make demo goes on with the rest.", err=True)
        raise


def remove_and_tell() -> None:
    _hush_jobs()
    with actions.workshop():
        count = remove()
        # So that no trace of them waits in the index for the site to run.
        drain()
    click.echo(f"The demo is gone: {count} screencasts with their files, and its people, teams, categories and tags.")


def _say_what_is_here() -> None:
    counts = Counter("team" if recipe.shared in TEAMS else recipe.shared for recipe in RECIPES)
    click.echo(
        f"The demo is here: {len(RECIPES)} screencasts by {len(PEOPLE)} demo people, {counts['everyone']} of them for "
        f"everyone.\nOn purpose you don't see the rest, and search does not betray it: {counts['team']} are for demo "
        f"teams, {counts['private']} is private, {counts['draft']} is a draft."
    )
    if not voice.is_there():
        click.echo(
            "The program flite is missing, so they have captions and no voice. For the voice: apt-get install flite, "
            "then make demo-remove demo"
        )
    elif not hands().speech:
        click.echo("This site recognises no speech (KB_SPEECH), so what is said was added as captions.")
    click.echo("Take it all away with: make demo-remove")


def _wait_until_found() -> None:
    """Show how far the workers are, until they are done or gone."""
    found = actions.progress()
    label = "Making them playable and findable"
    with click.progressbar(length=found.of, label=label, item_show_func=_words) as bar:
        bar.update(found.findable, found)
        while not found.is_over and not workers_check():
            time.sleep(LOOK_EVERY_S)
            before, found = found, actions.progress()
            bar.update(found.findable - before.findable, found)
    if found.failed:
        click.echo(f"{found.failed} of them failed; their pages say why. To make those again: make demo")
    elif not found.is_over:
        click.echo("The site stopped meanwhile; it goes on with the rest after: make run")


def _words(found: actions.Progress | None) -> str | None:
    return f"{found.playable} play" if found else None
