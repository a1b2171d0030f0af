"""Members as the office sees them."""

from collections.abc import Sequence

from bot.views import wording
from bot.views.admin.buttons import (
    AdjustTokens,
    AskRole,
    Booking,
    ChooseRole,
    DisableMember,
    EnableMember,
    FindMember,
    MemberBookings,
    Members,
    Office,
    SetRole,
)
from bot.views.admin.buttons import Member as MemberButton
from bot.views.admin.upkeep_buttons import ChooseStaffVenue, SetStaffVenue
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, grid, keyboard, lines, pager, title, way_out
from domain import bookings
from domain.kernel import Page
from domain.people import Actor, Member, Role
from domain.resources import Place, Venue

NAME_SHOWN_MAX = 40


def role_word(reader: Reader, role: Role) -> str:
    """`member`, `staff`, …"""
    words = {
        Role.MEMBER: reader.label("member"), Role.POWER_USER: reader.label("regular"),
        Role.STAFF: reader.label("staff"), Role.ADMIN: reader.label("administrator"),
        Role.SUPER_ADMIN: reader.label("chief administrator"),
    }  # fmt: skip
    return words[role]


def name_of(member: Member) -> str:
    """The name, with @username where there is one."""
    name = member.name if len(member.name) <= NAME_SHOWN_MAX else f"{member.name[: NAME_SHOWN_MAX - 1]}…"
    return f"{name} (@{member.username})" if member.username else name


