"""What every test may end with: nothing that must hold was broken."""

from domain import invariants


async def assert_invariants() -> None:
    """Fail with every violation in the current tenant."""
    found = await invariants.violations(limit=20)
    assert not found, "\n".join(f"{violation.name}: {violation.subject}: {violation.detail}" for violation in found)
