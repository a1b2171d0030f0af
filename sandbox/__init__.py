"""Stand-ins for Telegram and Razorpay, over real HTTP, for the demo, the tests and fault drills.

The sandbox is a server of its own: it imports nothing of Berth and Berth imports nothing of it. Start it with
`python -m sandbox --help`; what it speaks is written down in docs/sandbox.md.
"""
