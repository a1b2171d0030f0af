"""The composition root: settings, wiring, the `berth` command, the embedded MongoDB. It may import everything."""
