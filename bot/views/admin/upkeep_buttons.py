"""The office's buttons about upkeep: maintenance, closed days, debts, the preparation of racks."""

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Day, Id, Number


class Maintenances(CallbackData, prefix="An"):
    """What is reserved for maintenance, from now on."""

    page: Number = 1


class Maintenance(CallbackData, prefix="Ano"):
    """One maintenance."""

    series: Id


class AskEndMaintenance(CallbackData, prefix="Anq"):
    """What ending it or calling it off would mean."""

    series: Id


class EndMaintenance(CallbackData, prefix="Anx"):
    """End it or call it off, having been told."""

    series: Id


class PlanMaintenance(CallbackData, prefix="Anv"):
    """Choose the venue."""


class PlanAt(CallbackData, prefix="Anr"):
    """Choose what at the venue: all of it, or one resource."""

    venue: Id
    page: Number = 1


class MaintainVenue(CallbackData, prefix="Ana"):
    """Ask when and why, for all that stands at the venue."""

    venue: Id


class MaintainResource(CallbackData, prefix="Ani"):
    """Ask when and why, for one resource."""

    resource: Id


class ClosedDays(CallbackData, prefix="Avc"):
    """The closed days of a venue."""

    venue: Id


class OpenOn(CallbackData, prefix="Avd"):
    """Open the venue on a day that was to be closed."""

    venue: Id
    on: Day


class ChooseStaffVenue(CallbackData, prefix="Amv"):
    """Where a member of staff works."""

    member: Id


class SetStaffVenue(CallbackData, prefix="Amw"):
    """Let them work at this venue only, or everywhere."""

    member: Id
    venue: Id | None = None


class Receivables(CallbackData, prefix="Ao"):
    """What members owe."""

    page: Number = 1


class Receivable(CallbackData, prefix="Aoo"):
    """One debt."""

    receivable: Id


class Forgive(CallbackData, prefix="Aox"):
    """Let it go; asks why."""

    receivable: Id


class Runs(CallbackData, prefix="Ag"):
    """What racks did lately to prepare themselves and to put themselves away."""

    page: Number = 1


class Run(CallbackData, prefix="Ago"):
    """One run of a script, with the end of its log."""

    booking: Id
    run: Id


class RetryRun(CallbackData, prefix="Agr"):
    """Try it once more."""

    booking: Id
    run: Id


class AskReady(CallbackData, prefix="Agq"):
    """What saying that the rack is ready would mean."""

    booking: Id


class DeclareReady(CallbackData, prefix="Agy"):
    """Say that the rack is ready, having been told."""

    booking: Id
