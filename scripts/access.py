#!/usr/bin/env python3
"""Makes the access data of a session: a user and a password that are good for this booking only.

Use it for `provision`. What it prints under `access`, on one line, is encrypted where it is stored, left out of the
log, and shown to the member until the end of the session. A real one would also make the account on the rack's console
server, as `wipe.sh` would remove it; doing it again gives a new password, which then replaces the first one.
"""

import ipaddress
import json
import secrets
import sys
import zlib

NETWORK = ipaddress.ip_network("198.51.100.0/24")
"""Of the addresses that are reserved for documentation."""


def main() -> None:
    """Read the facts and print the access data."""
    facts = json.load(sys.stdin)
    rack = facts["resource"]
    version = facts["options"]["aci_version"] or "the version that is installed"
    print(f"{rack}: preparing for {facts['booking']} with {version}")
    for option in facts["options"]["preconfig"]:
        print(f"{rack}: setting up {option}")
    access = {
        "address": str(NETWORK[1 + zlib.crc32(rack.encode()) % 250]),
        "user": facts["booking"].lower(),
        "password": secrets.token_urlsafe(12),
    }
    print(json.dumps({"access": access}))


if __name__ == "__main__":
    main()
