from kb.jobs import QUEUES
from kb.screencasts.pipeline.steps import BY_NAME, STEPS, ready_after


def test_each_step_has_a_job_and_needs_only_earlier_steps() -> None:
    before: set[str] = set()
    for step in STEPS:
        assert step.job in QUEUES
        assert set(step.needs) <= before
        before.add(step.name)


def test_following_what_is_ready_ends_every_step() -> None:
    ended: set[str] = set()
    while ready := ready_after(ended):
        ended |= {step.name for step in ready}
    assert ended == set(BY_NAME)
