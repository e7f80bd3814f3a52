import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from voice.adapters.llama import Llama
from voice.engines import Message
from voice.errors import EngineError

PATIENT: Any = {"first_timeout": 120.0, "delta_timeout": 120.0}
"""A busy machine takes its time."""
SYSTEM = Message("system", "You are an interviewer. Answer with one short English question.")
ANSWER = Message("candidate", "I moved our orders from one big table to a queue.")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def llama() -> AsyncGenerator[Llama]:
    engine = Llama(**PATIENT)
    yield engine
    await engine.close()


async def replied(engine: Llama, *messages: Message, max_tokens: int = 24) -> list[str]:
    return [text async for text in engine.reply(messages, max_tokens=max_tokens, temperature=0.0)]


async def busy(engine: Llama) -> bool:
    """Whether the server is still writing a reply."""
    assert engine.address
    async with httpx2.AsyncClient(timeout=60) as client:
        slots = await client.get(f"{engine.address}/slots", headers=engine.credentials)
    return any(slot["is_processing"] for slot in slots.raise_for_status().json())


async def test_a_reply_is_streamed_in_english(llama: Llama) -> None:
    await llama.warm()
    deltas = await replied(llama, SYSTEM, ANSWER)
    assert len(deltas) > 1
    assert len("".join(deltas).split()) >= 3
    assert llama.languages == {"en"}


async def test_replies_may_be_written_at_the_same_time(llama: Llama) -> None:
    one, another = await asyncio.gather(
        replied(llama, SYSTEM, ANSWER), replied(llama, SYSTEM, Message("candidate", "Hello."))
    )
    assert one
    assert another


async def test_closing_the_reply_frees_the_server() -> None:
    endless = Llama(grammar='root ::= "one " root', **PATIENT)
    async with aclosing(endless.reply([ANSWER], max_tokens=1500)) as deltas:
        await anext(deltas)
        assert await busy(endless)
    async with asyncio.timeout(60):
        while await busy(endless):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await endless.close()


async def test_the_server_asks_for_its_key(llama: Llama) -> None:
    await llama.warm()
    async with httpx2.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{llama.address}/v1/chat/completions", json={"messages": []})
    assert answer.status_code == 401


async def test_a_grammar_constrains_the_reply() -> None:
    engine = Llama(grammar='root ::= "Why" "?"', **PATIENT)
    assert "".join(await replied(engine, SYSTEM, ANSWER)) == "Why?"
    await engine.close()


async def test_a_stop_sequence_ends_the_reply() -> None:
    engine = Llama(grammar='root ::= "One" "#" "two"', stop=("#",), **PATIENT)
    assert "".join(await replied(engine, SYSTEM, ANSWER)) == "One"
    await engine.close()


async def test_closing_stops_the_server() -> None:
    engine = Llama(**PATIENT)
    await engine.warm()
    port = urlsplit(engine.address).port
    assert port
    await engine.close()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 5):
        pass


async def test_weights_that_are_none(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF but no more")
    for path, code in ((tmp_path / "absent.gguf", "missing_weights"), (damaged, "damaged_weights")):
        engine = Llama(model=str(path))
        with pytest.raises(EngineError, match=code):
            await engine.warm()
        await engine.close()
