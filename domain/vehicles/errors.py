"""What people may be told no for about their vehicles."""

from domain.kernel import Conflict, Invalid, LimitReached, NotFound


class VehicleNotFound(NotFound):
    """No such vehicle, or it is somebody else's; facts: vehicle_id."""

    code = "VEHICLE_NOT_FOUND"
    number = 3601


class PlateTaken(Conflict):
    """A vehicle with this plate is registered, by whomever; facts: plate."""

    code = "PLATE_TAKEN"
    number = 3602


class InvalidVehicle(Invalid):
    """The description of a vehicle cannot be right; facts: field, problem."""

    code = "INVALID_VEHICLE"
    number = 3603


class TooManyVehicles(LimitReached):
    """The member has as many as one may have; facts: vehicles_max."""

    code = "TOO_MANY_VEHICLES"
    number = 3604
