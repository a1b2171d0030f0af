"""The forms about packs and venues."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.views.admin import answers, week
from bot.views.admin import packs as pack_views
from bot.views.admin import venues as venue_views
from bot.views.admin.buttons import Pack, Packs, Venue, Venues
from bot.views.admin.forms import Choice, Consequence
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, title
from domain import packs, resources
from domain.kernel import Tx

TOKENS_MAX = 1_000_000
DAYS_MAX = 3650


def _of_pack(value: Callable[[packs.Package], str]) -> Callable[[Draft], Any]:
    async def present(draft: Draft) -> str | None:
        return value(await packs.get(draft.about)) if draft.subject else None

    return present


def _of_venue(value: Callable[[resources.Venue], str]) -> Callable[[Draft], Any]:
    async def present(draft: Draft) -> str | None:
        return value(await resources.venue(draft.about)) if draft.subject else None

    return present


async def _none(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [Choice(label=reader.label("None"), value=answers.NONE)]


async def _without_end(reader: Reader, _: Draft) -> Sequence[Choice]:
    days = ("30", "90", "365")
    chosen = [Choice(label=reader.label_count("{number} day", "{number} days", int(n)), value=n) for n in days]
    return [*chosen, Choice(label=reader.label("Without end"), value=answers.NONE)]


async def _always(reader: Reader, _: Draft) -> Sequence[Choice]:
    return [Choice(label=reader.label("Round the clock"), value="always")]


def _read_hours(reader: Reader, typed: str) -> Any:
    return [] if typed == "always" else answers.opening_hours(reader, typed)


PACK_NAME = Question(
    name="name", ask=lambda reader: reader.say("Write the pack's name, such as Starter."),
    read=answers.text(length_max=60), present=_of_pack(lambda pack: pack.name),
)  # fmt: skip
PACK_TOKENS = Question(
    name="token", ask=lambda reader: reader.say("How many tokens does it bring?"),
    read=answers.whole_number(least=1, most=TOKENS_MAX), present=_of_pack(lambda pack: str(pack.token)),
)  # fmt: skip
PACK_PRICE = Question(
    name="price", ask=lambda reader: reader.say("What does it cost? 999 is rupees; or 999 INR, 12.50 USD."),
    read=answers.price, present=_of_pack(lambda pack: pack_views.typed_prices(pack.price)),
)  # fmt: skip
PACK_VALIDITY = Question(
    name="duration", ask=lambda reader: reader.say("For how many days are its tokens valid?"),
    read=answers.whole_number_or_none(least=1, most=DAYS_MAX), choices=_without_end,
    present=_of_pack(lambda pack: answers.NONE if pack.duration is None else str(pack.duration)),
)  # fmt: skip
PACK_DESCRIPTION = Question(
    name="description", ask=lambda reader: reader.say("Write a description of at most 500 characters."),
    read=answers.text(length_max=500, may_be_empty=True), choices=_none,
    present=_of_pack(lambda pack: pack.description or ""),
)  # fmt: skip

VENUE_CODE = Question(
    name="code", ask=lambda reader: reader.say("Write its code, such as BLR-1."), read=answers.code,
)  # fmt: skip
VENUE_NAME = Question(
    name="name", ask=lambda reader: reader.say("Write the venue's name."), read=answers.text(length_max=64),
    present=_of_venue(lambda venue: venue.name),
)  # fmt: skip
VENUE_CITY = Question(
    name="city", ask=lambda reader: reader.say("In which city is it?"), read=answers.text(length_max=100),
)  # fmt: skip
VENUE_ZONE = Question(
    name="timezone", ask=lambda reader: reader.say("Which clock does it go by? Write a time zone: Asia/Kolkata."),
    read=answers.timezone,
)  # fmt: skip
VENUE_ADDRESS = Question(
    name="address", ask=lambda reader: reader.say("Write the address, or choose none."),
    read=answers.text(length_max=300, may_be_empty=True), choices=_none, present=_of_venue(lambda venue: venue.address),
)  # fmt: skip
VENUE_HOURS = Question(
    name="opening_hours",
    ask=lambda reader: reader.say("Write the opening hours, a line each: Mon-Fri 09:00-21:00. Days you leave out are "
                                  "closed."),
    read=_read_hours, choices=_always, present=_of_venue(lambda venue: week.typed_hours(venue.opening_hours)),
)  # fmt: skip


async def _new_pack_title(desk: Desk, _: Draft) -> Html:
    return desk.reader.say("A new pack")


async def _pack_title(desk: Desk, draft: Draft) -> Html:
    return desk.reader.say("Pack {name}", name=(await packs.get(draft.about)).name)


async def _pack_consequence(desk: Desk, draft: Draft) -> Consequence:
    shown = {name: draft.values[name] for name in ("name", "token", "price", "duration")}
    text = pack_views.summary(desk.reader, **shown)
    return Consequence(text=text, label=desk.reader.label("Put on sale"))


async def _add_pack(desk: Desk, draft: Draft) -> Screen:
    pack = await desk.transact(packs.add, actor=desk.actor, now=desk.now, **draft.values)
    return pack_views.pack(desk.reader, pack).below(title(desk.reader.say("{name} is on sale.", name=pack.name)))


async def _edit_pack(desk: Desk, draft: Draft) -> Screen:
    pack = await desk.transact(packs.edit, package_id=draft.about, changes=draft.values, actor=desk.actor, now=desk.now)
    done = title(desk.reader.say("Changed. Purchases under way keep the old terms."))
    return pack_views.pack(desk.reader, pack).below(done)


def _editing_pack(name: str, question: Question) -> Form:
    return Form(
        name=f"pack_{name}", permission="packs:write", title=_pack_title, questions=(question,), finish=_edit_pack,
        back=lambda draft: Pack(package=draft.about),
    )  # fmt: skip


async def _new_venue_title(desk: Desk, _: Draft) -> Html:
    return desk.reader.say("A new venue")


async def venue_title(desk: Desk, draft: Draft) -> Html:
    """The venue's name."""
    return desk.reader.say("Venue {name}", name=(await resources.venue(draft.about)).name)


