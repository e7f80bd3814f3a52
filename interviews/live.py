"""One interview while somebody is connected to it: the call, its clock, its record, its end."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from interviews.assessment import assess_answer, assess_interview
from interviews.clock import InterviewClock
from interviews.engines import engines
from interviews.guard import DANGER, FAREWELL, Guard, Said, judge
from interviews.guide import REMINDER_SECONDS, Progress
from interviews.interviewer import Interviewer
from interviews.models import Interview, Utterance
from interviews.protocol import Init
from interviews.recorder import Recorder
from interviews.recording import Recording
from interviews.silence import Silence
from voice.agent import Answer
from voice.call import Call
from voice.endpointing import PATIENCE
from voice.engines import Message, Role
from voice.events import CallEnded, CandidateWords, Event, Source, TurnCompleted

log = logging.getLogger(__name__)

_ROLES: dict[str, Role] = {"candidate": "candidate", "interviewer": "interviewer"}

TIME_EVERY = 10.0
"""Seconds between two ``time`` messages, each of which is also written to the database."""
OVERTIME = 15.0
"""Seconds that an answer may go on after the time is up."""


class LiveInterview:
    """Made at a connection, run until it is lost or the interview is over.

    ``deliver`` takes the call's events, ``send`` takes messages of the interview's own.
    """

    def __init__(
        self,
        interview: Interview,
        init: Init,
        deliver: Callable[[Event], Awaitable[None]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.interview = interview
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.event_seq = max(interview.event_seq, self._plausible(init.resume_after))
        self._send = send
        self._deliver = deliver
        self._reminded = False
        self._silence = Silence(interview.snapshot["options"]["patience"])
        self._assessing: set[asyncio.Task[None]] = set()
        self._guard = Guard()
        self._rows = rows = list(interview.utterances.all())
        self.clock = InterviewClock(interview.clock_seconds)
        snapshot = interview.snapshot
        voices = engines(snapshot["profile"])
        self.interviewer = Interviewer(
            snapshot,
            model=voices.model,
            candidate=interview.candidate.name or interview.candidate.email.partition("@")[0],
            language=interview.language,
            first_language=self._spoken_last() or init.language.partition("-")[0].lower(),
            clock=self.clock,
            progress=Progress.from_json(interview.progress),
            history=[
                Message(_ROLES[row.speaker], row.text_heard) for row in rows if row.text_heard
            ],
        )
        self.recorder = Recorder(
            interview.id,
            last_sequence=rows[-1].sequence if rows else 0,
            state=self.state,
        )
        self.recording = Recording(interview, self.clock, begins=not rows)
        options = snapshot["options"]
        self.call = Call(
            voices,
            self.interviewer,
            self.recorder,
            self._on_event,
            clock=self.clock,
            patience=PATIENCE.get(options["patience"], PATIENCE["normal"]),
            rate=init.playback.sample_rate,
            push_to_talk=options["input_mode"] == "push_to_talk",
            turns=sum(row.speaker == Utterance.Speaker.CANDIDATE for row in rows),
        )

    # -- facts ------------------------------------------------------------------------------

    @property
    def remaining(self) -> float:
        return max(0.0, self.interviewer.remaining)

    def state(self) -> dict[str, Any]:
        """The interview's own fields as they are now."""
        return {
            "clock_seconds": self.clock(),
            "seen_at": timezone.now(),
            "event_seq": self.event_seq,
            "progress": self.interviewer.progress.to_json(),
        }

    def connected_message(self) -> dict[str, Any]:
        snapshot = self.interview.snapshot
        persona = snapshot["persona"]
        language = self.interviewer.expected_language
        return {
            "type": "connected",
            "session_id": str(uuid.uuid4()),
            "interview": {
                "id": str(self.interview.id),
                "title": snapshot["title"],
                "persona": persona["name"][language],
                "avatar": persona["avatar"],
                "language": self.interview.language,
                "duration_seconds": snapshot["duration_seconds"],
            },
            "resumed": bool(self._rows),
            "remaining_seconds": round(self.remaining),
            "history": self.interview.history(),
            "protocol": 1,
        }

    def _spoken_last(self) -> str:
        said = [row for row in self._rows if row.speaker == Utterance.Speaker.CANDIDATE]
        return said[-1].language if said else ""

    def _plausible(self, resume_after: int | None) -> int:
        # A server that died may have sent more than it had stored.
        stored = self.interview.event_seq
        return resume_after if resume_after and resume_after <= stored + 10_000 else stored

    # -- its life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Speak, listen, keep the time; returns when ``call.hang_up`` is called."""
        self.clock.start()
        self._begin()
        try:
            async with asyncio.TaskGroup() as tasks:
                timekeeper = tasks.create_task(self._keep_time())
                await self.call.run()
                timekeeper.cancel()
        finally:
            self.clock.stop()
            await self.recording.close()
        if self._assessing:
            await asyncio.wait(self._assessing, timeout=10)

    def _begin(self) -> None:
        if not self._rows:
            self.call.say(self.interviewer.opening())
            return
        last = self._rows[-1]
        owed = None
        if last.speaker == Utterance.Speaker.CANDIDATE:
            source: Source = "typed" if last.source == Utterance.Source.TYPED else "voice"
            owed = Answer(
                str(last.id), last.text_said, last.language, source, last.confidence,
                last.start_ms / 1000, (last.end_ms or last.start_ms) / 1000,
            )  # fmt: skip
        cut = last.interrupted or not last.text_heard
        if reply := self.interviewer.resumption(owed, repeats=cut):
            self.call.say(reply)

    def end(self) -> None:
        """The candidate has had enough."""
        self.interviewer.ending = "candidate"
        self.call.conclude(self.interviewer.farewell("candidate"))

    def type(self, text: str) -> None:
        now = self.clock()
        language = self.interviewer.expected_language
        if self.interview.language == "auto":
            language = "ko" if any("가" <= letter <= "힣" for letter in text) else "en"
        self.call.type(Answer(str(uuid.uuid4()), text, language, "typed", None, now, now))

    async def _keep_time(self) -> None:
        told = asyncio.get_running_loop().time()
        await self.tell_time()
        while True:
            await asyncio.sleep(0.5)
            now = asyncio.get_running_loop().time()
            if now - told >= TIME_EVERY:
                told = now
                await self.tell_time()
                await self.recorder.save_state()
            quiet = self.call.state == "listening" and self.call.quiet
            step = self._silence.step(quiet=quiet, now=now)
            if step is not None and not self.interviewer.ending:
                self.call.say(self.interviewer.word_into_silence(step))
            left = self.interviewer.remaining
            if left <= REMINDER_SECONDS and not self._reminded:
                self._reminded = True
                if not self.interviewer.progress.reminded:
                    await self._send({"type": "notice", "code": "time_nearly_up"})
            if not self.interviewer.ending and (
                left <= -OVERTIME or (left <= 0 and self.call.quiet)
            ):
                self.interviewer.ending = "time_up"
                self.call.conclude(self.interviewer.farewell("time_up"))

    async def tell_time(self) -> None:
        await self._send({"type": "time", "remaining_seconds": round(self.remaining)})

    def hear(self, pcm: bytes) -> None:
        self.recording.hear(pcm)
        self.call.hear(pcm)

    async def _on_event(self, event: Event) -> None:
        self.recording.take(event)
        if isinstance(event, CallEnded):
            if not self.ended.done():
                self.ended.set_result(event.reason)
            return
        await self._deliver(event)
        if isinstance(event, TurnCompleted):
            await self.tell_time()
        if isinstance(event, CandidateWords) and event.is_final:
            self._silence.broken()
            self._in_background(assess_answer(uuid.UUID(event.utterance)))
        if said := self._guard.take(event):
            self._in_background(self._judge(said))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._assessing.add(task)
        task.add_done_callback(self._assessing.discard)

    async def _judge(self, said: Said) -> None:
        verdict = await judge(said, self.interviewer.expected_language)
        if verdict.level == DANGER and said.by_candidate and not self.ended.done():
            await self._send({"type": "notice", "code": "help"})
            self.interviewer.ending = "finished"
            language = self.interviewer.expected_language
            self.call.conclude(self.interviewer.last_words(FAREWELL[language], "finished"))

    async def finish(self, reason: str) -> dict[str, Any]:
        """Close the record; gives the last message."""
        await self.recorder.save_state()
        await self.recording.close()
        history = await self._end(reason)
        self.recording.encode()
        await assess_interview(self.interview.id)
        return {
            "type": "interview_ended",
            "reason": reason,
            "history": history,
            "results_url": self.interview.get_results_url(),
        }

    @database_sync_to_async
    def _end(self, reason: str) -> list[dict[str, str]]:
        interview = Interview.objects.get(id=self.interview.id)
        if not interview.is_over:
            interview.end(reason)
        return interview.history()
