"""`python -m bench.roles bot|api|jobs`: a role exactly as `berth` runs it, except that updates come by plain http.

Settings demand https for the webhook, rightly; here the sandbox delivers on loopback.
"""

import sys

from app import checks, logs, quick_import
from app.installation import Installation
from app.settings import load


def main(name: str) -> None:
    """Run the role of this name until told to stop."""
    given = load()
    settings = given.model_copy(update={"telegram_webhook_url": f"http://127.0.0.1:{given.berth_api_port}"})
    installation = Installation(settings=settings)
    logs.set_up(level=settings.log_level, log_format=settings.log_format, secrets=installation.secrets())
    with quick_import.without_garbage_collection():
        quick_import.aiogram()
        from app import roles
    if name == "api":
        listener = checks.listener(settings.berth_api_host, settings.berth_api_port, variable="BERTH_API_PORT")
        roles.run_until_stopped(name, roles.run_api(installation, listener))
    else:
        roles.run_until_stopped(name, roles.WORKERS[name](installation))


if __name__ == "__main__":
    main(sys.argv[1])
