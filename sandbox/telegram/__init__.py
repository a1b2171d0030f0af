"""The stand-in for the Telegram Bot API: one bot, private chats, over real HTTP.

`messenger.py` is the bot account and its primitives, `methods/` the Bot API methods, `people.py` what people do,
`updates.py` and `webhook.py` how the bot hears of it, `door.py` the Bot API's HTTP and `sim.py` that of `/sim/v1`.
What is faithful and what is not is written down in docs/sandbox.md.
"""

from starlette.routing import BaseRoute

from sandbox.telegram.door import Door
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import METHODS
from sandbox.telegram.sim import Sim
from sandbox.world import World

__all__ = ["routes"]


def routes(world: World) -> list[BaseRoute]:
    """All routes of the stand-in."""
    messenger = Messenger(world, METHODS)
    return [*Door(messenger).routes(), *Sim(messenger).routes()]
