import asyncio
import base64
import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from accounts.models import ApiToken, Ticket, User
from interviews.live.consumer import drain
from interviews.models import Interview, Score, Utterance
from interviews.tests.live_client import SOON, LiveClient, connected
from interviews.tests.snapshots import snapshot
from voice.adapters.scripted import (
    ScriptedRecognizer,
    ScriptedSynthesizer,
    scripted_engines,
)
from voice.engines import Engines
from voice.failover import FailoverSynthesizer
from voice.recorded import SENTENCES
from voice.tests.test_webm import recording


@pytest.fixture
def bundle(monkeypatch: Any) -> Engines:
    engines = scripted_engines(
        recognizer=ScriptedRecognizer(last="I built it and it is ten percent faster."),
        synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002),
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    return engines


def make_interview(email: str = "mina@example.com", **changes: Any) -> tuple[Interview, str]:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name="Mina")
    interview = Interview.objects.create(
        candidate=user, snapshot=snapshot(**changes), language=changes.get("language", "en")
    )
    _, token = ApiToken.objects.issue(user)
    return interview, token


async def made(**changes: Any) -> tuple[Interview, str]:
    return await sync_to_async(make_interview)(**changes)


@pytest.fixture
def _engines(bundle: Engines) -> None:
    """Every test here runs on the scripted engines."""


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_engines")]


async def test_a_whole_interview_over_the_socket() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        greeting = await client.expect("ai_transcript_chunk")
        assert greeting["text"] == "Hello Mina, I am Sora."
        for turn in range(1, 5):
            await client.expect_count("ai_audio_end", turn)
            await client.expect("state", value="listening")
            await client.speak()
            await client.expect("turn_complete", turn=turn)
        ended = await client.expect("interview_ended", reason="finished")
        assert await client.expect_close() == 1000
    assert [m["seq"] for m in client.messages] == list(range(1, len(client.messages) + 1))
    finals = [m for m in client.of("user_transcript") if m["is_final"]]
    assert len(finals) == 4
    sound = sum(m["duration_ms"] for m in client.of("ai_audio_end")) / 1000
    assert len(client.sound) / 48_000 == pytest.approx(sound, abs=0.05)
    assert len(ended["history"]) == 9
    assert ended["results_url"] == f"/interviews/{interview.id}/results/"
    interview = await Interview.objects.aget(id=interview.id)
    assert interview.status == "ended"
    assert interview.end_reason == "finished"
    assert interview.summary
    score = await Score.objects.aget(interview=interview)
    assert score.scorer == "expected-points"
    assert all(e["quote"] for e in score.evidence)
    latency = client.of("turn_complete")[0]["latency"]
    assert latency["total_ms"] >= latency["endpoint_ms"] > 0


async def test_an_answer_is_on_disk_before_its_final_subtitle() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        final = await client.expect("user_transcript", is_final=True)
        row = await Utterance.objects.aget(id=final["utterance"])
        assert row.text_said == final["text"]


async def test_a_dropped_connection_resumes_without_a_second_greeting() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect_count("ai_audio_end", 1)
        await client.expect("state", value="listening")
        await client.speak()
        await client.expect("turn_complete", turn=1)
        before = client.messages[-1]["seq"]
    paused = await Interview.objects.aget(id=interview.id)
    assert paused.status == "paused"
    async with connected(interview.id, token, resume_after=before - 2) as again:
        hello = await again.expect("connected")
        assert hello["resumed"]
        assert hello["seq"] > before
        assert [row["speaker"] for row in hello["history"]][:2] == ["interviewer", "candidate"]
        missed = [m["seq"] for m in again.messages[1:] if m["seq"] <= before]
        assert missed == [before - 1, before]
        await again.speak()
        await again.expect("turn_complete", turn=2)
    texts = [m["text"] for m in client.of("ai_transcript_chunk")]
    texts += [m["text"] for m in again.of("ai_transcript_chunk")]
    assert sum("Hello Mina" in text for text in texts) == 1


async def test_an_answer_whose_reply_was_lost_is_replied_to_on_return() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect_count("ai_audio_end", 1)
        await client.expect("state", value="listening")
        await client.speak()
        await client.expect("user_transcript", is_final=True)
    await sync_to_async(
        lambda: Utterance.objects.filter(interview=interview, sequence__gt=2).delete()
    )()
    async with connected(interview.id, token) as again:
        reply = await again.expect("ai_transcript_chunk")
        assert reply["text"]
    rows = await sync_to_async(lambda: [u.speaker for u in interview.utterances.all()])()
    assert rows.count("candidate") == 1


async def test_barge_in_over_the_socket(bundle: Engines) -> None:
    bundle.synthesizers["en"].seconds_per_letter = 0.2  # type: ignore[attr-defined]
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_start")
        utterance = client.of("ai_audio_start")[0]["utterance"]
        await client.send("playback", utterance=utterance, played_ms=900, done=False)
        await client.speak(1, 0)
        cleared = await client.expect("ai_audio_clear", utterance=utterance)
        size = len(client.sound)
        await asyncio.sleep(0.3)
        assert len(client.sound) == size
        assert cleared["heard_text"] == ""
        cut = Utterance.objects.filter(id=utterance, interrupted=True)
        async with asyncio.timeout(SOON):
            while not await cut.aexists():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (await cut.aget()).text_heard == ""


