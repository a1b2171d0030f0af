"""Buttons around the vehicles that a member parks."""

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Id, Moment, Number
from domain.resources import VehicleType


class Vehicles(CallbackData, prefix="vl"):
    """My vehicles."""


class OpenVehicle(CallbackData, prefix="vo"):
    """One of them."""

    vehicle: Id


class AddVehicle(CallbackData, prefix="va"):
    """Register one; on the way to a booking that needs it, with the summary to come back to."""

    rack: Id | None = None
    at: Moment | None = None
    slots: Number = 0


class TakeType(CallbackData, prefix="vt"):
    """The new vehicle is of this type."""

    type: VehicleType


class SkipDescription(CallbackData, prefix="vk"):
    """Say nothing of make, model and colour."""


class EditVehicle(CallbackData, prefix="ve"):
    """Write another plate, or make, model and colour."""

    vehicle: Id
    field: Literal["plate", "description"]


class AskRemoveVehicle(CallbackData, prefix="vq"):
    """Whether to remove it."""

    vehicle: Id


class RemoveVehicle(CallbackData, prefix="vx"):
    """Remove it, having been asked."""

    vehicle: Id
