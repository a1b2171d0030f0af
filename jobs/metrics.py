"""What this process counts about itself. How much work waits is asked of the database (`kernel.backlog`)."""

from prometheus_client import Counter, Gauge, Histogram

WORK = Counter("berth_jobs_work_total", "Work that left a worker, by how.", ["worker", "outcome"])
WORK_SECONDS = Histogram("berth_jobs_work_seconds", "How long one piece of work took.", ["worker"])
SENT = Counter("berth_notices_total", "Notices that reached an end, by kind and end.", ["kind", "status"])
TICKS = Counter("berth_jobs_ticks_total", "Runs of the timetable's entries, by how they ended.", ["entry", "outcome"])
VIOLATIONS = Gauge("berth_invariant_violations", "Violations that the last check of the invariants found.")