async def test_typed_answers() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.send("text_answer", text="I wrote this by hand.")
        final = await client.expect("user_transcript", is_final=True)
        assert final["source"] == "typed"
        assert final["text"] == "I wrote this by hand."
        turn = await client.expect("turn_complete")
        assert turn["user_text"] == "I wrote this by hand."


async def test_hangul_typed_in_its_parts_is_hangul() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.send("text_answer", text=unicodedata.normalize("NFD", "제가 만들었습니다."))
        final = await client.expect("user_transcript", is_final=True)
        assert final["text"] == "제가 만들었습니다."


async def test_end_interview_says_goodbye() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.send("end_interview")
        await client.expect("interview_ended", reason="candidate")
        assert client.of("ai_transcript_chunk")[-1]["text"].endswith("Goodbye.")
    async with connected_refused(interview.id, token) as code:
        assert code == 4410


class connected_refused:  # noqa: N801
    """Opens a socket that the server closes; gives the close code after checking the error."""

    def __init__(self, interview_id: Any, token: str = "", **scope: Any) -> None:
        self._client = LiveClient(interview_id, token, **scope)

    async def __aenter__(self) -> int:
        await self._client.open()
        error = await self._client.expect("error", fatal=True)
        assert error["message"]
        return await self._client.expect_close()

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


async def test_who_may_not_connect() -> None:
    interview, _ = await made()
    _, stranger = await made(email="stranger@example.com")
    async with connected_refused(interview.id) as code:
        assert code == 4401
    async with connected_refused(interview.id, "wrong") as code:
        assert code == 4401
    async with connected_refused(interview.id, stranger) as code:
        assert code == 4403
    async with connected_refused("00000000-0000-0000-0000-000000000000", stranger) as code:
        assert code == 4404


async def test_a_ticket_opens_once() -> None:
    interview, _ = await made()
    user = await User.objects.aget(id=interview.candidate_id)
    ticket, _expiry = await sync_to_async(Ticket.issue)(user, interview.id)
    client = await LiveClient(interview.id, query=f"?ticket={ticket}").open()
    await client.init()
    await client.close()
    async with connected_refused(interview.id, query=f"?ticket={ticket}") as code:
        assert code == 4401


async def test_a_newer_connection_takes_over() -> None:
    interview, token = await made()
    older = await LiveClient(interview.id, token).open()
    await older.init()
    async with connected(interview.id, token) as newer:
        assert await older.expect_close() == 4409
        assert older.messages[-1]["type"] == "error"
        last = older.messages[-1]["seq"]
        hello = await newer.expect("connected")
        assert hello["seq"] == last + 1
        await newer.send("text_answer", text="I am here now.")
        await newer.expect("turn_complete")
    await older.close()


async def test_bad_input_is_answered_and_ignored() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.socket.send_to(text_data="nonsense")
        await client.expect("error", code="bad_message")
        await client.send("dance")
        await client.expect("error", code="unknown_message")
        await client.socket.send_to(bytes_data=bytes(70_000))
        await client.expect("error", code="frame_too_large")
        await client.send("audio_chunk", data="***")
        await client.expect("error", code="bad_audio")
        await client.send("text_answer", text="x" * 4001)
        await client.send("text_answer", text="   ")
        await client.send("ping", id=7)
        pong = await client.expect("pong")
        assert pong["id"] == 7
        assert all(not error["fatal"] for error in client.of("error"))
        assert len(client.of("error")) == 6


async def test_sound_lost_in_mid_answer_is_noted_and_asked_for_again() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak(1, silence=0)
        await client.expect("state", value="hearing")
        await client.send("audio_chunk", data="***")
        await client.expect("error", code="bad_audio")
        await client.speak()
        await client.expect("turn_complete", turn=1)
        again = "".join(m["text"] for m in client.of("ai_transcript_chunk"))
        assert "did not reach me clearly" in again
    row = await Utterance.objects.aget(interview=interview, speaker="candidate")
    assert row.audio_lost


async def test_twenty_bad_messages_close_the_connection() -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    for _ in range(20):
        await client.socket.send_to(text_data="nonsense")
    assert await client.expect_close() == 4400
    await client.close()


