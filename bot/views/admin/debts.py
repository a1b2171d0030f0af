"""What members owe, as the office sees it."""

from collections.abc import Mapping

from beanie import PydanticObjectId

from bot.views import wording
from bot.views.admin.buttons import Member as MemberButton
from bot.views.admin.buttons import Office
from bot.views.admin.members import name_of
from bot.views.admin.upkeep_buttons import Forgive, Receivables
from bot.views.admin.upkeep_buttons import Receivable as ReceivableButton
from bot.views.reader import Html, Reader
from bot.views.screen import Screen, button, destructive, grid, keyboard, lines, pager, title, way_out
from domain.kernel import Page
from domain.people import Member
from domain.wallets import Receivable, ReceivableStatus


def receivables(reader: Reader, page: Page[Receivable], members: Mapping[PydanticObjectId, Member]) -> Screen:
    """Every open debt, the oldest first."""
    rows = [
        reader.say("{name} · {tokens} · since {day}", name=name_of(members[one.user]),
                   tokens=wording.tokens(reader, one.remaining), day=_day(reader, one))
        for one in page.items
    ]  # fmt: skip
    buttons = (
        button(f"{members[one.user].name[:24]} · {one.remaining}", ReceivableButton(receivable=one.id))
        for one in page.items
    )
    return Screen(
        text=lines(title(reader.say("Debts")), *(rows or [reader.say("Nobody owes anything.")])),
        keyboard=keyboard(
            *grid(buttons, columns=1),
            pager(
                reader, number=page.number, pages=page.pages, earlier=Receivables(page=max(1, page.number - 1)),
                later=Receivables(page=page.number + 1),
            ),
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _day(reader: Reader, one: Receivable) -> str:
    return wording.day(reader, wording.local(one.created_at, reader.timezone or "UTC").date())


def receivable(reader: Reader, one: Receivable, member: Member, *, booking_code: str | None) -> Screen:
    """One debt, and the button that lets it go."""
    is_open = one.status is ReceivableStatus.OPEN
    text = lines(
        title(reader.say("{name} owes {tokens}", name=name_of(member), tokens=wording.tokens(reader, one.remaining)))
        if is_open
        else title(reader.say("Paid or forgiven.")),
        reader.say("Of {tokens}, since {day}", tokens=wording.tokens(reader, one.amount), day=_day(reader, one)),
        reader.say("For booking {code}", code=booking_code) if booking_code else None,
        reader.say("Until it is paid they can book nothing.") if is_open else None,
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [destructive(reader.label("Forgive it"), Forgive(receivable=one.id))] if is_open else [],
            [button(reader.label("The member"), MemberButton(member=member.id))],
            way_out(reader, Receivables()),
        ),
    )


def ask_forgive(reader: Reader, one: Receivable, member: Member, *, reason: str) -> Html:
    """What forgiving would do."""
    return Html(
        lines(
            title(
                reader.say(
                    "Forgive {name} {tokens}?", name=name_of(member), tokens=wording.tokens(reader, one.remaining)
                )
            ),
            reader.say("Reason: {reason}", reason=reason),
            reader.say("It cannot be asked for again."),
        )
    )
