"""What happens by itself: `python -m workers.clock`. Names and times only, so that the process stays small."""

from celery import Celery

from kb.config import Settings
from kb.queues import configuration

# (job, every so many seconds). A tick that waited longer than its own interval is dropped: the next one does it.
TICKS = (
    ("screencasts.sweep", 15),
    ("search.drain", 30),
    ("screencasts.uploads", 60),
    ("screencasts.clean", 3600),
)

app = Celery("showhow-clock")
app.config_from_object(configuration(Settings.from_environment()))
app.conf.beat_schedule = {
    name: {"task": name, "schedule": float(every_s), "options": {"expires": every_s}} for name, every_s in TICKS
}


if __name__ == "__main__":
    app.Beat(scheduler_cls="celery.beat:Scheduler", loglevel="WARNING", quiet=True).run()
