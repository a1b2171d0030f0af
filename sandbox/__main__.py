"""`python -m sandbox`: the sandbox as a process of its own."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from sandbox.application import serve
from sandbox.world import Config


def main() -> None:
    """Read options and environment, then serve until told to stop."""
    options = _options()
    token = os.environ.get("SANDBOX_BOT_TOKEN", "")
    if not token.partition(":")[0].isdigit():
        sys.exit("SANDBOX_BOT_TOKEN must be set to a bot token: digits, a colon, letters.")
    config = Config(
        host=options.host,
        port=options.port,
        data_dir=options.data_dir,
        messages_per_second=options.messages_per_second,
        chat_messages_per_second=options.chat_messages_per_second,
        chat_messages_burst=options.chat_messages_burst,
        bot_token=token,
        bot_username=os.environ.get("SANDBOX_BOT_USERNAME", Config.bot_username),
        razorpay_key_id=os.environ.get("SANDBOX_RAZORPAY_KEY_ID", ""),
        razorpay_key_secret=os.environ.get("SANDBOX_RAZORPAY_KEY_SECRET", ""),
        razorpay_webhook_secret=os.environ.get("SANDBOX_RAZORPAY_WEBHOOK_SECRET", ""),
        razorpay_webhook_url=os.environ.get("SANDBOX_RAZORPAY_WEBHOOK_URL", ""),
    )
    try:
        asyncio.run(_serve_until_signal(config))
    except OSError as error:
        sys.exit(f"Cannot listen on {config.host}:{config.port}: {error.strerror or error}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Stand-ins for Telegram and Razorpay.")
    parser.add_argument("--host", default=Config.host)
    parser.add_argument("--port", type=int, default=Config.port)
    parser.add_argument("--data-dir", type=Path, help="where the state is kept; in memory when absent")
    parser.add_argument("--messages-per-second", type=float, default=Config.messages_per_second)
    parser.add_argument("--chat-messages-per-second", type=float, default=Config.chat_messages_per_second)
    parser.add_argument("--chat-messages-burst", type=int, default=Config.chat_messages_burst)
    return parser.parse_args()


async def _serve_until_signal(config: Config) -> None:
    serving = asyncio.ensure_future(serve(config))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    main()
