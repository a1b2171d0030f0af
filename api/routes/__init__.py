"""One module per room; what is done by office is apart: the desk of staff, and what administrators do."""

from api.routes import (
    bookings,
    changes,
    desk,
    health,
    late,
    maintenance,
    notifications,
    office,
    packs,
    resources,
    returned,
    series,
    vehicles,
    venues,
    waitlist,
    wallet,
)

ROUTERS = tuple(
    module.router
    for module in (
        health, packs, resources, venues, desk, maintenance, office, series, bookings, changes, late, waitlist,
        vehicles, wallet, notifications, returned,
    )
)  # fmt: skip
"""The first that matches answers: `/waitlist/queue` is no entry, `/bookings/series-quote` no booking."""
