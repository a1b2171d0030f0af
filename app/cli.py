"""The `berth` command. Modules are imported where they are needed, so that a refusal comes at once."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from app import logs
from app.installation import Installation, running
from app.mongod import CannotStart
from app.settings import Misconfigured, example, load

NEEDED = {
    "TELEGRAM_BOT_TOKEN": "has_telegram",
    "RAZORPAY_KEY_ID": "has_razorpay",
    "MONGODB_URI": "has_mongodb",
    "BERTH_SECRET_KEYS": "has_secret_keys",
}

cli = typer.Typer(
    help="Berth: booking and notifications run from chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@cli.command()
def up() -> None:
    """Start everything here: database and sandbox where none is configured, then API, bot and jobs."""
    from app import launcher

    launcher.up(load(), say=lambda line: typer.echo(line))


@cli.command()
def bot() -> None:
    """Run the bot: hear people in Telegram and answer them."""
    _role("bot")


@cli.command()
def jobs() -> None:
    """Run the jobs: reactions, notices, reconciliation and everything that is due by time."""
    _role("jobs")


@cli.command()
def api() -> None:
    """Run the HTTP API with the webhooks."""
    _role("api")


@cli.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """Run the stand-ins for Telegram and Razorpay alone; takes the options of `python -m sandbox`."""
    import os

    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *context.args])  # noqa: S606 - our own interpreter


class Demonstration(StrEnum):
    """What can be planted."""

    RACKS = "racks"
    LIBRARY = "library"
    PARKING = "parking"


@cli.command()
def seed(
    *, demo: Annotated[Demonstration, typer.Option(help="A lab, a study library, or a car park.")] = Demonstration.RACKS
) -> None:
    """Plant a demo's venue with all there is to book, in the configured database or that of `berth up`, once."""
    installation = _logging(running(load()))
    _import_heavy()
    from app import seed
    from app.demos import DEMOS

    typer.echo(DEMOS[demo].says if seed.seed(installation, demo=demo) else "It was all there.")


@cli.command()
def doctor() -> None:
    """Check the configuration and every connection; one line each."""
    from app import doctor

    raise typer.Exit(doctor.examine(load(), say=lambda line: typer.echo(line)))


@cli.command()
def work(*, retry: Annotated[bool, typer.Option("--retry", help="Have what is listed tried again.")] = False) -> None:
    """List work that was given up after many failures: its kind, id, age and last failure."""
    installation = _logging(running(load()))
    _import_heavy()
    from app import work

    work.show(installation, retry=retry, say=lambda line: typer.echo(line))


@cli.command("settings-example")
def settings_example() -> None:
    """Print `.env.example`."""
    typer.echo(example(), nl=False)


def _role(name: str) -> None:
    installation = _installation(name)
    _import_heavy()
    from app import checks, roles

    if name == "api":
        settings = installation.settings
        listener = checks.listener(settings.berth_api_host, settings.berth_api_port, variable="BERTH_API_PORT")
        roles.run_until_stopped(name, roles.run_api(installation, listener))
    else:
        roles.run_until_stopped(name, roles.WORKERS[name](installation))


def _installation(role: str) -> Installation:
    settings = load()
    missing = [variable for variable, is_set in NEEDED.items() if not getattr(settings, is_set)]
    if missing:
        raise Misconfigured(f"`berth {role}` needs {', '.join(missing)} to be set; see .env.example.")
    return _logging(Installation(settings=settings))


def _logging(installation: Installation) -> Installation:
    settings = installation.settings
    logs.set_up(level=settings.log_level, log_format=settings.log_format, secrets=installation.secrets())
    return installation


def _import_heavy() -> None:
    from app import quick_import

    with quick_import.without_garbage_collection():
        quick_import.aiogram()


def main() -> None:
    """Run the command; a reason not to start is one sentence and a non-zero exit code."""
    try:
        cli()
    except CannotStart as error:
        sys.stdout.flush()
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
