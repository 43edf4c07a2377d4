"""The site put together: settings, hands, nouns, and the wires that would climb between them."""

import logging
from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.local import LocalProxy

from kb import db, hands, jobs, live, log
from kb.config import ROOT, Settings
from kb.index.contract import Index
from kb.jobs import Send
from kb.screentext.contract import Reader
from kb.speech.contract import Engine


def create_app(
    settings: Settings | None = None,
    *,
    pages: bool = True,
    send: Send | None = None,
    index: Index | None = None,
    speech: Engine | None = None,
    screen_text: Reader | None = None,
) -> Flask:
    """Make the site. Connects to nothing, so that a server may fork afterwards.

    pages: False for workers, which need no views. send, index, speech, screen_text: what tests use instead of the
    settings' own.
    """
    settings = settings or Settings.from_environment()
    log.init()
    settings.make_folders()
    app = _make(settings) if pages else Flask("kb", template_folder=str(ROOT / "templates"))
    app.extensions["kb.settings"] = settings
    db.init(app, settings.sqlalchemy_url)
    jobs.init(app, settings, send)
    live.init(app, settings)
    hands.init(app, settings, index=index, speech=speech, screen_text=screen_text)
    _wire()
    if pages:
        _add_pages(app, settings)
    return app


def _wire() -> None:
    """Where a lower noun has to tell an upper one: the upper one's function, in the lower one's list."""
    from kb.accounts import actions as accounts
    from kb.accounts import sessions
    from kb.categories import actions as categories
    from kb.categories import tags, tending, vocabulary
    from kb.screencasts import actions as screencasts
    from kb.screencasts import placing, queries, tagged
    from kb.screencasts.versions import actions as versions
    from kb.search import passages
    from kb.solves import actions as solves
    from kb.solves import queries as solved
    from kb.transcripts import actions as transcripts
    from kb.transcripts import cues
    from kb.transcripts.chapters import actions as chapters
    from kb.transcripts.screen import hidings

    sessions.curated_by[:] = [tending.curated_by]
    accounts.count_team_items[:] = [queries.count_team_items]
    categories.on_items_moved[:] = [placing.move_items]
    categories.on_path_changed[:] = [placing.path_changed]
    categories.count_items[:] = [queries.counts_by_category]
    vocabulary.count_tags[:] = [tagged.counts_by_tag]
    vocabulary.first_uses[:] = [tagged.first_uses]
    tags.move_uses[:] = [placing.move_tags]
    tags.is_used[:] = [tagged.has_tag]
    screencasts.take_captions[:] = [transcripts.take_captions]
    screencasts.check_captions[:] = [cues.read]
    passages.more_passages[:] = [solved.passages]
    versions.set_words_aside[:] = [each.set_aside for each in (transcripts, hidings, chapters, solves)]
    versions.bring_words_back[:] = [each.bring_back for each in (transcripts, hidings, chapters, solves)]


def _make(settings: Settings) -> Flask:
    from kb.web.api import make_app
    from kb.web.converters import Words
    from kb.web.uploads import UploadRequest

    static = Path(__file__).parent / "web" / "static"
    app = make_app("kb", template_folder=str(ROOT / "templates"), static_folder=str(static))
    app.request_class = UploadRequest
    app.url_map.converters["words"] = Words
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    return app


def _add_pages(app: Flask, settings: Settings) -> None:
    from kb.accounts import sessions, site
    from kb.screencasts.pipeline import progress_api
    from kb.web import assets, bodies, errors, filters, headers, limits, proxies
    from kb.web import live as streams

    # Outermost: it corrects who the asker is for everything below.
    proxies.init(app, settings)
    bodies.init(app)
    headers.init(app)
    errors.init(app)
    filters.init(app)
    assets.init(app)
    sessions.init(app, settings)
    # Looked up where a template names it, and not for a part of a page that doesn't.
    app.jinja_env.globals |= {"site_name": LocalProxy(site.name), "is_welcomed": site.is_welcomed}
    limits.init(app, settings)
    streams.init(app, settings, progress_api.read)
    _add_checks()
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    logging.getLogger(__name__).debug("site is put together")


def _blueprints() -> list[Blueprint]:
    from kb.accounts import api as accounts_api
    from kb.accounts import people_views, site_views
    from kb.accounts import views as accounts
    from kb.categories import api as categories_api
    from kb.categories import glossary_api, glossary_views, tag_api, tag_views
    from kb.categories import views as categories
    from kb.curation import api as curation_api
    from kb.curation import respelling_views
    from kb.curation import views as curation
    from kb.doctor import views as doctor
    from kb.pages import audit_api, audit_views, storage_api, storage_views, tasks_api, tasks_views, welcome
    from kb.pages import views as pages
    from kb.screencasts import api as screencasts_api
    from kb.screencasts import views as screencasts
    from kb.screencasts.files import views as files
    from kb.screencasts.pipeline import progress_api
    from kb.screencasts.uploads import api as uploads_api
    from kb.screencasts.versions import api as version_api
    from kb.screencasts.versions import views as version_views
    from kb.search import api as search_api
    from kb.search import (
        feeds,
        image_api,
        image_views,
        saved_api,
        saved_views,
        similar_api,
        similar_views,
        suggestions_api,
    )
    from kb.search import views as search
    from kb.solves import api as solves_api
    from kb.solves import views as solves
    from kb.transcripts import api as transcripts_api
    from kb.transcripts import caption_views
    from kb.transcripts import views as transcripts
    from kb.transcripts.chapters import api as chapter_api
    from kb.transcripts.chapters import views as chapter_views
    from kb.transcripts.editing import api as editing_api
    from kb.transcripts.editing import views as editing_views
    from kb.transcripts.screen import api as screen_api
    from kb.transcripts.screen import views as screen_views
    from kb.web import views as web

    html = [
        pages,
        welcome,
        audit_views,
        storage_views,
        tasks_views,
        curation,
        search,
        saved_views,
        similar_views,
        feeds,
        image_views,
        solves,
        screencasts,
        files,
        transcripts,
        caption_views,
        editing_views,
        screen_views,
        chapter_views,
        categories,
        tag_views,
        glossary_views,
        respelling_views,
    ]
    html += [version_views, accounts, people_views, site_views, doctor, web]
    json = [
        audit_api,
        storage_api,
        tasks_api,
        curation_api,
        screencasts_api,
        uploads_api,
        progress_api,
        version_api,
        transcripts_api,
        editing_api,
        screen_api,
        chapter_api,
        search_api,
        suggestions_api,
        similar_api,
        saved_api,
        image_api,
        solves_api,
        categories_api,
        tag_api,
        glossary_api,
        accounts_api,
    ]
    return [module.bp for module in (*html, *json)]


def _add_checks() -> None:
    from kb.hands import hands as the_hands
    from kb.storage.room import ROOM_BYTES
    from kb.web.views import CHECKS

    def storage() -> str | None:
        has_room = the_hands().has_room(0, spare_bytes=ROOM_BYTES)
        return None if has_room else "The disk is nearly full."

    CHECKS["storage"] = storage
    CHECKS["index"] = lambda: the_hands().index.is_healthy()
