"""Whether the services we are configured for take us; each check answers, or raises one clear sentence."""

import httpx
import pymongo
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from app.gateways.razorpay import LIVE_URL
from app.mongod import CannotStart
from app.settings import Settings

NETWORK_SECONDS_MAX = 10.0
MONGODB_SECONDS_MAX = 5.0


def telegram(settings: Settings) -> str:
    """Ask Telegram who the token belongs to; answers the bot's user name."""
    token = settings.telegram_bot_token.get_secret_value()
    try:
        answer = httpx.get(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=NETWORK_SECONDS_MAX)
        told = answer.json()
    except (httpx.HTTPError, ValueError):
        raise CannotStart(
            f"Telegram did not answer at {settings.telegram_api_url}: check the network, then start again."
        ) from None  # the cause names the address, and the address holds the token
    if answer.status_code in (401, 404):
        raise CannotStart("Telegram refuses TELEGRAM_BOT_TOKEN: copy the token again from @BotFather.")
    if not told.get("ok"):
        raise CannotStart(f"Telegram answered {answer.status_code} to getMe: {told.get('description', 'no reason')}.")
    return str(told["result"]["username"])


def razorpay(settings: Settings) -> None:
    """Ask Razorpay whether it knows the keys."""
    keys = (settings.razorpay_key_id, settings.razorpay_key_secret.get_secret_value())
    try:
        url = f"{settings.razorpay_api_url or LIVE_URL}/v1/orders?count=1"
        answer = httpx.get(url, auth=keys, timeout=NETWORK_SECONDS_MAX)
    except httpx.HTTPError:
        raise CannotStart("Razorpay did not answer: check the network, then start again.") from None
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise CannotStart("Razorpay refuses RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET: copy them again.")
    if answer.is_error:
        raise CannotStart(f"Razorpay answered {answer.status_code} when asked for orders.")


def mongodb(settings: Settings) -> str:
    """See that MONGODB_URI leads to a replica set (or a sharded cluster) we may use; answers the server's version."""
    uri = settings.mongodb_uri.get_secret_value()
    try:
        with pymongo.MongoClient[dict[str, object]](
            uri, serverSelectionTimeoutMS=int(MONGODB_SECONDS_MAX * 1000), appname="berth-check"
        ) as client:
            hello = client.admin.command("hello")
            client[settings.mongodb_database].list_collection_names()
            version = str(client.server_info()["version"])
    except (InvalidURI, ConfigurationError) as error:
        raise CannotStart(f"MONGODB_URI is not a MongoDB address: {str(error).rstrip('.')}.") from None
    except OperationFailure as error:
        reason = (error.details or {}).get("errmsg", "no reason given")
        raise CannotStart(f"MongoDB refuses the user in MONGODB_URI: {str(reason).rstrip('.')}.") from None
    except PyMongoError:
        raise CannotStart(
            f"MongoDB did not answer at MONGODB_URI within {MONGODB_SECONDS_MAX:.0f} s: is it running there?"
        ) from None
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise CannotStart("MONGODB_URI leads to a MongoDB without a replica set, which has no transactions.")
    return version
