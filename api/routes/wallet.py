"""The caller's tokens."""

from datetime import datetime

from beanie import PydanticObjectId
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.commands import CommandDep
from api.dependencies import Caller, Limit, PageNumber
from api.envelope import Answer, Listing, Pagination, Refusal
from api.forms import REFUSALS, shown
from domain import wallets
from domain.kernel import Tx

router = APIRouter(prefix="/api/v1/wallet", tags=["wallet"])


class LotView(BaseModel):
    """Tokens that came together and expire together."""

    tokens: int
    source: str
    expires_at: datetime | None


class WalletView(BaseModel):
    """What can be spent, and until when. While `owed_tokens` is not 0 nothing is booked; what comes in pays it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "tokens": 37,
                "owed_tokens": 0,
                "lots": [{"tokens": 37, "source": "payment", "expires_at": "2027-05-20T10:00:00Z"}],
            }
        }
    )

    tokens: int
    owed_tokens: int
    lots: list[LotView]


class EntryView(BaseModel):
    """One line of the statement; `tokens` is negative when they went out."""

    at: datetime
    tokens: int
    reason: str
    balance_after: int
    note: str | None


class ReceivableView(BaseModel):
    """What is or was owed of one charge; `status` is `open`, `settled` or `forgiven`."""

    model_config = shown(
        id="665f1c2ab7e1a2c3d4e5f607", booking_id="665f1c2ab7e1a2c3d4e5f603", purpose="penalty", tokens=5,
        remaining_tokens=3, status="open", since="2026-11-24T09:10:00Z",
    )  # fmt: skip

    id: PydanticObjectId
    booking_id: PydanticObjectId | None
    purpose: str
    tokens: int
    remaining_tokens: int
    status: str
    since: datetime


class SettledView(BaseModel):
    """What was paid now, and how the wallet stands."""

    model_config = shown(paid_tokens=3, tokens=4, owed_tokens=0)

    paid_tokens: int
    tokens: int
    owed_tokens: int


def receivable_view(receivable: wallets.Receivable) -> ReceivableView:
    """The receivable as programs see it."""
    return ReceivableView(
        id=receivable.id, booking_id=receivable.booking, purpose=receivable.purpose, tokens=receivable.amount,
        remaining_tokens=receivable.remaining, status=receivable.status, since=receivable.created_at,
    )  # fmt: skip


@router.get("", summary="See your balance", responses={401: {"model": Refusal}})
async def balance(actor: Caller) -> Answer[WalletView]:
    """The caller's tokens by lot, the next to expire first."""
    assert actor.member_id is not None
    wallet = await wallets.of(actor.member_id)
    lots = [LotView(tokens=lot.remaining, source=lot.source, expires_at=lot.expires_at) for lot in wallet.lots]
    return Answer(data=WalletView(tokens=wallet.token, owed_tokens=wallet.owed_tokens, lots=lots))


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


@router.get("/receivables", summary="See what you owe", responses={401: {"model": Refusal}})
async def receivables(actor: Caller, page: PageNumber = 1, limit: Limit = 20) -> Listing[ReceivableView]:
    """What the caller owes or owed, newest first."""
    assert actor.member_id is not None
    found = await wallets.receivables(member_id=actor.member_id, page=page, limit=limit)
    return Listing(data=[receivable_view(each) for each in found.items], pagination=Pagination.of(found))


@router.post("/settle", summary="Pay what you owe", responses=REFUSALS)
async def settle(command: CommandDep) -> Answer[SettledView]:
    """Pay what is owed from the tokens that are there. Tokens that come in do so by themselves."""
    member_id = command.actor.member_id
    assert member_id is not None

    async def verb(tx: Tx) -> SettledView:
        paid_tokens = await wallets.settle_owed(tx, member_id=member_id, now=command.now)
        wallet = await wallets.of(member_id)
        return SettledView(paid_tokens=paid_tokens, tokens=wallet.token, owed_tokens=wallet.owed_tokens)

    return Answer(data=await command.carry_out("settle", SettledView, verb), message="Settled.")
