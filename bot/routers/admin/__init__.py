"""The office: what staff and administrators do in chat. To everybody else it does not exist.

Each act is a button with the permission it needs (`access.May`); who lacks it is passed on to the members' routers and
gets their answer to an unknown command. Typing goes through `forms`, which are answered in `filling`.
"""

from aiogram import Router

from bot.routers.admin import day, debts, filling, maintenance, members, offer, office, runs
from bot.routers.admin.access import STAFF, refuse_in_office_words

router = Router(name="office")
router.message.outer_middleware(filling.leave_when_going_elsewhere)
router.callback_query.outer_middleware(filling.leave_when_going_elsewhere)
router.callback_query.middleware(refuse_in_office_words)
router.message.filter(STAFF)
router.callback_query.filter(STAFF)
router.include_routers(
    filling.router,
    office.router,
    day.router,
    members.router,
    offer.router,
    maintenance.router,
    debts.router,
    runs.router,
)

__all__ = ["router"]
