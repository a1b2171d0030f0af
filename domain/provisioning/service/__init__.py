"""The verbs of provisioning; the only writers."""

from domain.provisioning.service.clearing import begin, clear, stand_down, stand_down_moved
from domain.provisioning.service.overriding import declare_ready, retry
from domain.provisioning.service.running import claim, facts_of, finish, give_back, let_go

__all__ = [
    "begin", "claim", "clear", "declare_ready", "facts_of", "finish", "give_back", "let_go", "retry", "stand_down",
    "stand_down_moved",
]  # fmt: skip
