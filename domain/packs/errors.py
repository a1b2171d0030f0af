"""What packs say no to."""

from domain.kernel import Conflict, Invalid, NotFound


class PackNotFound(NotFound):
    """No such pack, or it was retired long ago."""

    code = "PACK_NOT_FOUND"
    number = 5101


class PackNotOnSale(Conflict):
    """The pack cannot be bought any more; facts: package_id."""

    code = "PACK_NOT_ON_SALE"
    number = 5102


class CurrencyNotOffered(Invalid):
    """The pack has no price in it; facts: currency, currencies."""

    code = "CURRENCY_NOT_OFFERED"
    number = 5103


class InvalidPack(Invalid):
    """A field of a pack cannot be so; facts: field."""

    code = "INVALID_PACK"
    number = 5104
