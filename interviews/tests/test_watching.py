"""Staff follow a live interview: its words, its alerts, and what the model is writing."""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import AsyncClient
from django.urls import reverse

from interviews.api.live import events
from interviews.live import connection
from interviews.live.consumer import _open
from interviews.live.watching import Broadcast, Moment, WatchedModel, described, group, publish
from interviews.mailbox import Mailbox
from interviews.models import Interview
from interviews.tests.live_client import SOON, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import (
    ScriptedModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    scripted_engines,
)
from voice.engines import Message
from voice.events import CandidateWords, InterviewerWords, SoundCleared, StateChanged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recognizer(monkeypatch: Any) -> ScriptedRecognizer:
    recognizer = ScriptedRecognizer(last="I know where you live, asshole.")
    engines = scripted_engines(
        recognizer=recognizer, synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002)
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    return recognizer


async def next_of(stream: AsyncGenerator[str], *kinds: str) -> tuple[str, dict[str, Any]]:
    async with asyncio.timeout(SOON):
        async for frame in stream:
            if frame.startswith("event: "):
                first, data, *_ = frame.splitlines()
                if (kind := first.removeprefix("event: ")) in kinds:
                    return kind, json.loads(data.removeprefix("data: "))
    raise AssertionError(f"the stream ended without {kinds}")


async def test_a_watcher_goes_on_asking_while_there_is_much_to_tell(
    live_for: Interview, monkeypatch: Any
) -> None:
    monkeypatch.setattr("interviews.api.live.ASK_EVERY", 0.2)
    layer = get_channel_layer()

    async def tell() -> None:
        while True:
            await publish(live_for.pk, {"kind": "token", "text": "word "})
            await asyncio.sleep(0.02)

    async with Mailbox() as mailbox, aclosing(events(live_for.pk)) as stream:
        await layer.group_add(connection.group(live_for.pk), mailbox.channel)
        telling = asyncio.create_task(tell())
        reading = asyncio.create_task(next_of(stream, "ended"))
        asked = [(await mailbox.next(SOON))["type"] for _ in range(3)]
        telling.cancel()
        await publish(live_for.pk, {"kind": "ended", "reason": "candidate"})
        await reading
    assert asked == ["watched"] * 3


@pytest.mark.usefixtures("recognizer")
async def test_a_watcher_reads_along() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client, aclosing(events(interview.id)) as stream:
        await client.expect("ai_audio_end")
        _, snapshot = await next_of(stream, "snapshot")
        assert snapshot["status"] == "live"
        assert snapshot["utterances"][0]["speaker"] == "interviewer"
        reading = asyncio.create_task(next_of(stream, "candidate"))
        live: Any = next(one.live for one in _open if one.interview_id == interview.id)
        async with asyncio.timeout(SOON):
            while not live.broadcast.watched:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await client.expect("state", value="listening")
        await client.speak()
        _, words = await reading
        while not words["is_final"]:
            _, words = await next_of(stream, "candidate")
        assert words["text"] == "I know where you live, asshole."
        seen: dict[str, dict[str, Any]] = {}
        while seen.keys() != {"alert", "interviewer"}:
            kind, told = await next_of(stream, "alert", "interviewer")
            seen[kind] = told
        assert seen["alert"]["utterance"] == words["utterance"]
        assert seen["alert"]["level"] == 2
        await client.send("end_interview")
        assert (await next_of(stream, "ended"))[1] == {"reason": "candidate"}


@pytest.mark.usefixtures("recognizer")
async def test_a_stream_of_an_interview_that_is_over_ends_at_once() -> None:
    interview, _ = await made()
    await sync_to_async(interview.end)(Interview.EndReason.CANDIDATE)
    frames = [frame async for frame in events(interview.id)]
    assert [frame.splitlines()[0] for frame in frames] == ["event: snapshot", "event: ended"]


async def test_who_opens_in_mid_sentence_reads_it_from_its_beginning(monkeypatch: Any) -> None:
    voice = ScriptedSynthesizer(seconds_per_letter=0.15)
    engines = scripted_engines(recognizer=ScriptedRecognizer(last="Yes."), synthesizer=voice)
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    interview, token = await made()
    async with connected(interview.id, token) as client, aclosing(events(interview.id)) as stream:
        first = await client.expect("ai_transcript_chunk")
        assert not client.of("ai_audio_end")
        _, now = await next_of(stream, "now")
        line = now["lines"][-1]
        assert now["state"] == "speaking"
        assert line["utterance"] == first["utterance"]
        assert line["speaker"] == "interviewer"
        assert line["text"].startswith(first["text"])
        read = line["text"]
        _, told = await next_of(stream, "interviewer", "state")
        while told.get("value") != "listening":
            read += told.get("text", "")
            _, told = await next_of(stream, "interviewer", "state")
        assert read == "".join(chunk["text"] for chunk in client.of("ai_transcript_chunk"))


