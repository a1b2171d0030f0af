"""The vault of tests: one random key for the whole run."""

from domain.kernel import Vault

VAULT = Vault([Vault.generate_key()])
