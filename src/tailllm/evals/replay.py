"""Runs the corpus on recorded answers: no model, no network, the same answer every time."""

from collections.abc import Callable, Mapping

from tailllm.evals.answers import Answer
from tailllm.evals.course import Course, Gap, Got, Job
from tailllm.evals.recordings import Recorded

Progress = Callable[[int, int], None]
"""Told how many cases are done, of how many."""


def replay(courses: list[Course], recorded: Mapping[str, Recorded], tell: Progress) -> None:
    """Take every course to its end with what is recorded."""
    known = {one.id for one in recorded.values()}
    for done, course in enumerate(courses, 1):
        jobs = course.start()
        while jobs:
            job = jobs.pop()
            jobs += job.receive(_found(job, recorded, known))
        tell(done, len(courses))


def _found(job: Job, recorded: Mapping[str, Recorded], known: set[str]) -> Got:
    one = recorded.get(job.key)
    if one is not None:
        return Answer(*one.answer)
    if job.id in known:
        why = "its recording is stale: the prompt, the model or the request changed"
    else:
        why = "it has no recording"
    return Gap(f"{why}; `tailllm eval --live` makes one", absent=True)
