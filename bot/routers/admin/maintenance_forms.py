"""The forms that close something for a time: they tell first whom it meets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beanie import PydanticObjectId

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.routers.admin.looks import maintenances_screen
from bot.views import wording
from bot.views.admin import answers, maintenance
from bot.views.admin.forms import Choice, Consequence
from bot.views.admin.upkeep_buttons import Maintenances
from bot.views.reader import Html, Reader
from bot.views.screen import Screen
from domain import bookings, people, resources
from domain.bookings import Booking
from domain.resources import Venue

SHOWN_MAX = bookings.AFFECTED_MAX + 1
LENGTHS_HOURS = (1, 2, 4, 8, 24, 7 * 24)


async def _beginnings(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [
        Choice(label=reader.label("From now on"), value="now"),
        Choice(label=reader.label("Tomorrow 00:00"), value="+1d"),
        Choice(label=reader.label("Tomorrow 08:00"), value="+1d 08"),
    ]


async def _endings(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [
        Choice(label=wording.length(reader, timedelta(hours=hours)), value=f"{hours}h")
        if hours < 24
        else Choice(label=reader.label_count("{number} day", "{number} days", hours // 24), value=f"{hours // 24}d")
        for hours in LENGTHS_HOURS
    ]


BEGIN = Question(
    name="begin", ask=lambda reader: reader.say("From when? Write the venue's local time, such as 2026-12-24 18:00."),
    read=answers.wall_moment, choices=_beginnings,
)  # fmt: skip
END = Question(
    name="end",
    ask=lambda reader: reader.say("Until when? Write the local time, or how long: 90m, 3h, 2d. At most 31 days."),
    read=answers.wall_moment_or_length, choices=_endings,
)  # fmt: skip
REASON = Question(
    name="reason", ask=lambda reader: reader.say("Why? Whoever is cancelled reads it, and it is kept."),
    read=answers.reason,
)  # fmt: skip


async def area_of(draft: Draft) -> tuple[str, Venue, dict[str, PydanticObjectId | None]]:
    """What the form closes: its name, its venue, and how the bookings room is asked for it."""
    if draft.form == VENUE_FORM:
        venue = await resources.venue(draft.about)
        return venue.name, venue, {"resource_id": None, "venue_id": venue.id}
    place = await resources.place(draft.about)
    return place.resource.code, place.venue, {"resource_id": place.resource.id, "venue_id": None}


def period_of(draft: Draft, venue: Venue, now: datetime) -> tuple[datetime, datetime]:
    """The moments that were typed as local times; `now` counts from when the form was shown."""
    begin = answers.moment_of(draft.values["begin"], zone=ZoneInfo(venue.timezone), origin=now)
    return begin, answers.moment_of(draft.values["end"], zone=ZoneInfo(venue.timezone), origin=begin)


async def _title(desk: Desk, draft: Draft) -> Html:
    name, venue, _ = await area_of(draft)
    here = wording.moment(desk.reader, desk.now, venue.timezone)
    return desk.reader.say("Maintenance of {name} · there it is {time}", name=name, time=here)


async def _consequence(desk: Desk, draft: Draft) -> Consequence:
    reader = desk.reader
    name, venue, area = await area_of(draft)
    begin, end = period_of(draft, venue, desk.now)
    affected = await bookings.affected(**area, starts_at=begin, ends_at=end, now=desk.now, limit=SHOWN_MAX)
    if len(affected) > bookings.AFFECTED_MAX:
        raise bookings.InvalidPeriod(problem="too_many_affected", affected_max=bookings.AFFECTED_MAX)
    page = min(draft.page, maintenance.pages_for(affected))
    span = wording.moment(reader, begin, venue.timezone), wording.moment(reader, end, venue.timezone)
    text = maintenance.ask_reserve(
        reader, name, venue, span, reason=draft.values["reason"], shown=await met(desk, affected, page),
        count=len(affected),
    )  # fmt: skip
    label = (
        reader.label_count("Reserve, cancel {number} booking", "Reserve, cancel {number} bookings", len(affected))
        if affected
        else reader.label("Reserve it")
    )
    return Consequence(
        text=text, label=label, is_destructive=True, page=page,
        keep={"affected": len(affected), "seen_at": desk.now.isoformat()},
        pages=maintenance.pages_for(affected),
    )  # fmt: skip


async def met(desk: Desk, affected: Sequence[Booking], page: int) -> list[Html]:
    """The lines of a page of bookings that something would meet."""
    shown = maintenance.page_of(affected, page)
    places = await resources.places({each.resource_id for each in shown})
    members = {each.member_id: await people.get(each.member_id) for each in shown}
    return maintenance.met(desk.reader, affected, places, members, page=page)


async def _reserve(desk: Desk, draft: Draft) -> Screen:
    _, venue, area = await area_of(draft)
    begin, end = period_of(draft, venue, datetime.fromisoformat(draft.values["seen_at"]))  # as it was shown
    if draft.values["begin"] == answers.NOW:
        begin = max(begin, desk.now)
    asked: dict[str, Any] = {**area, "starts_at": begin, "ends_at": end, "reason": draft.values["reason"]}
    parts = await desk.transact(
        bookings.reserve_maintenance, **asked, expected_affected=draft.values["affected"], key=f"office:{draft.id}",
        actor=desk.actor, now=desk.now,
    )  # fmt: skip
    done = maintenance.reserved(desk.reader, parts, draft.values["affected"])
    return (await maintenances_screen(desk, Maintenances())).below(done)


RESOURCE_FORM, VENUE_FORM = "maintain_resource", "maintain_venue"
FORMS = tuple(
    Form(
        name=name, permission="racks:write", title=_title, questions=(BEGIN, END, REASON), finish=_reserve,
        back=lambda _: Maintenances(), consequence=_consequence,
    )
    for name in (RESOURCE_FORM, VENUE_FORM)
)  # fmt: skip
OF_RESOURCE, OF_VENUE = FORMS
