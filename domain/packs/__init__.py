"""Packs: tokens on sale, and buying them.

Nouns: `Package` (a pack on sale), `PackageHistory` (what it was before a change), `Settlement` (what one fact of a
gateway led to).
Rules: a purchase keeps price, tokens and validity as sold. Buying has three steps, because a gateway cannot be called
inside a transaction: the purchase is stored, the payment page made, the page kept with the purchase; each step can be
repeated, and `reconcile` mends a crash between them. Whatever tells of money ends in `settle`, which credits the tokens
in the transaction that marks the payment paid.
Invariants: one credit per payment of the gateway; a pack's history is never changed.
Errors: PackNotFound, PackNotOnSale, CurrencyNotOffered, InvalidPack.
"""

from domain.packs.errors import CurrencyNotOffered, InvalidPack, PackNotFound, PackNotOnSale
from domain.packs.events import PackAdded, PackBought, PackChanged, PackRetired
from domain.packs.flows import LINK_LIFETIME, buy, reconcile, resolve
from domain.packs.models import RECORDS, Package, PackageHistory
from domain.packs.policy import CURRENCIES
from domain.packs.queries import all_packs, get, history, on_sale
from domain.packs.service import Settlement, add, edit, retire, settle

__all__ = [
    "CURRENCIES", "LINK_LIFETIME", "RECORDS", "CurrencyNotOffered", "InvalidPack", "PackAdded", "PackBought",
    "PackChanged", "PackNotFound", "PackNotOnSale", "PackRetired", "Package", "PackageHistory", "Settlement", "add",
    "all_packs", "buy", "edit", "get", "history", "on_sale", "reconcile", "resolve", "retire", "settle",
]  # fmt: skip
