"""What racks did to prepare themselves and to put themselves away, with the end of the log."""

from collections.abc import Mapping

from beanie import PydanticObjectId

from bot.views import wording
from bot.views.admin.buttons import Booking as BookingButton
from bot.views.admin.buttons import Office
from bot.views.admin.upkeep_buttons import AskReady, DeclareReady, RetryRun, Run, Runs
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, pager, recommended, title, way_out
from domain.bookings import Booking, Status
from domain.kernel import Page
from domain.provisioning import RunStatus, RunView, StepName
from domain.resources import Place

LOG_SHOWN = 2500
Codes = Mapping[PydanticObjectId, str]


def step_word(reader: Reader, step: StepName) -> str:
    """`prepare`, `switch on`, `switch off`, `wipe`."""
    words = {
        StepName.PROVISION: reader.label("prepare"), StepName.POWER_ON: reader.label("switch on"),
        StepName.POWER_OFF: reader.label("switch off"), StepName.DEPROVISION: reader.label("wipe"),
    }  # fmt: skip
    return words[step]


def run_word(reader: Reader, status: RunStatus) -> str:
    """`waits`, `runs`, `succeeded`, …"""
    words = {
        RunStatus.PENDING: reader.label("waits"), RunStatus.RUNNING: reader.label("runs"),
        RunStatus.SUCCEEDED: reader.label("succeeded"), RunStatus.FAILED: reader.label("failed"),
        RunStatus.TIMED_OUT: reader.label("took too long"), RunStatus.CANCELLED: reader.label("not needed any more"),
    }  # fmt: skip
    return words[status]


def runs(reader: Reader, page: Page[RunView], codes: Codes) -> Screen:
    """The last runs, the newest first."""
    zone = reader.timezone or "UTC"
    rows = [
        reader.say("{when} · {code} · {step} · {status}", code=title(codes.get(one.resource_id, "?")),
                   step=step_word(reader, one.step), status=run_word(reader, one.status),
                   when=wording.moment(reader, one.started_at, zone) if one.started_at else "–")
        for one in page.items
    ]  # fmt: skip
    buttons = (
        button(
            f"{wording.clock(reader, one.started_at, zone) + ' · ' if one.started_at else ''}"
            f"{codes.get(one.resource_id, '?')} {step_word(reader, one.step)} · {run_word(reader, one.status)}",
            Run(booking=one.booking_id, run=one.id),
        )
        for one in page.items
    )
    return Screen(
        text=lines(title(reader.say("Preparations")), *(rows or [reader.say("No rack has prepared itself yet.")])),
        keyboard=keyboard(
            *grid(buttons, columns=1),
            pager(
                reader, number=page.number, pages=page.pages, earlier=Runs(page=max(1, page.number - 1)),
                later=Runs(page=page.number + 1),
            ),
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def run(reader: Reader, one: RunView, booking: Booking, place: Place) -> Screen:
    """One run; what failed can be tried again, and what is awaited can be declared ready."""
    is_given_up = one.status in (RunStatus.FAILED, RunStatus.TIMED_OUT)
    text = lines(
        title(
            reader.say("{code}: {step} {status}", code=place.resource.code, step=step_word(reader, one.step),
                       status=run_word(reader, one.status))
        ),
        reader.say("For booking {code}", code=booking.code),
        escape(wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone)),
        reader.say("Script: {name}", name=Html(f"<code>{escape(one.script or '')}</code>")),
        reader.say_count("Begun {number} time", "Begun {number} times", one.attempts),
        reader.say("Exit code: {number}", number=one.exit_code) if one.exit_code is not None else None,
        reader.say("Tried again {when}", when=wording.relative(reader, one.next_try_at)) if one.next_try_at else None,
        _log(one.output),
    )  # fmt: skip
    retry = recommended(reader.label("Try again"), RetryRun(booking=booking.id, run=one.id))
    ready = button(reader.label("Mark ready by hand"), AskReady(booking=booking.id))
    return Screen(
        text=text,
        keyboard=keyboard(
            [retry] if is_given_up else [],
            [ready] if booking.status is Status.PREPARING else [],
            [
                button(reader.label("Look again"), Run(booking=booking.id, run=one.id)),
                button(booking.code, BookingButton(booking=booking.id)),
            ],
            way_out(reader, Runs()),
        ),
    )


def _log(output: str | None) -> Html | None:
    """The end of what it said, cut before it is escaped so that no entity is torn."""
    if not output:
        return None
    return Html(f"<pre>{escape(output[-LOG_SHOWN:].strip())}</pre>")


def ask_ready(reader: Reader, booking: Booking, place: Place) -> Screen:
    """What saying so would mean."""
    text = lines(
        title(reader.say("Is {code} ready for {booking}?", code=place.resource.code, booking=booking.code)),
        reader.say("Its scripts are ended and the member is told that it is ready. Look first that it is."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("It is ready"), DeclareReady(booking=booking.id))], way_out(reader, Runs())
        ),
    )
