"""A search answer as pages and the API show it."""

from typing import Any

from flask import url_for
from markupsafe import Markup

from kb.accounts.rules import Viewer
from kb.screencasts.as_json import absolute, as_json
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.search.moments import Moment
from kb.search.results import Answer, AnsweredHit, Nearby, Understood


def for_page(hits: list[AnsweredHit], viewer: Viewer, **address: Any) -> list[dict[str, Any]]:
    """address: what the addresses of their moments say besides."""
    return [
        {
            "screencast": shown(hit.screencast, viewer),
            "url": url_for("pages.watch", screencast_id=hit.screencast.id, **address),
            # Escaped by kb.search.marks; <mark> is all the markup in it.
            "title_html": Markup(hit.title_html),  # noqa: S704
            "lacks": hit.lacks,
            "moments": [_moment_for_page(hit.screencast, moment, address) for moment in hit.moments],
        }
        for hit in hits
    ]


def answer_as_json(answer: Answer, cursor: str | None) -> dict[str, Any]:
    return {
        "query": answer.query,
        "total": answer.total,
        "took_ms": answer.took_ms,
        "did_you_mean": answer.did_you_mean,
        "as_typed": answer.as_typed and answer.as_typed.address(),
        "degraded": answer.degraded,
        "notes": answer.notes,
        "understood": _understood_as_json(answer.understood),
        "nearby": answer.nearby and _nearby_as_json(answer.nearby),
        "hits": [_hit_as_json(hit) for hit in answer.hits],
        "close": [_hit_as_json(hit) for hit in answer.close],
        "facets": {
            name: [{"value": each.value, "label": each.label, "count": each.count} for each in facets]
            for name, facets in answer.facets.items()
        },
        "next": cursor,
        "search_id": answer.search_id,
    }


def _understood_as_json(understood: Understood) -> dict[str, Any]:
    return {
        "words": understood.words,
        "phrases": [" ".join(phrase) for phrase in understood.phrases],
        "excluded": understood.excluded,
        "filters": [
            {"name": each.name, "value": each.value, "label": each.label, "without": each.without.address()}
            for each in understood.filters
        ],
        "corrected": understood.corrected,
        "lines": understood.lines,
    }


def _nearby_as_json(nearby: Nearby) -> dict[str, Any]:
    return {
        "words": nearby.words,
        "broader": [
            {"label": each.label, "query": each.asked.address(), "total": each.total} for each in nearby.broader
        ],
        "people": [{"id": each.person_id, "name": each.name, "count": each.count} for each in nearby.people],
    }


def _hit_as_json(hit: AnsweredHit) -> dict[str, Any]:
    return {
        "screencast": as_json(hit.screencast),
        "score": hit.score,
        "title_html": hit.title_html,
        "lacks": hit.lacks,
        "moments": [
            {
                "start": moment.start_ms / 1000,
                "end": moment.end_ms / 1000,
                "source": moment.kind,
                "solved_count": moment.solved,
                "html": moment.html,
                "still": absolute(_still_url(hit.screencast, moment)),
                "url": absolute(moment_url(hit.screencast, moment)),
            }
            for moment in hit.moments
        ],
    }


def _moment_for_page(screencast: Screencast, moment: Moment, address: dict[str, Any]) -> dict[str, Any]:
    return {
        "start_ms": moment.start_ms,
        "url": moment_url(screencast, moment, **address),
        "source": moment.kind,
        "solved": moment.solved,
        "html": Markup(moment.html),  # noqa: S704
        "still_url": _still_url(screencast, moment),
        "at": moment.start_ms / screencast.duration_ms if screencast.duration_ms else 0.0,
    }


def moment_url(screencast: Screencast, moment: Moment, **more: Any) -> str:
    """The second before the word counts as its second: one hears it from its beginning."""
    return url_for("pages.watch", screencast_id=screencast.id, t=moment.start_ms // 1000, **more)


def _still_url(screencast: Screencast, moment: Moment) -> str | None:
    if not screencast.is_playable:
        return None
    return url_for("files.still", screencast_id=screencast.id, at=f"{moment.start_ms / 1000:.0f}")
