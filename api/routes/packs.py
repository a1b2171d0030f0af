"""Packs on sale."""

from beanie import PydanticObjectId
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.dependencies import Limit, PageNumber, visitor
from api.envelope import Listing, Pagination, Refusal
from domain import packs
from domain.kernel import Page

router = APIRouter(prefix="/api/v1", tags=["packs"], dependencies=[Depends(visitor)])


class PackView(BaseModel):
    """A pack on sale. `price` is in minor units by currency (24900 INR is ₹249.00)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "665f1c2ab7e1a2c3d4e5f601", "name": "Lab", "description": "For a week of practice", "tokens": 50,
                "price": {"INR": 99900}, "valid_days": 180,
            }
        }
    )  # fmt: skip

    id: PydanticObjectId
    name: str
    description: str | None
    tokens: int
    price: dict[str, int]
    valid_days: int | None


@router.get("/packs", summary="List the packs on sale", responses={429: {"model": Refusal}})
async def list_packs(page: PageNumber = 1, limit: Limit = 20) -> Listing[PackView]:
    """The packs a member can buy, the smallest first."""
    on_sale = await packs.on_sale(limit=100)
    shown = on_sale[(page - 1) * limit : page * limit]
    views = [
        PackView(
            id=pack.id, name=pack.name, description=pack.description, tokens=pack.token, price=pack.price,
            valid_days=pack.duration,
        )
        for pack in shown
    ]  # fmt: skip
    return Listing(
        data=views, pagination=Pagination.of(Page(items=views, number=page, limit=limit, total=len(on_sale)))
    )
