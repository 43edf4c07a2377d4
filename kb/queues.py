"""Which jobs there are, where each waits, and how Celery carries them. Imports next to nothing, for the clock."""

from collections.abc import Mapping
from typing import Any

from kb.config import Settings

# Each job that exists and the queue it waits in.
#   quick  a second or two; never behind an encode     media  ffmpeg at length        words  speech, screen
#   index  one worker alone writes the index           clock  what the clock starts
QUEUES: Mapping[str, str] = {
    "screencasts.probe": "quick",
    "screencasts.quick": "quick",
    "screencasts.rendition": "media",
    "screencasts.drop_original": "quick",
    "transcripts.speech": "words",
    "transcripts.screen": "words",
    "transcripts.chapters": "words",
    "search.drain": "index",
    "search.rebuild": "index",
    "search.tend": "index",
    "search.forget": "clock",
    "screencasts.clean": "clock",
    "screencasts.uploads": "clock",
}
# Of everything in Redis that is ours.
PREFIX = "kb:"
# A message that a worker took and never finished is given out again by Redis after this long. The sweeper is much
# faster; this only has to be longer than the longest step, or that step would run twice.
VISIBILITY_TIMEOUT_S = 12 * 3600


def configuration(settings: Settings) -> dict[str, Any]:
    """What web and workers tell Celery alike. JSON only: a pickled message would be code of whoever reaches Redis."""
    return {
        "broker_url": settings.broker_url,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "global_keyprefix": PREFIX,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "task_default_queue": "quick",
        "task_create_missing_queues": True,
        "task_routes": {job: {"queue": queue} for job, queue in QUEUES.items()},
        "timezone": "UTC",
    }