def members(reader: Reader, page: Page[Member], asked: Members) -> Screen:
    """Whom a search found, the last seen first."""
    heading = reader.say("Members like “{text}”", text=asked.text) if asked.text else reader.say("Members")
    rows = [
        reader.say("{name} · {role} · seen {when}", name=name_of(member), role=role_word(reader, member.role),
                   when=wording.relative(reader, member.last_seen_at))
        for member in page.items
    ]  # fmt: skip
    return Screen(
        text=lines(title(heading), *(rows or [reader.say("Nobody is found. Try a part of the name.")])),
        keyboard=keyboard(
            *grid((button(name_of(each), MemberButton(member=each.id)) for each in page.items), columns=1),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            [button(reader.label("Search again"), FindMember())],
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def member(reader: Reader, member: Member, *, balance_tokens: int, upcoming: int, past: int, actor: Actor) -> Screen:
    """One member, and what this actor may do about them."""
    zone = reader.timezone or "UTC"
    text = lines(
        title(escape(name_of(member))),
        reader.say("Role: {role}", role=role_word(reader, member.role)),
        None if member.is_active else reader.say("Disabled: can read, but neither buys nor books."),
        reader.say("Blocked the bot: hears nothing from us.") if member.is_blocked else None,
        reader.say("Balance: {tokens}", tokens=wording.tokens(reader, balance_tokens)),
        reader.say("Bookings: {upcoming} upcoming, {past} past", upcoming=upcoming, past=past),
        reader.say("Joined: {day}", day=wording.day(reader, wording.local(member.joined_at, zone).date())),
        reader.say("Seen: {when}", when=wording.relative(reader, member.last_seen_at)),
        reader.say("Telegram id: {id}", id=Html(f"<code>{member.telegram_id}</code>")),
    )
    return Screen(text=text, keyboard=keyboard(*_acts(reader, member, actor), way_out(reader, Members())))


def _acts(reader: Reader, member: Member, actor: Actor) -> list[Row]:
    label = reader.label
    grant = button(label("Grant tokens"), AdjustTokens(member=member.id))
    take = button(label("Take tokens"), AdjustTokens(member=member.id, is_taking=True))
    switch = (
        destructive(label("Disable"), DisableMember(member=member.id))
        if member.is_active
        else button(label("Enable"), EnableMember(member=member.id))
    )
    is_below = may_change(actor, member)
    return [
        [button(label("Bookings"), MemberBookings(member=member.id))] if actor.may("bookings:read") else [],
        [grant, take] if actor.may("wallets:adjust") else [],
        [button(label("Change the role"), ChooseRole(member=member.id))]
        if is_below and actor.may("people:promote")
        else [],
        [button(label("Workplace"), ChooseStaffVenue(member=member.id))]
        if member.role is Role.STAFF and actor.may("people:write")
        else [],
        [switch] if is_below and actor.may("people:write") else [],
    ]


def may_change(actor: Actor, member: Member) -> bool:
    """Whether the member's role and state are this actor's to change; the service decides in the end."""
    return member.role not in (Role.ADMIN, Role.SUPER_ADMIN) or actor.may("people:promote_admins")


def choose_venue(reader: Reader, member: Member, venues: Sequence[Venue]) -> Screen:
    """Where a member of staff can work."""
    here = next((venue.name for venue in venues if venue.id == member.venue_id), None)
    buttons = (button(venue.name, SetStaffVenue(member=member.id, venue=venue.id)) for venue in venues)
    text = lines(
        title(reader.say("Where does {name} work?", name=member.name)),
        reader.say("Now: {value}", value=here or reader.label("everywhere")),
        reader.say("Staff check in whoever has booked at their venue."),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [button(reader.label("Everywhere"), SetStaffVenue(member=member.id))],
            *grid(buttons, columns=2),
            way_out(reader, MemberButton(member=member.id)),
        ),
    )


def choose_role(reader: Reader, member: Member, actor: Actor) -> Screen:
    """The roles this actor can give the member."""
    high = () if actor.may("people:promote_admins") else (Role.ADMIN, Role.SUPER_ADMIN)
    roles = [role for role in Role if role not in (member.role, *high)]
    text = lines(
        title(reader.say("Which role for {name}?", name=member.name)),
        reader.say("Now: {role}", role=role_word(reader, member.role)),
    )
    buttons = (button(role_word(reader, role), AskRole(member=member.id, role=role)) for role in roles)
    return Screen(
        text=text, keyboard=keyboard(*grid(buttons, columns=1), way_out(reader, MemberButton(member=member.id)))
    )


def ask_role(reader: Reader, member: Member, role: Role) -> Screen:
    """What the role lets the member do."""
    means = {
        Role.MEMBER: reader.say("Buys tokens and books racks; sees nothing of the office."),
        Role.POWER_USER: reader.say("Buys tokens and books racks, like every member."),
        Role.STAFF: reader.say("Sees today's bookings and members; changes nothing."),
        Role.ADMIN: reader.say("Runs racks, packs, members and tokens; cannot make administrators."),
        Role.SUPER_ADMIN: reader.say("May do everything, also make and unmake administrators."),
    }
    words = role_word(reader, role)
    return Screen(
        text=lines(title(reader.say("Make {name}: {role}?", name=member.name, role=words)), means[role]),
        keyboard=keyboard(
            [destructive(reader.label("Yes: {role}", role=words), SetRole(member=member.id, role=role))],
            way_out(reader, ChooseRole(member=member.id)),
        ),
    )


def booked(
    reader: Reader, member: Member, page: Page[bookings.Booking], places: Sequence[Place], *, asked: MemberBookings
) -> Screen:
    """What a member has booked and is still to come."""
    rows = [
        reader.say("{code} · {rack} · {when}", code=booking.code, rack=place.resource.code,
                   when=wording.span(reader, booking.starts_at, booking.ends_at, place.venue.timezone))
        for booking, place in zip(page.items, places, strict=True)
    ]  # fmt: skip
    heading = reader.say("Upcoming bookings of {name}", name=member.name)
    return Screen(
        text=lines(title(heading), *(rows or [reader.say("No upcoming bookings.")])),
        keyboard=keyboard(
            *grid((button(each.code, Booking(booking=each.id)) for each in page.items), columns=2),
            pager(
                reader, number=page.number, pages=page.pages,
                earlier=asked.model_copy(update={"page": max(1, page.number - 1)}),
                later=asked.model_copy(update={"page": page.number + 1}),
            ),
            way_out(reader, MemberButton(member=member.id)),
        ),
    )  # fmt: skip


def ask_adjustment(reader: Reader, member: Member, *, tokens: int, reason: str, balance_tokens: int) -> Html:
    """What granting, or with a negative number taking, would do."""
    count = wording.tokens(reader, abs(tokens))
    if tokens > 0:
        heading = reader.say("Grant {name} {tokens}?", name=member.name, tokens=count)
    else:
        heading = reader.say("Take {tokens} from {name}?", name=member.name, tokens=count)
    return Html(
        lines(
            title(heading),
            reader.say("Balance: {before} → {after}", before=balance_tokens, after=balance_tokens + tokens),
            reader.say("Reason: {reason}", reason=reason),
            reader.say("The member is told, with the reason."),
        )
    )


def ask_disable(reader: Reader, member: Member, *, reason: str, upcoming: int) -> Html:
    """What disabling would do."""
    return Html(
        lines(
            title(reader.say("Disable {name}?", name=member.name)),
            reader.say("They can read, but neither buy nor book, until enabled again."),
            reader.say_count("{number} upcoming booking stays.", "{number} upcoming bookings stay.", upcoming)
            if upcoming
            else None,
            reader.say("Reason: {reason}", reason=reason),
            reader.say("The member is told, with the reason."),
        )
    )


def ask_enable(reader: Reader, member: Member, *, reason: str) -> Html:
    """What enabling would do."""
    return Html(
        lines(
            title(reader.say("Enable {name}?", name=member.name)),
            reader.say("They can buy and book again."),
            reader.say("Reason: {reason}", reason=reason),
            reader.say("The member is told, with the reason."),
        )
    )
