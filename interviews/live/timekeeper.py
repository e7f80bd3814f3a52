"""The time of a live interview: it is told, silences are spoken into, and its end is an end."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error as DatabaseError

from interviews.conversation.guide import REMINDER_SECONDS
from interviews.conversation.interpreter import Interpreter
from interviews.conversation.interviewer import Interviewer
from interviews.conversation.silence import Silence
from interviews.limits import Limits
from interviews.live.clock import InterviewClock
from interviews.live.recorder import Recorder
from interviews.models import Interview
from voice.call import Call

TIME_EVERY = 10.0
"""Seconds between two ``time`` messages, each of which is also written to the database."""
OVERTIME = 15.0
"""Seconds that an answer may go on after the time is up."""


class Timekeeper:
    """Keeps the time of one connection; ``send`` takes messages for the candidate."""

    def __init__(
        self,
        interview: Interview,
        interviewer: Interviewer | Interpreter,
        call: Call,
        clock: InterviewClock,
        recorder: Recorder,
        send: Callable[[dict[str, Any]], Coroutine[Any, Any, None]],
    ) -> None:
        options = interview.snapshot["options"]
        self._candidate = interview.candidate
        self._planned = interviewer.time_limit
        self._extra = float(options.get("extra_seconds", 0))
        self._interviewer = interviewer
        self._call = call
        self._clock = clock
        self._recorder = recorder
        self._send = send
        self._silence = Silence(options["patience"], options.get("silence"))
        self._reminded = False

    @property
    def remaining(self) -> int:
        """Whole seconds that the candidate is shown."""
        return round(max(0.0, self._interviewer.remaining))

    async def run(self) -> None:
        """Until it is cancelled."""
        told = asyncio.get_running_loop().time()
        await self.tell()
        while True:
            await asyncio.sleep(0.5)
            now = asyncio.get_running_loop().time()
            if now - told >= TIME_EVERY:
                told = now
                await self.tell()
                await self._recorder.save_state()
                await self._keep_within_plan()
            self._speak_into_silence(now)
            await self._watch_the_end()

    async def tell(self) -> None:
        """Send the candidate the time that is left."""
        await self._send({"type": "time", "remaining_seconds": self.remaining})

    def broken(self) -> None:
        """The candidate has said something: the next silence is a new one."""
        self._silence.broken()

    def _speak_into_silence(self, now: float) -> None:
        quiet = self._call.state == "listening" and self._call.quiet
        step = self._silence.step(quiet=quiet, now=now)
        if step is not None and not self._interviewer.ending:
            word = self._interviewer.word_into_silence(step)
            if word is not None:
                self._call.say(word)

    async def _watch_the_end(self) -> None:
        left = self._interviewer.remaining
        if left <= REMINDER_SECONDS and not self._reminded:
            self._reminded = True
            if not self._interviewer.progress.reminded:
                await self._send({"type": "notice", "code": "time_nearly_up"})
        if not self._interviewer.ending and (left <= -OVERTIME or (left <= 0 and self._call.quiet)):
            self._interviewer.ending = "time_up"
            self._call.conclude(self._interviewer.farewell("time_up"))

    async def _keep_within_plan(self) -> None:
        """Other interviews of the same candidate may have used the minutes up meanwhile, or the
        plan is another one now."""
        with suppress(DatabaseError, ObjectDoesNotExist):  # It is asked again in a moment.
            left = await database_sync_to_async(self._seconds_left)()
            # Extra time is no luxury that a plan could refuse. Where nothing is left, the end that
            # was told stays the end.
            ceiling = self._planned if left > 0 else self._interviewer.time_limit
            self._interviewer.time_limit = min(ceiling, self._clock() + left + self._extra)

    def _seconds_left(self) -> float:
        self._candidate.refresh_from_db(fields=["plan"])
        return Limits.seconds_left(self._candidate)
