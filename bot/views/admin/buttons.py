"""The office's buttons. Each is re-checked behind it: a button may be older than the role of the one who taps."""

import base64

from aiogram.filters.callback_data import CallbackData

from bot.views.ids import Id, Number
from domain.people import Role
from domain.resources import Kind, ResourceStatus

SEARCH_BYTES_MAX = 36


class Office(CallbackData, prefix="A"):
    """The office's menu."""


class Racks(CallbackData, prefix="Ar"):
    """Everything of one kind, retired ones included."""

    page: Number = 1
    kind: Kind = "rack"


class Rack(CallbackData, prefix="Aro"):
    """One rack, seat or parking slot and what can be changed about it."""

    rack: Id


class AddRack(CallbackData, prefix="Arn"):
    """Offer something new of this kind, question by question."""

    kind: Kind = "rack"


class EditRack(CallbackData, prefix="Are"):
    """Change something about a rack; `what` names the form."""

    rack: Id
    what: str


class SetRackStatus(CallbackData, prefix="Ars"):
    """Switch to maintenance, or back."""

    rack: Id
    status: ResourceStatus


class AskRetireRack(CallbackData, prefix="Arq"):
    """What retiring the rack would mean."""

    rack: Id


class RetireRack(CallbackData, prefix="Arx"):
    """Retire it, having been told."""

    rack: Id


class RestoreRack(CallbackData, prefix="Ary"):
    """Offer a retired rack again."""

    rack: Id


class Venues(CallbackData, prefix="Av"):
    """The venues."""


class Venue(CallbackData, prefix="Avo"):
    """One venue: its hours and closed days."""

    venue: Id


class AddVenue(CallbackData, prefix="Avn"):
    """Open a new venue, question by question."""


class EditVenue(CallbackData, prefix="Ave"):
    """Change something about a venue; `what` names the form."""

    venue: Id
    what: str


class Packs(CallbackData, prefix="Ap"):
    """All packs that are not retired."""

    page: Number = 1


class Pack(CallbackData, prefix="Apo"):
    """One pack and what can be changed about it."""

    package: Id


class AddPack(CallbackData, prefix="Apn"):
    """Put a new pack on sale, question by question."""


class EditPack(CallbackData, prefix="Ape"):
    """Change something about a pack; `what` names the form."""

    package: Id
    what: str


class AskRetirePack(CallbackData, prefix="Apq"):
    """What retiring the pack would mean."""

    package: Id


class RetirePack(CallbackData, prefix="Apx"):
    """Take it off sale for good, having been told."""

    package: Id


class SetPackSale(CallbackData, prefix="Aps"):
    """Let a pack rest, or put it on sale again."""

    package: Id
    is_active: bool


class FindMember(CallbackData, prefix="Amf"):
    """Ask whom to look for."""


class Members(CallbackData, prefix="Am"):
    """Members found by a text; everybody when it is empty."""

    packed: str = ""
    page: Number = 1

    @classmethod
    def named(cls, text: str) -> "Members":
        """The first page of those found by `text`, shortened to `SEARCH_BYTES_MAX`: a button carries no more."""
        shortened = text.encode()[:SEARCH_BYTES_MAX].decode(errors="ignore").strip()
        return cls(packed=base64.urlsafe_b64encode(shortened.encode()).decode())

    @property
    def text(self) -> str:
        """What to look for."""
        return base64.urlsafe_b64decode(self.packed).decode()


class Member(CallbackData, prefix="Amo"):
    """One member."""

    member: Id


class MemberBookings(CallbackData, prefix="Amb"):
    """What a member has booked."""

    member: Id
    page: Number = 1


class AdjustTokens(CallbackData, prefix="Amt"):
    """Grant tokens, or take some."""

    member: Id
    is_taking: bool = False


class DisableMember(CallbackData, prefix="Amx"):
    """Let a member only read; asks why."""

    member: Id


class EnableMember(CallbackData, prefix="Amy"):
    """Let a member buy and book again; asks why."""

    member: Id


class ChooseRole(CallbackData, prefix="Amr"):
    """The roles a member can be given."""

    member: Id


class AskRole(CallbackData, prefix="Amq"):
    """What this role would let the member do."""

    member: Id
    role: Role


class SetRole(CallbackData, prefix="Ams"):
    """Give the member the role, having been told."""

    member: Id
    role: Role


class ChooseVenueOfDay(CallbackData, prefix="Adv"):
    """Whose day to look at."""


class Today(CallbackData, prefix="Ad"):
    """Today's bookings; at one venue, or at all of them."""

    venue: Id | None = None
    page: Number = 1


class Booking(CallbackData, prefix="Ado"):
    """One booking, as the operator sees it."""

    booking: Id


class CancelBooking(CallbackData, prefix="Adx"):
    """Cancel it as the operator; asks why."""

    booking: Id


class Changes(CallbackData, prefix="Ac"):
    """The audit log, newest first."""

    page: Number = 1


class Answer(CallbackData, prefix="Afa"):
    """Answer the question number `step` of the open form `form` by button."""

    form: str
    step: Number
    value: str


class AskAgain(CallbackData, prefix="Afb"):
    """Go back to an earlier question of the open form."""

    form: str
    step: Number


class Finish(CallbackData, prefix="Afy"):
    """Do what the form has gathered; `choice` is how, where there is more than one way."""

    form: str
    choice: str = ""


class TurnPage(CallbackData, prefix="Afp"):
    """Another page of what the form would do."""

    form: str
    page: Number


class Leave(CallbackData, prefix="Afx"):
    """Leave the form; nothing is changed."""

    form: str
