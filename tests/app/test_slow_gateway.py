"""A gateway that answers a byte at a time: every byte is in time, the answer never is."""

import asyncio
import contextlib

import pytest

from app.gateways import razorpay as adapter
from domain.payments import PaymentGatewayError
from tests.app.test_razorpay_gateway import a_gateway, an_order


async def test_an_answer_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(20):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.1)
        writer.close()

    monkeypatch.setattr(adapter, "CALL_SECONDS_MAX", 0.3)
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        gateway = a_gateway(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with asyncio.timeout(1.5):
            with pytest.raises(PaymentGatewayError, match="took too long"):
                await gateway.create_link(an_order())
        await gateway.close()
