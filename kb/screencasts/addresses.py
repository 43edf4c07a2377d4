"""Where the page of a screencast and its files are, as paths; the routes are those of kb.screencasts.files.views.

url: the page's, below which everything else of a screencast lies; made once for many.
"""

from typing import Any

from flask import url_for

from kb.screencasts.models import Screencast


def page_url(screencast: Screencast) -> str:
    return url_for("pages.watch", screencast_id=screencast.id)


def sources(screencast: Screencast, url: str) -> list[dict[str, Any]]:
    return [
        {
            "url": f"{url}/files/{source.name}",
            "type": source.mime,
            "width": source.width,
            "height": source.height,
            "bytes": source.size_bytes,
        }
        for source in screencast.sources
    ]


def poster_url(screencast: Screencast, url: str) -> str | None:
    return f"{url}/files/{screencast.poster_key}" if screencast.poster_key else None


def storyboard_url(screencast: Screencast, url: str) -> str | None:
    return f"{url}/storyboard.vtt" if screencast.storyboard else None


def captions_url(language: str, url: str) -> str:
    return f"{url}/captions/{language}.vtt"