async def _venue_consequence(desk: Desk, draft: Draft) -> Consequence:
    venue = resources.Venue.model_validate({**draft.values, "created_at": desk.now, "updated_at": desk.now})
    return Consequence(text=venue_views.summary(desk.reader, venue), label=desk.reader.label("Open the venue"))


async def _add_venue(desk: Desk, draft: Draft) -> Screen:
    async def add(tx: Tx, /) -> resources.Venue:
        return await resources.add_venue(tx, actor=desk.actor, now=desk.now, **draft.values)

    venue = await desk.transact(add)
    done = title(desk.reader.say("{name} is open. Racks can be added to it.", name=venue.name))
    return venue_views.venue(desk.reader, venue).below(done)


async def _edit_venue(desk: Desk, draft: Draft) -> Screen:
    venue = await desk.transact(
        resources.edit_venue, venue_id=draft.about, changes=draft.values, actor=desk.actor, now=desk.now
    )
    return venue_views.venue(desk.reader, venue).below(title(desk.reader.say("Changed.")))


def _editing_venue(name: str, question: Question) -> Form:
    return Form(
        name=f"venue_{name}", permission="racks:write", title=venue_title, questions=(question,), finish=_edit_venue,
        back=lambda draft: Venue(venue=draft.about),
    )  # fmt: skip


ADD_PACK = Form(
    name="pack_add", permission="packs:write", title=_new_pack_title,
    questions=(PACK_NAME, PACK_TOKENS, PACK_PRICE, PACK_VALIDITY, PACK_DESCRIPTION), finish=_add_pack,
    back=lambda _: Packs(), consequence=_pack_consequence,
)  # fmt: skip
EDITING_PACK: dict[str, Form] = {
    "name": _editing_pack("name", PACK_NAME),
    "token": _editing_pack("token", PACK_TOKENS),
    "price": _editing_pack("price", PACK_PRICE),
    "duration": _editing_pack("duration", PACK_VALIDITY),
    "description": _editing_pack("description", PACK_DESCRIPTION),
}
ADD_VENUE = Form(
    name="venue_add", permission="racks:write", title=_new_venue_title,
    questions=(VENUE_CODE, VENUE_NAME, VENUE_CITY, VENUE_ZONE, VENUE_HOURS), finish=_add_venue,
    back=lambda _: Venues(), consequence=_venue_consequence,
)  # fmt: skip
EDITING_VENUE: dict[str, Form] = {
    "name": _editing_venue("name", VENUE_NAME),
    "address": _editing_venue("address", VENUE_ADDRESS),
}
FORMS = (ADD_PACK, *EDITING_PACK.values(), ADD_VENUE, *EDITING_VENUE.values())
