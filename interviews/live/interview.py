"""One interview while somebody is connected to it: the call, its clock, its record, its end."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from interviews.conversation import wording
from interviews.conversation.moves import Progress
from interviews.engines import engines, watch_voices
from interviews.grounding.library import Library
from interviews.guard import DANGER, Guard, Said, is_doubtful, judge
from interviews.live.calls import make_agent, make_call
from interviews.live.clock import InterviewClock
from interviews.live.filing import Filing
from interviews.live.protocol import VERSION, Init
from interviews.live.recorder import Recorder
from interviews.live.timekeeper import Timekeeper
from interviews.live.watching import Broadcast, WatchedModel, described
from interviews.models import Interview, Utterance
from interviews.recordings.recording import Recording
from interviews.tasks import assess_answer_soon, assess_interview_soon
from interviews.usage import Ledger
from voice.agent import Answer
from voice.endpointing import PATIENCE
from voice.engines import Message, Role
from voice.events import CallEnded, CandidateWords, Event, Failed, Source, TurnCompleted
from voice.failover import Switch

log = logging.getLogger(__name__)

_ROLES: dict[str, Role] = {"candidate": "candidate", "interviewer": "interviewer"}


class LiveInterview:
    """Made at a connection, run until it is lost or the interview is over.

    ``connection`` holds it, ``ledger`` counts what it uses, ``deliver`` takes the call's events,
    ``send`` takes messages of the interview's own.
    """

    def __init__(
        self,
        interview: Interview,
        connection: uuid.UUID,
        init: Init,
        ledger: Ledger,
        deliver: Callable[[Event], Awaitable[None]],
        send: Callable[[dict[str, Any]], Coroutine[Any, Any, None]],
    ) -> None:
        self.interview = interview
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.event_seq = max(interview.event_seq, self._plausible(init.resume_after))
        self._ledger = ledger
        self._send = send
        self._deliver = deliver
        self._switch_told = False
        self.may_type: bool = interview.snapshot["options"]["typed_answers"]
        """Also where typed answers are off, once nobody can hear the candidate."""
        self._assessing: set[asyncio.Task[None]] = set()
        self._guard = Guard()
        self._doubted = False
        """Whether it has been asked what was said that sounded like danger."""
        self._rows = rows = list(interview.utterances.all())
        self.clock = InterviewClock(interview.clock_seconds)
        self._library = Library(interview)
        snapshot = interview.snapshot
        self._voices = voices = engines(snapshot["profile"])
        self.broadcast = Broadcast(interview.id)
        candidate = interview.candidate.name or interview.candidate.email.partition("@")[0]
        history = [Message(_ROLES[row.speaker], row.text_heard) for row in rows if row.text_heard]
        self.interviewer = make_agent(
            snapshot,
            model=WatchedModel(voices.model, self.broadcast),
            candidate=candidate,
            language=interview.language,
            first_language=self._spoken_last() or init.language.partition("-")[0].lower(),
            clock=self.clock,
            progress=Progress.from_json(interview.progress),
            find=self._library.find,
            history=history,
        )
        self.recorder = Recorder(
            interview.id,
            connection,
            last_sequence=rows[-1].sequence if rows else 0,
            state=self.state,
            lacks_sound=self.interviewer.lacks_sound,
        )
        self._loop = asyncio.get_running_loop()
        self.recording = Recording(
            interview, self.clock, begins=not rows, tell=self._recording_lost
        )
        options = snapshot["options"]
        self.call = make_call(
            voices,
            self.interviewer,
            snapshot,
            candidate,
            history,
            Filing(self.recorder, lambda: self._notice("saving_takes_long")),
            self._on_event,
            clock=self.clock,
            patience=PATIENCE.get(options["patience"], PATIENCE["normal"]),
            rate=init.playback.sample_rate,
            push_to_talk=options["input_mode"] == "push_to_talk",
            turns=sum(row.speaker == Utterance.Speaker.CANDIDATE for row in rows),
        )
        self._timekeeper = Timekeeper(
            interview, self.interviewer, self.call, self.clock, self.recorder, send
        )

    # -- facts ------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """The interview's own fields as they are now."""
        lost = {"recording_lost": self.recording.lost} if self.recording.lost else {}
        return lost | {
            "clock_seconds": self.clock(),
            "seen_at": timezone.now(),
            "event_seq": self.event_seq,
            "progress": self.interviewer.progress.to_json(),
        }

    @property
    def ending(self) -> str | None:
        """Why the interview ends, from the wish for it or the goodbye's beginning on."""
        return self.interviewer.ending or self.call.ending

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
                "kind": snapshot.get("kind", "interviewer"),
                "persona": persona["name"][language],
                "avatar": persona["avatar"],
                "language": self.interview.language,
                "duration_seconds": snapshot["duration_seconds"],
            },
            "resumed": bool(self._rows),
            "remaining_seconds": self._timekeeper.remaining,
            "history": self.interview.history(),
            "protocol": VERSION,
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
        unwatch = watch_voices(self._voices, self._switched)
        self._begin()
        try:
            async with asyncio.TaskGroup() as tasks:
                timekeeper = tasks.create_task(self._timekeeper.run())
                reading = tasks.create_task(self._library.open())
                await self.call.run()
                timekeeper.cancel()
                reading.cancel()
        finally:
            unwatch()
            self.clock.stop()
            self.broadcast.close()
            await self.recording.close()
        if self._assessing:
            await asyncio.wait(self._assessing, timeout=10)

    def _begin(self) -> None:
        if not self._rows:
            if opening := self.interviewer.opening():
                self.call.say(opening)
            return
        # A reply of which nothing was heard is still owed.
        last = next((row for row in reversed(self._rows) if row.text_heard), self._rows[-1])
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

    def hear(self, pcm: bytes) -> None:
        self.recording.hear(pcm)
        self.call.hear(pcm)

    def lose_sound(self) -> None:
        """Sound that was on its way is gone: if somebody was speaking, the answer has a gap."""
        if self.call.state == "hearing":
            self.interviewer.progress.sound_lost = True

    def _switched(self, switch: Switch) -> None:
        """Another engine speaks for the interviewer: told once, for it is heard. That another one
        reads or writes is not."""
        if switch.code and not self._switch_told:
            self._switch_told = True
            self._notice("engine_switched")

    def _recording_lost(self) -> None:
        # On the thread that writes to the disk; the connection may be gone by now.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._notice, "recording_lost")

    def _notice(self, code: str) -> None:
        self._in_background(self._send({"type": "notice", "code": code}))

    async def _on_event(self, event: Event) -> None:
        self.recording.take(event)
        self.broadcast.tell(described(event))
        turn = self._ledger.take(event)
        if isinstance(event, CallEnded):
            if not self.ended.done():
                self.ended.set_result(event.reason)
            return
        await self._deliver(event)
        if isinstance(event, Failed) and event.code == "stt_failed" and not self.may_type:
            self.may_type = True
            await self._send({"type": "notice", "code": "type_instead"})
        if isinstance(event, TurnCompleted):
            await self._timekeeper.tell()
            self._in_background(self._ledger.file(turn))
        if isinstance(event, CandidateWords) and event.is_final:
            self._timekeeper.broken()
            self._in_background(assess_answer_soon(uuid.UUID(event.utterance)))
        elif isinstance(event, CandidateWords):
            self._in_background(self.interviewer.hearing(event.text))
        if said := self._guard.take(event):
            self._in_background(self._judge(said))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_logged(work))
        self._assessing.add(task)
        task.add_done_callback(self._assessing.discard)

    async def _judge(self, said: Said) -> None:
        verdict = await judge(said, self.interviewer.expected_language)
        if verdict.level != DANGER or not said.by_candidate or self.ended.done():
            return
        await self._send({"type": "notice", "code": "help"})
        if not self._doubted and await is_doubtful(said):
            self._doubted = True
            if question := self.interviewer.doubt():
                self.call.conclude(question)
            return
        self.interviewer.ending = "finished"
        farewell = wording.DANGER[self.interviewer.expected_language]
        self.call.conclude(self.interviewer.last_words(farewell, "finished"))

    async def finish(self, reason: str) -> dict[str, Any]:
        """Close the record; gives the last message."""
        await self.recording.close()
        await self.recorder.save_state()
        history = await self._end(reason)
        self.recording.encode()
        await assess_interview_soon(self.interview.id)
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


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Whatever fails beside the conversation must not end it."""
    try:
        await work
    except Exception:
        log.exception("what was to be done beside the conversation failed")
