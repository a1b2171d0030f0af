"""Whether what a member brings fits where they want to leave it."""

from beanie import PydanticObjectId

from domain import vehicles
from domain.bookings.errors import VehicleRequired
from domain.resources import Options, ParkingSpec, Resource


async def require_vehicle(resource: Resource, options: Options, member_id: PydanticObjectId) -> None:
    """Raise VehicleRequired unless a parking slot is wished for a vehicle of the member's own that fits.

    Other kinds take no vehicle, which `resources.check` says.
    """
    if resource.kind != "parking_slot":
        return
    vehicle_type = (resource.parking_slot or ParkingSpec()).vehicle_type
    if options.vehicle_id is None or not await vehicles.owns(
        member_id=member_id, vehicle_id=options.vehicle_id, type=vehicle_type
    ):
        raise VehicleRequired(vehicle_type=vehicle_type)
