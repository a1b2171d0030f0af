"""Every button's meaning, typed: small, self-describing, and re-checked by the service behind it."""

from aiogram.filters.callback_data import CallbackData

from bot.views.browsing import ANY, AnyKind
from bot.views.grown import Grown
from bot.views.ids import Day, Id, Moment, Number


class Menu(CallbackData, prefix="m"):
    """The menu, from anywhere."""


class Help(CallbackData, prefix="h"):
    """What can be done here."""


class Settings(CallbackData, prefix="se"):
    """Language, time zone, pictures."""


class AskLanguage(CallbackData, prefix="la"):
    """Choose the language; `then` is a deep link that waits."""

    then: str = ""


class SetLanguage(CallbackData, prefix="ls"):
    """Speak it; at first contact the time zone is asked next."""

    language: str
    is_first: bool = False
    then: str = ""


class AskZone(CallbackData, prefix="za"):
    """Choose the time zone from a page of them."""

    page: int = 1
    is_first: bool = False
    then: str = ""


class SetZone(CallbackData, prefix="zs"):
    """Take the time zone, by its IANA name."""

    zone: str
    is_first: bool = False
    then: str = ""


class TypeCity(CallbackData, prefix="zt"):
    """Let the person write the name of a city."""

    is_first: bool = False
    then: str = ""


class SetAppearance(CallbackData, prefix="sa"):
    """Pictures for a light or a dark screen."""

    appearance: str


class Tokens(CallbackData, prefix="t"):
    """The balance and its lots."""


class History(CallbackData, prefix="th"):
    """The ledger, newest first."""

    page: int = 1


class Packs(CallbackData, prefix="p"):
    """What is on sale."""


class Buy(CallbackData, prefix="pb"):
    """Buy a pack. `asked` is when the screen was made, in seconds: the same button is the same purchase."""

    package: Id
    asked: Number
    for_hold: bool = False


class CheckPayment(CallbackData, prefix="pc"):
    """Ask the gateway now whether it was paid."""

    payment: Id


class Racks(Grown, prefix="r"):
    """Racks, seats or parking slots to choose from; without a kind the only one there is, or choose which.

    `tag` stands for an ACI version, an area or a type of vehicle; `when` is one of `n t m d<day>`.
    """

    tag: str = ANY
    when: str = ANY
    page: int = 1
    kind: AnyKind = ANY
    venue: Id | None = None


class Month(CallbackData, prefix="bm"):
    """The month calendar of a rack; `month` is year × 12 + month − 1, 0 for the present one."""

    rack: Id
    month: Number = 0
    choice: str = ""


class DayOf(CallbackData, prefix="bd"):
    """The slots of a rack on a day."""

    rack: Id
    on: Day
    choice: str = ""


class WeekOf(CallbackData, prefix="bw"):
    """The picture of a rack's week from a day on."""

    rack: Id
    on: Day
    choice: str = ""


class Length(CallbackData, prefix="bl"):
    """How long, from this start."""

    rack: Id
    at: Moment
    choice: str = ""


class Summary(CallbackData, prefix="bs"):
    """The whole booking before it is made."""

    rack: Id
    at: Moment
    slots: Number
    choice: str = ""


class Confirm(CallbackData, prefix="bc"):
    """Book it, at the price that was shown."""

    rack: Id
    at: Moment
    slots: Number
    cost: Number
    choice: str = ""


class ShowHold(CallbackData, prefix="hs"):
    """The time that is kept for the person."""


class ConfirmHold(CallbackData, prefix="hc"):
    """Turn the hold into a booking."""

    booking: Id


class ReleaseHold(CallbackData, prefix="hr"):
    """Give the kept time up."""

    booking: Id


class Bookings(CallbackData, prefix="k"):
    """My bookings."""

    is_past: bool = False
    page: int = 1


class Details(CallbackData, prefix="kd"):
    """One booking. `is_new` shows it in a message of its own: the confirmation above it remains."""

    booking: Id
    is_new: bool = False


class AskCancel(CallbackData, prefix="ka"):
    """What cancelling would return."""

    booking: Id


class Cancel(CallbackData, prefix="kc"):
    """Cancel, having been told that `refund` tokens come back."""

    booking: Id
    refund: Number


class CalendarFile(CallbackData, prefix="ki"):
    """The booking as an .ics file."""

    booking: Id


class Again(CallbackData, prefix="kg"):
    """The same rack, length and options at the next free time."""

    booking: Id


class ExtendTo(CallbackData, prefix="xe"):
    """Stay `slots` longer, until `at`, having been told that they cost so much."""

    booking: Id
    slots: Number
    cost: Number
    at: Moment


class OtherRack(CallbackData, prefix="xo"):
    """Another rack at the same time: this one is not ready."""

    booking: Id


class RefundUnready(CallbackData, prefix="xr"):
    """Everything back: the rack is not ready."""

    booking: Id


class ShowTicket(CallbackData, prefix="xt"):
    """The code to show when coming."""

    booking: Id


class ShowAccess(CallbackData, prefix="xa"):
    """How to get into the prepared rack."""

    booking: Id


class CheckOut(CallbackData, prefix="xc"):
    """I have left."""

    booking: Id


class TakeOffer(CallbackData, prefix="wo"):
    """Book what a waitlist entry was offered."""

    entry: Id


class PassOffer(CallbackData, prefix="wp"):
    """Leave the offer to the next in line."""

    entry: Id


class OccupancyOf(CallbackData, prefix="oc"):
    """What goes on at a venue now; without one, at the only one, or choose."""

    venue: Id | None = None
