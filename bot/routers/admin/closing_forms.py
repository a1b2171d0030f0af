"""The forms about when a venue is open and whether a resource is in service: what is sold lies there already."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.routers.admin.looks import resource_screen
from bot.routers.admin.maintenance_forms import SHOWN_MAX, met
from bot.routers.admin.offer_forms import VENUE_HOURS, venue_title
from bot.views import wording
from bot.views.admin import answers, maintenance
from bot.views.admin import venues as views
from bot.views.admin.buttons import Rack
from bot.views.admin.buttons import Venue as VenueButton
from bot.views.admin.forms import Choice, Consequence
from bot.views.admin.upkeep_buttons import ClosedDays
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, lines, title
from domain import bookings, resources
from domain.bookings import Booking
from domain.resources import CancellationTerms, ResourceStatus, Venue

KEEP, CANCEL = "keep", "cancel"


async def _closed(draft: Draft) -> str:
    return ", ".join((await resources.venue(draft.about)).closed_on)


async def _none(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [Choice(label=reader.label("As it is common: 4 h, 50 %"), value="4 50")]


CLOSED = Question(
    name="closed_on", ask=lambda reader: reader.say("Write the days to close as 2026-12-25, with commas between them."),
    read=answers.closed_days, present=_closed,
)  # fmt: skip
TERMS = Question(
    name="terms",
    ask=lambda reader: reader.say("Until how many hours before is cancelling free, and how much comes back later? "
                                  "Write the two numbers: 4 50."),
    read=answers.terms, choices=_none,
    present=lambda draft: _typed_terms(draft),
)  # fmt: skip


async def _typed_terms(draft: Draft) -> str:
    terms = (await resources.venue(draft.about)).terms
    return f"{terms.full_refund_hours} {terms.late_percent}"


def _changes(draft: Draft, venue: Venue) -> dict[str, Any]:
    if "closed_on" not in draft.values:
        return {"opening_hours": draft.values["opening_hours"]}
    return {"closed_on": sorted({*venue.closed_on, *draft.values["closed_on"]})}


async def _outside(desk: Desk, draft: Draft) -> list[Booking]:
    changes = _changes(draft, await resources.venue(draft.about))
    return await bookings.outside_hours(
        venue_id=draft.about, new_hours=changes.get("opening_hours"), closed_on=changes.get("closed_on"), now=desk.now,
        limit=SHOWN_MAX,
    )  # fmt: skip


async def _what_closing_does(desk: Desk, draft: Draft) -> Consequence | None:
    heading = desk.reader.say("Bookings lie outside the new hours. What shall become of them?")
    return await _asked(desk, draft, await _outside(desk, draft), heading)


async def _asked(desk: Desk, draft: Draft, affected: Sequence[Booking], heading: Html) -> Consequence | None:
    """Nothing to be asked where nobody is met."""
    reader, count = desk.reader, len(affected)
    if not affected:
        return None
    page = min(draft.page, maintenance.pages_for(affected))
    text = lines(title(heading), "", *await met(desk, affected, page))
    label = reader.label_count(
        "Cancel {number} booking, all comes back", "Cancel {number} bookings, all comes back", count
    )
    may_cancel = count <= bookings.AFFECTED_MAX
    return Consequence(
        text=Html(text), label=reader.label("Keep them"), choice=KEEP, instead=(label, CANCEL) if may_cancel else None,
        keep={"affected": count}, page=page, pages=maintenance.pages_for(affected),
    )  # fmt: skip


async def _close(desk: Desk, draft: Draft) -> Screen:
    before = await resources.venue(draft.about)
    changes = _changes(draft, before)
    if draft.choice == CANCEL:
        venue = await desk.transact(
            bookings.change_hours, venue_id=before.id, changes=changes, actor=desk.actor, now=desk.now,
            reason=desk.reader.label("The venue is closed at that time."), expected_affected=draft.values["affected"],
        )  # fmt: skip
        count = draft.values["affected"]
        done = desk.reader.say_count(
            "Changed. {number} booking was cancelled.", "Changed. {number} bookings were cancelled.", count
        )
    else:
        venue = await desk.transact(
            resources.edit_venue, venue_id=before.id, changes=changes, actor=desk.actor, now=desk.now
        )
        done = desk.reader.say("Changed.")
    return views.venue(desk.reader, venue).below(title(done))


async def _set_terms(desk: Desk, draft: Draft) -> Screen:
    terms = CancellationTerms.model_validate(draft.values["terms"])
    venue = await desk.transact(
        resources.edit_venue, venue_id=draft.about, changes={"terms": terms.model_dump()}, actor=desk.actor,
        now=desk.now,
    )  # fmt: skip
    done = title(desk.reader.say("Changed. Bookings made before keep their terms."))
    return views.venue(desk.reader, venue).below(done)


def _of_venue(name: str, question: Question, **how: Any) -> Form:
    back: Callable[[Draft], Any] = how.pop("back", lambda draft: VenueButton(venue=draft.about))
    return Form(
        name=f"venue_{name}", permission="racks:write", title=venue_title, questions=(question,), back=back, **how
    )


async def _withdrawing(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Take {code} out of service", code=(await resources.get(draft.about)).code)


async def _what_withdrawing_does(desk: Desk, draft: Draft) -> Consequence | None:
    affected = await bookings.coming(resource_id=draft.about, now=desk.now, limit=SHOWN_MAX)
    code = (await resources.get(draft.about)).code
    heading = desk.reader.say("{code} takes no new bookings then. What shall become of those made before?", code=code)
    return await _asked(desk, draft, affected, heading)


async def _withdraw(desk: Desk, draft: Draft) -> Screen:
    if draft.choice == CANCEL:
        reason = desk.reader.label("It is out of service.")
        resource = await desk.transact(
            bookings.withdraw, resource_id=draft.about, reason=reason, expected_affected=draft.values["affected"],
            actor=desk.actor, now=desk.now,
        )  # fmt: skip
        done = desk.reader.say_count(
            "{code} takes no new bookings now. {number} booking was cancelled.",
            "{code} takes no new bookings now. {number} bookings were cancelled.", draft.values["affected"],
            code=resource.code,
        )  # fmt: skip
    else:
        resource = await desk.transact(
            resources.edit_resource, resource_id=draft.about, changes={"status": ResourceStatus.MAINTENANCE.value},
            actor=desk.actor, now=desk.now,
        )  # fmt: skip
        done = desk.reader.say("{code} takes no new bookings now. Those made before stay.", code=resource.code)
    return (await resource_screen(desk, resource)).below(title(done))


async def open_on(desk: Desk, venue: Venue, on: date) -> Screen:
    """Take a day off the closed ones; one that is none stays so."""
    left = [each for each in venue.closed_on if each != on.isoformat()]
    if left != venue.closed_on:
        venue = await desk.transact(
            resources.edit_venue, venue_id=venue.id, changes={"closed_on": left}, actor=desk.actor, now=desk.now
        )
    done = desk.reader.say("Open on {day} again.", day=wording.day(desk.reader, on))
    return views.closed_days(desk.reader, venue).below(title(done))


EDITING_VENUE: dict[str, Form] = {
    "hours": _of_venue("hours", VENUE_HOURS, finish=_close, consequence=_what_closing_does),
    "closed": _of_venue(
        "closed", CLOSED, finish=_close, consequence=_what_closing_does,
        back=lambda draft: ClosedDays(venue=draft.about),
    ),
    "terms": _of_venue("terms", TERMS, finish=_set_terms),
}  # fmt: skip
WITHDRAW = Form(
    name="resource_withdraw", permission="racks:write", title=_withdrawing, questions=(), finish=_withdraw,
    back=lambda draft: Rack(rack=draft.about), consequence=_what_withdrawing_does,
)  # fmt: skip
FORMS = (*EDITING_VENUE.values(), WITHDRAW)
