"""What happens by itself: names and times only, so that the process stays small."""

from celery import Celery

from kb import jobs
from kb.config import Settings

# (job, every so many seconds). A tick that waited longer than its own interval is dropped: the next one does it.
TICKS = (
    ("screencasts.sweep", 15),
    ("search.drain", 30),
    ("screencasts.clean", 3600),
)

app = Celery("showhow-clock")
app.config_from_object(jobs.configuration(Settings.from_environment()))
app.conf.beat_schedule = {
    name: {"task": name, "schedule": float(every_s), "options": {"expires": every_s}} for name, every_s in TICKS
}
