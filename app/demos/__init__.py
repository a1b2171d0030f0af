"""The demos that can be planted."""

from app.demos import library, parking, racks
from app.demos.demo import Demo

DEMOS: dict[str, Demo] = {demo.name: demo for demo in (racks.DEMO, library.DEMO, parking.DEMO)}

__all__ = ["DEMOS", "Demo"]
