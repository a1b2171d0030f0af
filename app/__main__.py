"""`python -m app`: the `berth` command where it is not installed."""

from app.cli import main

main()
