"""Packs as the office sees them."""

from collections.abc import Mapping

from bot.views import wording
from bot.views.admin.buttons import AddPack, AskRetirePack, EditPack, Office, Pack, Packs, RetirePack, SetPackSale
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, grid, keyboard, lines, pager, recommended, title, way_out
from domain.kernel import Page
from domain.packs import Package


def prices(reader: Reader, price: Mapping[str, int]) -> str:
    """`₹999 · US$12`."""
    return " · ".join(wording.money(reader, minor, currency) for currency, minor in price.items())


def typed_prices(price: Mapping[str, int]) -> str:
    """The prices as they would be typed."""
    return ", ".join(f"{minor // 100}.{minor % 100:02} {currency}" for currency, minor in price.items())


def validity(reader: Reader, days: int | None) -> str:
    """How long the tokens last."""
    if days is None:
        return reader.label("without end")
    return reader.label_count("for {number} day", "for {number} days", days)


def _sale(reader: Reader, pack: Package) -> str:
    if pack.is_deleted:
        return reader.label("retired")
    return reader.label("on sale") if pack.is_active else reader.label("not on sale")


def packs(reader: Reader, page: Page[Package]) -> Screen:
    """All packs that are not retired."""
    rows = [
        reader.say("{name} · {tokens} · {price} · {sale}", name=title(escape(pack.name)),
                   tokens=wording.tokens(reader, pack.token), price=prices(reader, pack.price),
                   sale=_sale(reader, pack))
        for pack in page.items
    ]  # fmt: skip
    text = lines(title(reader.say("Packs")), *(rows or [reader.say("There is no pack yet.")]))
    return Screen(
        text=text,
        keyboard=keyboard(
            *grid((button(pack.name, Pack(package=pack.id)) for pack in page.items), columns=2),
            pager(
                reader, number=page.number, pages=page.pages, earlier=Packs(page=max(1, page.number - 1)),
                later=Packs(page=page.number + 1),
            ),
            [recommended(reader.label("Add a pack"), AddPack())],
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _facts(reader: Reader, token: int, price: Mapping[str, int], duration: int | None) -> list[Html]:
    return [
        reader.say("Tokens: {tokens}", tokens=wording.number(reader, token)),
        reader.say("Price: {price}", price=prices(reader, price)),
        reader.say("Valid: {validity}", validity=validity(reader, duration)),
    ]


def pack(reader: Reader, pack: Package) -> Screen:
    """One pack, and a button for everything that can be changed."""
    text = lines(
        title(reader.say("{name} · {sale}", name=pack.name, sale=_sale(reader, pack))),
        *_facts(reader, pack.token, pack.price, pack.duration),
        reader.say("Before: {price}", price=prices(reader, pack.price_previous)) if pack.price_previous else None,
        escape(pack.description) if pack.description else None,
    )
    return Screen(text=text, keyboard=keyboard(*_changes(reader, pack), way_out(reader, Packs())))


def _changes(reader: Reader, pack: Package) -> list[Row]:
    if pack.is_deleted:
        return []
    what = [
        (reader.label("Name"), "name"), (reader.label("Description"), "description"),
        (reader.label("Tokens"), "token"), (reader.label("Price"), "price"), (reader.label("Validity"), "duration"),
    ]  # fmt: skip
    label = reader.label("Take off sale") if pack.is_active else reader.label("Put on sale")
    return [
        *grid((button(words, EditPack(package=pack.id, what=form)) for words, form in what), columns=2),
        [button(label, SetPackSale(package=pack.id, is_active=not pack.is_active))],
        [destructive(reader.label("Retire"), AskRetirePack(package=pack.id))],
    ]


def ask_retire(reader: Reader, pack: Package) -> Screen:
    """What retiring would mean."""
    text = lines(
        title(reader.say("Retire {name}?", name=pack.name)),
        reader.say("Nobody can buy it any more, and it cannot be brought back. To let it rest, take it off sale."),
        reader.say("Tokens that were bought stay, and a payment under way still counts."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Retire it for good"), RetirePack(package=pack.id))],
            way_out(reader, Pack(package=pack.id)),
        ),
    )


def summary(reader: Reader, *, name: str, token: int, price: Mapping[str, int], duration: int | None) -> Html:
    """A pack that is about to go on sale."""
    heading = title(reader.say("Put {name} on sale?", name=name))
    return Html(lines(heading, *_facts(reader, token, price, duration)))
