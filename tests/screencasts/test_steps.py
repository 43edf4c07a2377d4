from kb.jobs import QUEUES
from kb.screencasts.steps import BY_NAME, STEPS, overall, ready_after


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


def test_the_bar_never_goes_back_while_steps_end_in_order() -> None:
    progress = dict.fromkeys(BY_NAME, 0.0)
    seen = [overall(progress)]
    for name in BY_NAME:
        for part in (0.3, 0.7, 1.0):
            progress[name] = part
            seen.append(overall(progress))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