def test_a_moment_is_the_latest_of_each_side_whole_in_their_order() -> None:
    moment = Moment()
    assert moment.told() == {"kind": "now", "state": None, "lines": [], "draft": ""}

    def line(utterance: str, speaker: str, text: str, *, final: bool = True) -> dict[str, Any]:
        return {"utterance": utterance, "speaker": speaker, "text": text, "is_final": final}

    for event in (
        StateChanged("speaking"),
        InterviewerWords("a", "Hello. "),
        InterviewerWords("a", "How are you?"),
        CandidateWords("b", "fine", False, "en", "voice"),
        CandidateWords("b", "Fine, thank", False, "en", "voice"),
        StateChanged("hearing"),
    ):
        moment.take(described(event) or {})
    told = moment.told()
    assert told["state"] == "hearing"
    assert told["lines"] == [
        line("a", "interviewer", "Hello. How are you?"),
        line("b", "candidate", "Fine, thank", final=False),
    ]
    moment.take(described(CandidateWords("b", "Fine, thanks.", True, "en", "voice")) or {})
    moment.take(described(InterviewerWords("c", "What did you build, and why?")) or {})
    moment.take(described(SoundCleared("c", "What did you", 0.6)) or {})
    for told in ({"kind": "draft"}, {"kind": "token", "text": "So "}, {"kind": "draft"}):
        moment.take(told)
    moment.take({"kind": "token", "text": "Why?"})
    assert moment.told()["lines"] == [
        line("b", "candidate", "Fine, thanks."),
        line("c", "interviewer", "What did you"),
    ]
    assert moment.told()["draft"] == "Why?"


async def test_who_comes_later_is_told_in_the_order_in_which_it_was_said() -> None:
    interview_id = uuid.uuid4()
    broadcast = Broadcast(interview_id)
    async with Mailbox() as mailbox:
        await get_channel_layer().group_add(group(interview_id), mailbox.channel)
        broadcast.ask(opening=True)
        broadcast.tell(described(InterviewerWords("a", "One, ")))
        broadcast.ask()
        broadcast.ask(opening=True)
        broadcast.tell(described(InterviewerWords("a", "two.")))
        told = [(await mailbox.next(SOON))["told"] for _ in range(4)]
    broadcast.close()
    assert [each["kind"] for each in told] == ["now", "interviewer", "now", "interviewer"]
    assert [each["text"] for each in told[2]["lines"]] == ["One, "]


async def test_nothing_is_told_that_nobody_watches() -> None:
    interview_id = uuid.uuid4()
    broadcast = Broadcast(interview_id)
    model = WatchedModel(ScriptedModel(text="What did you learn?"), broadcast)
    asked = [Message("candidate", "Hello.")]
    async with Mailbox() as mailbox:
        await get_channel_layer().group_add(group(interview_id), mailbox.channel)
        written = [delta async for delta in model.reply(asked, max_tokens=9)]
        broadcast.ask()
        assert (await mailbox.next(SOON))["told"]["draft"] == "".join(written)
        with pytest.raises(TimeoutError):
            await mailbox.next(0.1)
        again = [delta async for delta in model.reply(asked, max_tokens=9)]
        told = [(await mailbox.next(SOON))["told"] for _ in range(1 + len(again))]
    broadcast.close()
    assert written == again and "".join(again).split() == ["What", "did", "you", "learn?"]
    assert told == [{"kind": "draft"}, *({"kind": "token", "text": text} for text in again)]


async def test_only_reviewers_may_watch(candidate, reviewer, other_candidate, live_for) -> None:
    for user, stream, page in [
        (candidate, 403, 403),
        (other_candidate, 404, 404),
        (reviewer, 200, 200),
    ]:
        client = AsyncClient()
        await client.aforce_login(user)
        response: Any = await client.get(reverse("api:interview-live", args=[live_for.pk]))
        assert response.status_code == stream
        if stream == 200:
            assert response.headers["Content-Type"] == "text/event-stream"
            content = response.streaming_content
            assert (await anext(content)).startswith(b"event: snapshot")
            await content.aclose()
        shown = await client.get(reverse("interviews:watch", args=[live_for.pk]))
        assert shown.status_code == page


@pytest.mark.parametrize("name", ["api:interview-live", "interviews:watch"])
def test_nobody_watches_their_own(client, reviewer, config, name: str) -> None:
    own = Interview.objects.create_from(config, reviewer)
    client.force_login(reviewer)
    assert client.get(reverse(name, args=[own.pk])).status_code == 403


@pytest.fixture
def live_for(candidate, reviewer, config) -> Interview:
    """A live interview of the candidate that the reviewer may see."""
    config.groups.add(*reviewer.groups.all())
    interview = Interview.objects.create_from(config, candidate)
    interview.start()
    return interview
