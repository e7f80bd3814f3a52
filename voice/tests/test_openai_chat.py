import asyncio
import json
import traceback
from collections.abc import Callable
from contextlib import aclosing

import pytest

from voice.adapters.openai_chat import OpenAIChat
from voice.engines import Message
from voice.errors import EngineError
from voice.tests.sse import Script, delta, end_stream, endpoint, event, open_stream, ping, send

pytestmark = pytest.mark.virtual_time

MESSAGES = (
    Message("system", "Be brief."),
    Message("interviewer", "Why?"),
    Message("candidate", "Because."),
)
BODY = "a body that quotes the candidate"


def chat(url: str, first_timeout: float = 30.0, delta_timeout: float = 30.0) -> OpenAIChat:
    return OpenAIChat(
        model="any",
        base_url=url,
        api_key_env="",
        first_timeout=first_timeout,
        delta_timeout=delta_timeout,
    )


async def replied(engine: OpenAIChat) -> list[str]:
    return [text async for text in engine.reply(MESSAGES, max_tokens=9, temperature=0.1)]


def saying(*events: str) -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        await open_stream(writer)
        for data in events:
            await event(writer, data)
        await end_stream(writer)

    return script


def answering(status: int, **error: str) -> Script:
    body = json.dumps({"error": {"message": BODY, **error}}).encode()
    return lambda writer: send(writer, status, "application/json", body)


def stalling(*events: str) -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        await open_stream(writer)
        for data in events:
            await event(writer, data)
        while True:
            await ping(writer)

    return script


async def failing(
    script: Script, *, first_timeout: float = 30.0, delta_timeout: float = 30.0
) -> EngineError:
    async with endpoint(script) as server:
        engine = chat(server.url, first_timeout, delta_timeout)
        with pytest.raises(EngineError) as raised:
            await replied(engine)
        await engine.close()
    return raised.value


async def test_deltas_are_streamed_and_roles_mapped() -> None:
    usage = json.dumps({"id": "1", "choices": [], "usage": {"total_tokens": 3}})
    async with endpoint(saying(delta(""), delta("Go"), delta(" on."), usage, "[DONE]")) as server:
        engine = chat(server.url)
        assert await replied(engine) == ["Go", " on."]
        await engine.close()
    (request,) = server.requests
    assert [message["role"] for message in request["messages"]] == ["system", "assistant", "user"]
    assert request["max_tokens"] == 9
    assert request["temperature"] == 0.1
    assert "stop" not in request


async def test_the_connection_is_kept_for_the_next_reply() -> None:
    async with endpoint(saying(delta("Yes."), "[DONE]")) as server:
        engine = chat(server.url)
        await engine.warm()
        assert await replied(engine) == ["Yes."]
        await engine.close()
    assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize(
    ("script", "code", "retryable"),
    [
        (answering(401), "unauthorised", False),
        (answering(403), "unauthorised", False),
        (answering(400), "rejected", False),
        (answering(404), "not_found", False),
        (answering(429), "rate_limited", True),
        (answering(429, code="insufficient_quota"), "quota", False),
        (answering(503), "unavailable", True),
        (saying("{not json"), "malformed", True),
        (saying('"a string"'), "malformed", True),
        (saying(json.dumps({"error": {"message": BODY}})), "unavailable", True),
        (saying("[DONE]"), "empty", True),
    ],
)
async def test_failures_have_codes_and_never_a_body(
    script: Script, code: str, retryable: bool
) -> None:
    error = await failing(script)
    assert (error.code, error.retryable) == (code, retryable)
    assert BODY not in "".join(traceback.format_exception(error))


async def test_a_dropped_connection_is_unavailable() -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        await open_stream(writer)
        await event(writer, delta("Wel"))
        writer.transport.abort()

    assert (await failing(script)).code == "unavailable"


async def test_nobody_listening_is_unavailable(unused_tcp_port_factory: Callable[[], int]) -> None:
    engine = chat(f"http://127.0.0.1:{unused_tcp_port_factory()}/v1")
    with pytest.raises(EngineError, match="unavailable"):
        await replied(engine)
    await engine.close()


async def test_a_stall_before_the_first_delta_times_out() -> None:
    assert (await failing(stalling(), first_timeout=0.1)).code == "timeout"
    assert (await failing(stalling(delta("")), first_timeout=0.1)).code == "timeout"


async def test_a_stall_between_deltas_times_out() -> None:
    error = await failing(stalling(delta("Wel")), delta_timeout=0.1)
    assert (error.code, error.retryable) == ("timeout", True)


async def test_closing_the_reply_hangs_up() -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        await open_stream(writer)
        while True:
            await event(writer, delta("and "))
            await asyncio.sleep(0.01)

    async with endpoint(script) as server:
        engine = chat(server.url)
        async with aclosing(engine.reply(MESSAGES, max_tokens=9)) as deltas:
            assert await anext(deltas) == "and "
        await asyncio.wait_for(server.hung_up.wait(), 10)
        await engine.close()


async def test_the_key_comes_from_the_named_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    async with endpoint(saying(delta("Hi."))) as server:
        engine = OpenAIChat(model="any", base_url=server.url, api_key_env="SOME_KEY")
        with pytest.raises(EngineError, match="missing_key"):
            await replied(engine)
        monkeypatch.setenv("SOME_KEY", "abc")
        assert await replied(engine) == ["Hi."]
        await engine.close()
    assert "bearer abc" in server.headers[0].lower()


@pytest.mark.parametrize(
    "usage", [1, "x", [1], {"prompt_tokens": "x"}, {"prompt_tokens_details": [1]}]
)
async def test_a_reply_does_not_fail_for_what_it_is_said_to_have_used(usage: object) -> None:
    last = json.dumps({"choices": [], "usage": usage})
    async with endpoint(saying(delta("Why?"), last, "[DONE]")) as server:
        engine = chat(server.url)
        assert await replied(engine) == ["Why?"]
        await engine.close()
