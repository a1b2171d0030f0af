"""The queue as staff see it: who waits for what, in the order in which they are asked."""

from collections.abc import Mapping, Sequence

from beanie import PydanticObjectId

from bot.views import wording
from bot.views.admin.buttons import Member as MemberButton
from bot.views.admin.buttons import Today
from bot.views.admin.members import name_of
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Screen, button, grid, keyboard, lines, pager, title, way_out
from bot.views.waiter import Waiter, reason_word, skip_line, wanted, when
from bot.views.waitlist_buttons import Queue, QueueChoice
from domain.kernel import Page
from domain.people import Member
from domain.resources import Resource
from domain.waitlists import Status, WaitlistEntry

KINDS = ("rack", "seat", "parking_slot")
NAME_MAX = 24
SKIPS_SHOWN = 2


def queue(
    reader: Reader, page: Page[WaitlistEntry], listed: Sequence[Waiter], members: Mapping[PydanticObjectId, Member], *,
    asked: Queue, resource: Resource | None,
) -> Screen:  # fmt: skip
    """One page of the line, for one resource or for all."""
    first = (page.number - 1) * page.limit + 1
    heading = (
        reader.say("Waitlist of {rack}: {number}", rack=resource.code, number=page.total)
        if resource
        else reader.say("Waitlist: {number}", number=page.total)
    )
    rows = [_entry(reader, first + place, one, members[one.entry.member_id]) for place, one in enumerate(listed)]
    people = (
        button(f"{first + place} · {wording.cut(members[one.entry.member_id].name, characters_max=NAME_MAX)}",
               MemberButton(member=one.entry.member_id))
        for place, one in enumerate(listed)
    )  # fmt: skip
    whole = [] if resource is None else [button(reader.label("Everybody who waits"), Queue())]
    return Screen(
        text=lines(title(heading), *(rows or [reader.say("Nobody waits.")])),
        keyboard=keyboard(
            *grid(people, columns=2),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [button(reader.label("Choose one"), QueueChoice()), *whole],
            way_out(reader, Today()),
        ),
    )  # fmt: skip


def _entry(reader: Reader, number: int, one: Waiter, member: Member) -> Html:
    who = reader.say("{number} · {name}", number=number, name=name_of(member))
    about = f"{wanted(reader, one)} · {when(reader, one)} · {_state(reader, one)}"
    skips = [skip_line(reader, skip, one.zone) for skip in one.entry.skips[-SKIPS_SHOWN:]]
    return Html(lines(title(who), escape(about), *skips))


def _state(reader: Reader, one: Waiter) -> str:
    first = [reader.label("after maintenance")] if one.entry.priority == 0 else []
    auto = [reader.label("books at once")] if one.entry.auto_book and one.entry.status is Status.WAITING else []
    return ", ".join([*first, reason_word(reader, one.reason), *auto])


def choose(reader: Reader, page: Page[Resource], *, asked: QueueChoice) -> Screen:
    """Whose queue to look at."""
    others = (button(wording.kinds(reader, kind), QueueChoice(kind=kind)) for kind in KINDS if kind != asked.kind)
    return Screen(
        text=title(reader.say("Whose waitlist?")),
        keyboard=keyboard(
            *grid((button(each.code, Queue(resource=each.id)) for each in page.items), columns=3),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [*others],
            way_out(reader, Queue()),
        ),
    )  # fmt: skip
