"""One module per room."""

from api.routes import bookings, health, packs, resources, returned, wallet

ROUTERS = (health.router, packs.router, resources.router, bookings.router, wallet.router, returned.router)
