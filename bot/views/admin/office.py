"""The office's menu, and what was changed lately."""

from collections.abc import Mapping

from beanie import PydanticObjectId

from bot.views import wording
from bot.views.admin.buttons import (
    Changes,
    ChooseVenueOfDay,
    FindMember,
    Office,
    Packs,
    Racks,
    Today,
    Venues,
)
from bot.views.admin.fields import facts_of
from bot.views.admin.racks import plural
from bot.views.admin.upkeep_buttons import Maintenances, Receivables, Runs
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, keyboard, lines, pager, title, way_out
from domain.audit import AuditEntry
from domain.kernel import Page
from domain.people import Actor
from domain.resources import Kind

NAME_MAX = 40
FACTS_MAX = 200
"""Ten changes fit on one screen."""


def menu(reader: Reader, actor: Actor) -> Screen:
    """What this person may do in the office, and nothing else."""
    may = actor.may
    label = reader.label
    today: Row = [button(label("Today's bookings"), Today()), button(label("By venue"), ChooseVenueOfDay())]
    kinds: tuple[Kind, ...] = ("rack", "seat", "parking_slot")
    offer: Row = [button(plural(reader, kind), Racks(kind=kind)) for kind in kinds]
    upkeep: Row = [button(label("Venues"), Venues()), button(label("Maintenance"), Maintenances())]
    runs: Row = [button(label("Preparations"), Runs())]
    debts: Row = [button(label("Debts"), Receivables())]
    packs: Row = [button(label("Packs"), Packs())]
    return Screen(
        text=lines(title(reader.say("Administration")), reader.say("Every change made here is kept with your name.")),
        keyboard=keyboard(
            today if may("bookings:read") else [],
            [button(label("Find a member"), FindMember())] if may("people:read") else [],
            offer if may("racks:write") else [],
            upkeep if may("racks:write") else [],
            runs if may("racks:write") else [],
            packs if may("packs:write") else [],
            debts if may("wallets:adjust") else [],
            [button(label("Recent changes"), Changes())] if may("people:write") else [],
            way_out(reader),
        ),
    )


def _actions(reader: Reader) -> dict[str, str]:
    label = reader.label
    return {
        "member.role_changed": label("role changed"), "member.disabled": label("disabled"),
        "member.enabled": label("enabled"), "wallet.adjusted": label("tokens adjusted"),
        "venue.added": label("venue added"), "venue.changed": label("venue changed"),
        "resource.added": label("rack added"), "resource.changed": label("rack changed"),
        "resource.retired": label("rack retired"), "resource.restored": label("rack restored"),
        "pack.added": label("pack added"), "pack.changed": label("pack changed"),
        "pack.retired": label("pack retired"), "booking.cancelled_by_office": label("booking cancelled"),
        "maintenance.reserved": label("maintenance reserved"), "maintenance.ended": label("maintenance ended"),
        "member.venue_changed": label("workplace changed"), "wallet.receivable_forgiven": label("debt forgiven"),
        "provisioning.retried": label("preparation tried again"), "booking.declared_ready": label("declared ready"),
    }  # fmt: skip


def changes(reader: Reader, page: Page[AuditEntry], names: Mapping[PydanticObjectId, str]) -> Screen:
    """Who changed what and when, the newest first. `names` are of people, racks, venues and packs."""
    rows = [_change(reader, entry, names) for entry in page.items]
    text = lines(title(reader.say("Recent changes")), *(rows or [reader.say("Nothing was changed yet.")]))
    return Screen(
        text=text,
        keyboard=keyboard(
            pager(
                reader, number=page.number, pages=page.pages, earlier=Changes(page=max(1, page.number - 1)),
                later=Changes(page=page.number + 1),
            ),
            way_out(reader, Office()),
        ),
    )  # fmt: skip


def _change(reader: Reader, entry: AuditEntry, names: Mapping[PydanticObjectId, str]) -> Html:
    who = names.get(entry.actor_id, "") if entry.actor_id else reader.label("the system")
    of_what = names.get(entry.subject_id, "") if entry.subject_id else ""
    head = reader.say(
        "{when} · {who} · {action} {subject}", when=wording.moment(reader, entry.occurred_at, reader.timezone or "UTC"),
        who=wording.cut(who, characters_max=NAME_MAX), action=_actions(reader).get(entry.action, entry.action),
        subject=title(escape(wording.cut(of_what, characters_max=NAME_MAX))) if of_what else "",
    )  # fmt: skip
    is_new = entry.action.endswith(".added")  # its own page shows all of it
    facts = wording.cut("; ".join([] if is_new else facts_of(reader, entry)), characters_max=FACTS_MAX)
    return Html(lines(head, f"   {escape(facts)}" if facts else None))
