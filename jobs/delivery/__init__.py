"""Sending notices: the only code that speaks unasked."""

from jobs.delivery.courier import worker

__all__ = ["worker"]
