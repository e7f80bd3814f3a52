"""The local providers, by the official SDKs, our adapters and plain sockets."""

import base64
import json

import httpx
import openai
import pytest
from websockets.asyncio.client import connect

from benchmarks.conversations.replies import reply_to, tokens
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.reply import GREETING, fitting
from benchmarks.providers.server import in_a_process, serving
from benchmarks.providers.speech import chunks
from benchmarks.providers.voice import RATE, say
from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.adapters.openai_transcription import OpenAITranscription
from voice.audio import WIDTH, Audio

QUICK = Latencies(0.01, 0.01, 0.01, 0.01, 2_000, 0.01, 200)
LOUD = b"\x00\x20" * 8_000
"""Half a second at 16 kHz."""


class CountingEar:
    """Hears a word in every tenth of a second."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def words(self, pcm: bytes, rate: int) -> str:
        return " ".join(str(index) for index in range(int(len(pcm) / WIDTH / rate * 10)))

    def spoke(self, text: str, pcm: bytes, rate: int) -> None:
        self.said.append(text)


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("ELEVENLABS_API_KEY", "any")


@pytest.fixture
async def ear():
    return CountingEar()


@pytest.fixture
async def providers(ear):
    async with serving(ear, QUICK) as urls:
        yield urls


@pytest.fixture
async def client(providers):
    client = openai.AsyncOpenAI(api_key="any", base_url=providers.openai, max_retries=0)
    yield client
    await client.close()


async def test_an_upload_has_the_words_of_its_audio(providers):
    recognizer = OpenAITranscription(
        base_url=providers.openai, connect_timeout=60.0, first_timeout=60.0, delta_timeout=60.0
    )
    transcript = await recognizer.transcribe(Audio(LOUD))
    assert transcript.text == "0 1 2 3 4"
    assert (await recognizer.transcribe(Audio(LOUD[: len(LOUD) // 2]))).text == "0 1"
    await recognizer.close()


async def test_an_upload_may_be_answered_whole(client):
    from io import BytesIO
    from wave import open as open_wave

    file = BytesIO()
    with open_wave(file, "wb") as wave:
        wave.setparams((1, 2, 16_000, 0, "NONE", ""))
        wave.writeframes(LOUD)
    answer = await client.audio.transcriptions.create(
        file=("a.wav", file.getvalue()), model="gpt-transcribe"
    )
    assert answer.text == "0 1 2 3 4"


async def test_live_words_come_as_deltas_and_are_complete_after_a_commit(client):
    async with client.realtime.connect(model="gpt-live-transcribe") as live:
        assert (await live.recv()).type == "session.created"
        for _ in range(3):
            audio = base64.b64encode(bytes(RATE // 5 * WIDTH)).decode()
            await live.input_audio_buffer.append(audio=audio)
            delta = await live.recv()
            assert delta.type.endswith(".delta")
        await live.input_audio_buffer.commit()
        committed = await live.recv()
        assert committed.type == "input_audio_buffer.committed"
        completed = await live.recv()
        assert completed.item_id == committed.item_id == delta.item_id
        assert completed.transcript == "0 1 2 3 4 5"
        await live.input_audio_buffer.commit()
        refused = await live.recv()
        assert refused.type == "error"
        assert refused.error.code == "input_audio_buffer_commit_empty"


async def test_a_reply_comes_token_by_token_and_takes_up_the_answer(client):
    messages = [{"role": "user", "content": "We moved the payments to a queue."}]
    stream = await client.chat.completions.create(model="m", messages=messages, stream=True)
    deltas = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]
    written = [delta for delta in deltas if delta]
    assert written == tokens(reply_to(messages))
    assert "moved" in "".join(written)


async def test_before_anything_was_said_the_model_greets(client):
    messages = [{"role": "developer", "content": "Introduce yourself."}]
    answer = await client.chat.completions.create(model="m", messages=messages)
    assert answer.choices[0].message.content == GREETING


async def test_an_object_fits_its_schema(client):
    schema = {
        "type": "object",
        "properties": {
            "level": {"type": ["integer", "null"], "minimum": 1},
            "quotes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "kind": {"enum": ["a", "b"]},
        },
    }
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    answer = await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "x"}], response_format=wish
    )
    assert json.loads(answer.choices[0].message.content) == fitting(schema)
    assert fitting(schema) == {"level": 1, "quotes": ["–"], "kind": "a"}


async def test_speech_says_the_whole_text_in_time_with_its_letters(providers, ear):
    text = "You mentioned a queue. What did it cost you?"
    speech = ElevenLabsSpeech(
        base_url=providers.elevenlabs, connect_timeout=60.0, first_timeout=60.0, chunk_timeout=60.0
    )
    clips = [clip async for clip in speech.speak(text, language="en", voice="")]
    await speech.close()
    assert "".join(clip.text for clip in clips) == text
    seconds = sum(clip.audio.seconds for clip in clips)
    assert seconds == pytest.approx(say(text).audio.seconds, rel=0.05)
    assert " ".join(part.strip() for part in ear.said) == text


def test_chunks_are_all_of_the_sound_and_all_of_the_letters():
    spoken = say("네, 감사합니다. And in English, too.", 16_000)
    parts = list(chunks(spoken))
    assert b"".join(part.pcm for part in parts) == spoken.audio.pcm
    assert "".join(letter for part in parts for letter in part.letters) == spoken.text
    assert all(length > 0 for part in parts for length in part.lengths)


async def test_contexts_of_one_socket_end_one_by_one(providers):
    url = f"ws{providers.elevenlabs.removeprefix('http')}/v1/text-to-speech/v/multi-stream-input"
    async with connect(f"{url}?output_format=pcm_24000&auto_mode=true") as socket:
        for message in (
            {"text": " ", "context_id": "a"},
            {"text": "Hello there.", "context_id": "a"},
            {"text": ""},
            {"context_id": "a", "close_context": True},
            {"context_id": "unknown", "close_context": True},
            {"text": "Good bye.", "context_id": "b", "flush": True},
        ):
            await socket.send(json.dumps(message))
        sound = {"a": 0, "b": 0}
        while not (sound["a"] and sound["b"]) or "final" not in sound:
            message = json.loads(await socket.recv())
            sound[message["contextId"]] += len(message["audio"] or "")
            if message.get("isFinal"):
                assert message["contextId"] == "a"
                sound["final"] = 1


async def test_without_auto_mode_short_text_waits_for_a_flush(providers, ear):
    url = f"ws{providers.elevenlabs.removeprefix('http')}/v1/text-to-speech/v/stream-input"
    async with connect(url) as socket:
        await socket.send(json.dumps({"text": "Hello "}))
        await socket.send(json.dumps({"text": "there. ", "flush": True}))
        await socket.recv()
        assert ear.said == ["Hello there. "]


@pytest.mark.parametrize("timed", [True, False])
async def test_speech_over_http(providers, timed):
    url = f"{providers.elevenlabs}/v1/text-to-speech/v/stream"
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.post(
            f"{url}/with-timestamps" if timed else url,
            params={"output_format": "pcm_16000"},
            json={"text": "Hello there."},
        )
    pcm = answer.content
    if timed:
        lines = [json.loads(line) for line in answer.text.splitlines()]
        pcm = b"".join(base64.b64decode(line["audio_base64"]) for line in lines)
        said = "".join(c for line in lines for c in line["alignment"]["characters"])
        assert said == "Hello there."
    assert pcm == say("Hello there.", 16_000).audio.pcm


def test_latencies_survive_the_command_line():
    import argparse

    from benchmarks.providers.latencies import add_options, given

    parser = argparse.ArgumentParser()
    add_options(parser)
    assert given(parser.parse_args(QUICK.arguments())) == QUICK
    assert given(parser.parse_args([])) == Latencies()


async def test_they_may_run_in_a_process_of_their_own():
    ear = "benchmarks.capacity.answers:ear"
    async with in_a_process(ear, QUICK) as (urls, _), httpx.AsyncClient(timeout=60) as http:
        assert (await http.get(f"{urls.openai}/models/m")).status_code == 200
        assert (await http.get(f"{urls.elevenlabs}/nothing")).status_code == 404
