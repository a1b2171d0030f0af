"""What this process counts about itself. How much work waits is asked of the database (`kernel.backlog`).

A jobs process serves no HTTP: its figures travel with its heartbeat, and the API shows those of all of them.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

OURS = CollectorRegistry()
"""Apart from the process' own registry, where one process is API and jobs."""
FIGURES_MAX = 500

WORK = Counter("berth_jobs_work_total", "Work that left a worker, by how.", ["worker", "outcome"], registry=OURS)
WORK_SECONDS = Histogram("berth_jobs_work_seconds", "How long one piece of work took.", ["worker"], registry=OURS)
SENT = Counter("berth_notices_total", "Notices that ended, by kind and how.", ["kind", "status"], registry=OURS)
TICKS = Counter(
    "berth_jobs_ticks_total", "Runs of the timetable's entries, by how they ended.", ["entry", "outcome"], registry=OURS
)
STEP_ROWS = Counter("berth_jobs_step_rows_total", "Rows that left a step, by how.", ["step", "outcome"], registry=OURS)
STEP_SECONDS = Histogram("berth_jobs_step_seconds", "How long one batch of a step took.", ["step"], registry=OURS)
VIOLATIONS = Gauge("berth_invariant_violations", "Violations that the last check found.", registry=OURS)

Figure = tuple[str, dict[str, str], float]
"""The name of a sample, its labels and its value."""


def figures() -> list[Figure]:
    """Everything counted so far, at most `FIGURES_MAX` samples; of durations their number and sum."""
    return [
        (sample.name, sample.labels, sample.value)
        for metric in OURS.collect()
        for sample in metric.samples
        if not sample.name.endswith(("_bucket", "_created"))
    ][:FIGURES_MAX]
