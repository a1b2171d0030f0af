"""The caller's tokens."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.dependencies import Caller, Limit, PageNumber
from api.envelope import Answer, Listing, Pagination, Refusal
from domain import wallets

router = APIRouter(prefix="/api/v1/wallet", tags=["wallet"])


class LotView(BaseModel):
    """Tokens that came together and expire together."""

    tokens: int
    source: str
    expires_at: datetime | None


class WalletView(BaseModel):
    """What can be spent, and until when."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "tokens": 37,
                "lots": [{"tokens": 37, "source": "payment", "expires_at": "2027-05-20T10:00:00Z"}],
            }
        }
    )

    tokens: int
    lots: list[LotView]


class EntryView(BaseModel):
    """One line of the statement; `tokens` is negative when they went out."""

    at: datetime
    tokens: int
    reason: str
    balance_after: int
    note: str | None


@router.get("", summary="See your balance", responses={401: {"model": Refusal}})
async def balance(actor: Caller) -> Answer[WalletView]:
    """The caller's tokens by lot, the next to expire first."""
    assert actor.member_id is not None
    wallet = await wallets.of(actor.member_id)
    lots = [LotView(tokens=lot.remaining, source=lot.source, expires_at=lot.expires_at) for lot in wallet.lots]
    return Answer(data=WalletView(tokens=wallet.token, lots=lots))


@router.get("/history", summary="Read your statement", responses={401: {"model": Refusal}})
async def history(actor: Caller, page: PageNumber = 1, limit: Limit = 20) -> Listing[EntryView]:
    """The caller's ledger, newest first."""
    assert actor.member_id is not None
    found = await wallets.history(member_id=actor.member_id, page=page, limit=limit)
    entries = [
        EntryView(
            at=entry.created_at, tokens=entry.amount if entry.type == "increase" else -entry.amount,
            reason=entry.increase_source or entry.decrease_source or "", balance_after=entry.balance_after,
            note=entry.note,
        )
        for entry in found.items
    ]  # fmt: skip
    return Listing(data=entries, pagination=Pagination.of(found))