async def test_without_init_the_documented_defaults_apply(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.consumer.INIT_SECONDS", 0.1)
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.expect("connected")
    chunk = await client.expect("ai_audio_chunk")
    assert chunk["data"]
    assert not client.sound
    await client.close()


async def test_a_flood_of_audio_is_refused_and_the_interview_goes_on(settings: Any) -> None:
    settings.GRACE_SECONDS = 10
    interview, token = await made()
    async with connected(interview.id, token) as client:
        for _ in range(settings.GRACE_SECONDS + 75):
            await client.socket.send_to(bytes_data=bytes(32_000))
        await client.expect("error", code="rate_limited")
        await client.send("text_answer", text="Still here.")
        await client.expect("turn_complete")


async def test_the_last_frames_are_visemes_before_sound_and_sequence_is_whole() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        kinds = [m["type"] for m in client.messages]
        assert kinds.index("ai_audio_start") < kinds.index("ai_audio_end")
        assert json.dumps(client.messages)


async def test_the_time_is_told_and_the_end_comes_in_time() -> None:
    interview, token = await made(duration_seconds=1)
    async with connected(interview.id, token) as client:
        first = await client.expect("time")
        assert 0 <= first["remaining_seconds"] <= 1
        await client.expect("notice", code="time_nearly_up")
        await client.expect("interview_ended", reason="time_up")


async def test_a_plan_without_minutes_is_refused() -> None:
    interview, token = await made(duration_seconds=36_000)
    async with connected_refused(interview.id, token) as code:
        assert code == 4429


async def test_an_interview_whose_candidate_stays_away_is_abandoned(settings: Any) -> None:
    settings.GRACE_SECONDS = 0
    interview, token = await made()
    async with connected(interview.id, token):
        pass
    for _ in range(600):
        await asyncio.sleep(0.1)
        interview = await Interview.objects.aget(id=interview.id)
        if interview.status == "abandoned":
            break
    assert interview.status == "abandoned"


async def test_an_end_over_the_api_reaches_the_live_connection() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.send("text_answer", text="I built it and it is faster.")
        await client.expect("turn_complete")
        answer = await AsyncClient().post(
            f"/api/v1/interviews/{interview.id}/end/", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.json()["status"] == "ended"
        ended = await client.expect("interview_ended")
        assert ended["reason"] == "candidate"
        assert await client.expect_close() == 1000
    interview = await Interview.objects.aget(id=interview.id)
    assert interview.end_reason == "candidate"
    assert interview.summary


async def test_a_server_that_stops_sends_its_candidates_away(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.consumer._draining", False)
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    await drain()
    error = await client.expect("error", fatal=True)
    assert error["retry_after_seconds"] == 1
    assert await client.expect_close() == 1013
    await client.close()
    assert (await Interview.objects.aget(id=interview.id)).status == "paused"
    async with connected_refused(interview.id, token) as code:
        assert code == 1013


@pytest.mark.parametrize("binary", [True, False])
async def test_webm_as_a_browsers_recorder_makes_it(binary: bool) -> None:
    interview, token = await made()
    stream = recording()
    webm_in = {"encoding": "webm_opus", "sample_rate": 48_000}
    async with connected(interview.id, token, audio=webm_in) as client:
        await client.expect_count("ai_audio_end", 1)
        await client.expect("state", value="listening")
        for start in range(0, len(stream), 4_000):
            part = stream[start : start + 4_000]
            if binary:
                await client.socket.send_to(bytes_data=part)
            else:
                await client.send("audio_chunk", data=base64.b64encode(part).decode())
        final = await client.expect("user_transcript", is_final=True)
        assert final["source"] == "voice"
        assert not client.of("error")


async def test_a_long_silence_is_met_gently_and_time_to_think_not_at_all(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.conversation.silence.STEPS", (1.0, 1.0))
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_transcript_chunk", text="There is no hurry.")
        await client.expect_count("ai_audio_end", 3)
        await client.send("text_answer", text="I built it and it is ten percent faster.")
        await client.expect("turn_complete")
        await client.send("take_time")
        await client.expect("state", value="waiting")
        spoken = len(client.of("ai_audio_start"))
        await asyncio.sleep(2.5)
        assert len(client.of("ai_audio_start")) == spoken


async def test_who_cannot_be_heard_is_told_so_by_a_recording_and_may_type(bundle: Engines) -> None:
    options = snapshot()["options"] | {"typed_answers": False}
    interview, token = await made(options=options)
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.send("text_answer", text="Not yet.")
        await client.expect("error", code="bad_message")
        recognizer: Any = bundle.recognizer
        recognizer.fails = 99
        await client.speak()
        await client.expect("error", code="stt_failed")
        await client.expect("notice", code="type_instead")
        await client.expect("ai_transcript_chunk", text=SENTENCES["unheard"]["en"])
        await client.expect_count("ai_audio_end", 2)
        await client.expect("state", value="listening")
        await client.send("text_answer", text="I wrote this by hand.")
        turn = await client.expect("turn_complete")
        assert turn["user_text"] == "I wrote this by hand."


async def test_another_voice_is_told_of_once(
    bundle: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ScriptedSynthesizer(seconds_per_letter=0.002)
    voices = FailoverSynthesizer(
        "synthesizers.en",
        {"first": broken, "second": ScriptedSynthesizer(seconds_per_letter=0.002)},
        cool_down=0.0,
    )
    switching = replace(bundle, synthesizers={"en": voices, "ko": voices})
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: switching)
    interview, token = await made()
    async with connected(interview.id, token) as client:
        for turn in range(1, 4):
            await client.expect_count("ai_audio_end", turn)
            await client.expect("state", value="listening")
            broken.fails = not broken.fails
            await client.speak()
            await client.expect("turn_complete", turn=turn)
    told = [notice["code"] for notice in client.of("notice")]
    assert told.count("engine_switched") == 1
