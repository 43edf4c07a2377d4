"""Start one worker: `python -m workers quick clock --threads 4`.

Celery's own command would import a shell with prompts: 9 MiB for nothing in each process.
"""

import os
import warnings
from argparse import ArgumentParser

from celery.platforms import SecurityWarning

from kb.queues import QUEUES


def main() -> None:
    parser = ArgumentParser(prog="python -m workers", description="Do the jobs of these queues until told to stop.")
    parser.add_argument("queues", nargs="+", choices=sorted(set(QUEUES.values())))
    parser.add_argument("--threads", type=int, default=1, help="how many jobs at once")
    asked = parser.parse_args()
    from workers import heartbeat, sweeper
    from workers.guard import Guard
    from workers.main import app, settings, site

    # Said to root, whose pickles would be dangerous. Ours are JSON, and what is risky runs behind walls of its own.
    warnings.simplefilter("ignore", SecurityWarning)
    # Jobs only wait for a child process, which is where the work and its limits are: a thread is enough for that.
    pool = "threads" if asked.threads > 1 else "solo"
    name = os.environ.get("KB_PROCESS", asked.queues[0])
    heartbeat.start(settings, Guard(asked.queues, asked.threads).is_well)
    sweeper.start(site)
    app.Worker(
        hostname=f"{name}@%h",
        queues=asked.queues,
        pool=pool,
        concurrency=asked.threads,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    ).start()


if __name__ == "__main__":
    main()
