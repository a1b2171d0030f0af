"""What may be looked at in packs."""

from beanie import PydanticObjectId
from pymongo import ASCENDING, DESCENDING

from domain.packs.errors import PackNotFound
from domain.packs.models import Package, PackageHistory


async def on_sale(*, limit: int) -> list[Package]:
    """The packs that can be bought, the smallest first."""
    rows = Package.get_pymongo_collection().find({"is_active": True, "is_deleted": False})
    return [Package.read(row) async for row in rows.sort("token", ASCENDING).limit(limit)]


async def all_packs(*, limit: int) -> list[Package]:
    """The packs an administrator can change, those that rest included, retired ones not."""
    rows = Package.get_pymongo_collection().find({"is_deleted": False})
    return [Package.read(row) async for row in rows.sort("token", ASCENDING).limit(limit)]


async def get(package_id: PydanticObjectId) -> Package:
    """The pack, also when it was retired; raises PackNotFound."""
    row = await Package.get_pymongo_collection().find_one({"_id": package_id})
    if row is None:
        raise PackNotFound
    return Package.read(row)


async def history(*, package_id: PydanticObjectId, limit: int) -> list[PackageHistory]:
    """What the pack was before each change, the latest first."""
    rows = PackageHistory.get_pymongo_collection().find({"package": package_id}).sort("_id", DESCENDING)
    return [PackageHistory.read(row) async for row in rows.limit(limit)]
