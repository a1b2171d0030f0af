"""The forms about members and their bookings: finding, granting and taking, disabling, calling off."""

from typing import Any

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.routers.admin.looks import booking_screen, found_screen, member_screen
from bot.views import wording
from bot.views.admin import answers
from bot.views.admin import day as day_views
from bot.views.admin import members as views
from bot.views.admin.buttons import Booking, Member, Members, Office
from bot.views.admin.forms import Consequence
from bot.views.reader import Html
from bot.views.screen import Screen, title
from domain import bookings, people, resources, wallets

TOKENS_MAX = 1_000_000

WHO = Question(
    name="text", ask=lambda reader: reader.say("Write a part of the name, the @username or the Telegram id."),
    read=answers.text(length_max=64),
)  # fmt: skip
HOW_MANY = Question(
    name="tokens", ask=lambda reader: reader.say("How many tokens?"),
    read=answers.whole_number(least=1, most=TOKENS_MAX),
)  # fmt: skip
WHY = Question(
    name="reason", ask=lambda reader: reader.say("Why? The member reads it, and it is kept."), read=answers.reason
)  # fmt: skip


async def _finding(desk: Desk, _: Draft) -> Html:
    return desk.reader.say("Whom are you looking for?")


async def _find(desk: Desk, draft: Draft) -> Screen:
    return await found_screen(desk, Members.named(draft.values["text"]))


async def _granting(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Grant tokens to {name}", name=(await people.get(draft.about)).name)


async def _taking(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Take tokens from {name}", name=(await people.get(draft.about)).name)


def _signed(draft: Draft) -> int:
    tokens = int(draft.values["tokens"])
    return -tokens if draft.form == "member_take" else tokens


async def _adjustment(desk: Desk, draft: Draft) -> Consequence:
    reader, tokens = desk.reader, _signed(draft)
    member = await people.get(draft.about)
    wallet = await wallets.of(member.id)
    text = views.ask_adjustment(
        reader, member, tokens=tokens, reason=draft.values["reason"], balance_tokens=wallet.spendable_tokens(desk.now)
    )
    count = wording.tokens(reader, abs(tokens))
    label = reader.label("Grant {tokens}", tokens=count) if tokens > 0 else reader.label("Take {tokens}", tokens=count)
    return Consequence(text=text, label=label, is_destructive=tokens < 0)


async def _adjust(desk: Desk, draft: Draft) -> Screen:
    tokens = _signed(draft)
    entry = await desk.transact(
        wallets.adjust, member_id=draft.about, tokens=tokens, reason=draft.values["reason"],
        key=f"office:{draft.id}:{draft.about}", actor=desk.actor, now=desk.now,
    )  # fmt: skip
    count, balance = wording.tokens(desk.reader, abs(tokens)), wording.number(desk.reader, entry.balance_after)
    if tokens > 0:
        done = desk.reader.say("Granted {tokens}; the balance is {balance}.", tokens=count, balance=balance)
    else:
        done = desk.reader.say("Took {tokens}; the balance is {balance}.", tokens=count, balance=balance)
    return (await member_screen(desk, draft.about)).below(title(done))


async def _disabling(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Disable {name}", name=(await people.get(draft.about)).name)


async def _what_disabling_does(desk: Desk, draft: Draft) -> Consequence:
    member = await people.get(draft.about)
    coming = await bookings.upcoming(member_id=member.id, now=desk.now, page=1, limit=1)
    text = views.ask_disable(desk.reader, member, reason=draft.values["reason"], upcoming=coming.total)
    return Consequence(text=text, label=desk.reader.label("Disable"), is_destructive=True)


async def _disable(desk: Desk, draft: Draft) -> Screen:
    facts: dict[str, Any] = {"member_id": draft.about, "reason": draft.values["reason"]}
    member = await desk.transact(people.disable, actor=desk.actor, now=desk.now, **facts)
    done = title(desk.reader.say("{name} is disabled.", name=member.name))
    return (await member_screen(desk, member.id)).below(done)


async def _enabling(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Enable {name}", name=(await people.get(draft.about)).name)


async def _what_enabling_does(desk: Desk, draft: Draft) -> Consequence:
    text = views.ask_enable(desk.reader, await people.get(draft.about), reason=draft.values["reason"])
    return Consequence(text=text, label=desk.reader.label("Enable"))


async def _enable(desk: Desk, draft: Draft) -> Screen:
    facts: dict[str, Any] = {"member_id": draft.about, "reason": draft.values["reason"]}
    member = await desk.transact(people.enable, actor=desk.actor, now=desk.now, **facts)
    done = title(desk.reader.say("{name} can buy and book again.", name=member.name))
    return (await member_screen(desk, member.id)).below(done)


async def _cancelling(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Cancel {code}", code=(await bookings.get(booking_id=draft.about, actor=desk.actor)).code)


async def _what_cancelling_does(desk: Desk, draft: Draft) -> Consequence:
    booking = await bookings.get(booking_id=draft.about, actor=desk.actor)
    place, member = await resources.place(booking.resource_id), await people.get(booking.member_id)
    text = day_views.ask_cancel(desk.reader, booking, place, member, reason=draft.values["reason"])
    return Consequence(text=text, label=desk.reader.label("Cancel this booking"), is_destructive=True)


async def _cancel(desk: Desk, draft: Draft) -> Screen:
    booking = await desk.transact(
        bookings.cancel, booking_id=draft.about, actor=desk.actor, reason=draft.values["reason"], now=desk.now
    )
    return (await booking_screen(desk, booking)).below(day_views.cancelled(desk.reader, booking))


def _to_member(draft: Draft) -> Member:
    return Member(member=draft.about)


FIND = Form(
    name="member_find", permission="people:read", title=_finding, questions=(WHO,), finish=_find,
    back=lambda _: Office(),
)  # fmt: skip
GRANT = Form(
    name="member_grant", permission="wallets:adjust", title=_granting, questions=(HOW_MANY, WHY), finish=_adjust,
    back=_to_member, consequence=_adjustment,
)  # fmt: skip
TAKE = Form(
    name="member_take", permission="wallets:adjust", title=_taking, questions=(HOW_MANY, WHY), finish=_adjust,
    back=_to_member, consequence=_adjustment,
)  # fmt: skip
DISABLE = Form(
    name="member_disable", permission="people:write", title=_disabling, questions=(WHY,), finish=_disable,
    back=_to_member, consequence=_what_disabling_does,
)  # fmt: skip
ENABLE = Form(
    name="member_enable", permission="people:write", title=_enabling, questions=(WHY,), finish=_enable,
    back=_to_member, consequence=_what_enabling_does,
)  # fmt: skip
CANCEL_BOOKING = Form(
    name="booking_cancel", permission="bookings:cancel_any", title=_cancelling, questions=(WHY,), finish=_cancel,
    back=lambda draft: Booking(booking=draft.about), consequence=_what_cancelling_does,
)  # fmt: skip
FORMS = (FIND, GRANT, TAKE, DISABLE, ENABLE, CANCEL_BOOKING)
