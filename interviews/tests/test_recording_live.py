"""A recording over the socket, from the first word to what can be listened to."""

import asyncio
import errno
import html
from collections.abc import AsyncGenerator
from typing import Any, Self

import pytest
from channels.db import database_sync_to_async

from accounts.models import ApiToken
from interviews.models import Interview, Utterance
from interviews.recordings.files import RecordingFiles
from interviews.recordings.recording import state
from interviews.tests.cast import signed_in
from interviews.tests.live_client import LiveClient, connected
from interviews.tests.recordings import EXACT, agreed, decoded, raw, spans, tone
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines
from voice.audio import Audio
from voice.engines import Clip

pytestmark = pytest.mark.django_db(transaction=True)

FRAME = tone(0.02)
HUSH = bytes(640)
ONSET = 0.2
BUSY = 0.15
"""Seconds by which sound may be misplaced beyond what the machine was late; exact places are tested
on a clock that is told."""


class Hum(ScriptedSynthesizer):
    """As loud as the candidate."""

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        async for clip in super().speak(text, language=language, voice=voice):
            yield Clip(clip.text, Audio(tone(clip.audio.seconds, self.rate), self.rate))


@pytest.fixture(autouse=True)
def _engines(monkeypatch: Any) -> None:
    engines = scripted_engines(synthesizer=Hum(seconds_per_letter=0.02))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


class Lateness:
    """``async with``: ``seconds`` by which all timers together came too late."""

    seconds = 0.0

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._watching.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.02
            await asyncio.sleep(0.02)
            self.seconds += loop.time() - due


async def speak(client: LiveClient, seconds: float, frame: bytes = FRAME) -> None:
    """In the time that it takes."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(round(seconds * 50)):
        await asyncio.sleep(max(0.0, start + (number + 1) / 50 - loop.time()))
        await client.socket.send_to(bytes_data=frame)


async def exchange(client: LiveClient, turn: int) -> None:
    """What the interviewer says is heard out, then answered."""
    await client.expect("state", value="listening")
    await speak(client, 0.3, HUSH)
    await speak(client, 0.8)
    await speak(client, 1.2, HUSH)
    await client.expect("turn_complete", turn=turn)


async def sounds(interview: Interview) -> list[tuple[float, float]]:
    for _ in range(600):
        if await database_sync_to_async(state)(interview) == "ready":
            break
        await asyncio.sleep(0.1)
    return spans(*await asyncio.to_thread(decoded, RecordingFiles(interview.pk).encoded))


async def test_every_utterance_is_heard_at_its_time_across_a_lost_connection() -> None:
    interview = await database_sync_to_async(agreed)()
    candidate = interview.candidate
    _, token = await database_sync_to_async(ApiToken.objects.issue)(candidate)
    async with Lateness() as late:
        async with connected(interview.pk, token) as client:
            await exchange(client, 1)
        async with connected(interview.pk, token) as client:
            await exchange(client, 2)
            await client.send("end_interview")
            await client.expect("interview_ended")
    slack = BUSY + late.seconds
    interview = await Interview.objects.select_related("candidate").aget(pk=interview.pk)
    heard = await sounds(interview)
    rows = [row async for row in Utterance.objects.filter(text_heard__gt="")]
    assert [row.speaker for row in rows].count("candidate") == 2
    for row in rows:
        assert row.audio_start_ms is not None
        begins = min((start - row.audio_start_ms / 1000 for start, _end in heard), key=abs)
        # Endpointing gives an answer a little of the silence before it.
        leeway = ONSET if row.speaker == "candidate" else 0.0
        assert -slack <= begins <= leeway + slack, (row, row.start_ms, heard)


async def test_a_barge_in_leaves_what_was_heard_by_the_clients_own_report() -> None:
    interview = await database_sync_to_async(agreed)()
    _, token = await database_sync_to_async(ApiToken.objects.issue)(interview.candidate)
    async with Lateness() as late, connected(interview.pk, token) as client:
        begun = await client.expect("ai_audio_start")
        utterance = begun["utterance"]
        await client.send("playback", utterance=utterance, played_ms=250, done=False)
        await speak(client, 0.9)
        await client.expect("ai_audio_clear", utterance=utterance)
    row = await Utterance.objects.aget(pk=utterance)
    heard = await asyncio.to_thread(raw, interview, "interviewer")
    ((start, end),) = spans(heard)[:1]
    assert start == pytest.approx(row.start_ms / 1000, abs=BUSY + late.seconds)
    assert end - start == pytest.approx(0.25, abs=EXACT)


async def test_a_disk_that_is_full_is_told_to_the_candidate_and_to_who_reads_the_results(
    monkeypatch: Any,
) -> None:
    interview = await database_sync_to_async(agreed)()
    _, token = await database_sync_to_async(ApiToken.objects.issue)(interview.candidate)

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(RecordingFiles, "write", full)
    async with connected(interview.pk, token) as client:
        told = await client.expect("notice", code="recording_lost")
        assert "conversation goes on" in told["message"]
        await client.expect("state", value="listening")
        await client.send("text_answer", text="I built it.")
        await client.expect("turn_complete", turn=1)
    async with connected(interview.pk, token) as client:
        await client.send("text_answer", text="And I run it.")
        await client.expect("turn_complete", turn=2)
        await client.send("end_interview")
        await client.expect("interview_ended")
        assert not client.of("notice")
    interview = await Interview.objects.select_related("candidate").aget(pk=interview.pk)
    assert interview.recording_lost == "disk"
    typed = Utterance.objects.filter(interview=interview, source="typed")
    assert await typed.acount() == 2

    def read() -> None:
        browser, why = signed_in(interview.candidate), "disk was full or failed"
        page = browser.get(interview.get_results_url()).content.decode()
        assert why in html.unescape(page)
        address = f"/api/v1/interviews/{interview.pk}/"
        assert browser.get(address).json()["recording_lost"] == "disk"
        refused = browser.get(f"{address}recording/")
        assert refused.status_code == 404
        assert why in refused.json()["detail"]

    await database_sync_to_async(read)()
