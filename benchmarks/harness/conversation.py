"""One conversation of the set with one system, in real time."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import TypeVar

from benchmarks.conversations import rooms, speech
from benchmarks.conversations.manifest import Answer, Conversation, conversations
from benchmarks.harness.loudspeaker import Loudspeaker, Playing
from benchmarks.harness.microphone import Microphone
from benchmarks.harness.record import Made, Record, SoundKind
from benchmarks.systems import Session, System

Found = TypeVar("Found")

GREETED_WITHIN = 30.0
ANSWERED_WITHIN = 12.0
"""Seconds after which the candidate gives the reply up and goes on."""
LONGEST_REPLY = 40.0
STEP = 0.01
THINKING = (0.5, 1.5)
"""Seconds between the end of a question and its answer."""
REPORT_EVERY = 0.25
LISTENING = 1.0
"""Seconds for which the last reply is still listened to."""


async def hold(system: System, conversation: Conversation) -> Record:
    """Have ``conversation``; whatever breaks it off stands in the record's ``failure``."""
    record = Record(
        conversation.id,
        conversation.language,
        system.name,
        conversation.noise if conversation.noise == "none" else
        f"{conversation.noise} {conversation.snr:.0f} dB",
        conversation.echo is not None,
    )  # fmt: skip
    try:
        async with system.session(conversation.language) as session:
            candidate = Candidate(session, conversation, record)
            await candidate.attend()
    except (OSError, RuntimeError, TimeoutError) as error:
        record.failure = repr(error)
    return record


class Candidate:
    def __init__(self, session: Session, conversation: Conversation, record: Record) -> None:
        self._clock = asyncio.get_running_loop().time
        self._session = session
        self._conversation = conversation
        self._record = record
        self._random = Random(f"{conversations().seed} {conversation.id} thinking")
        self._loudspeaker = Loudspeaker(self._clock)
        self._microphone = Microphone(
            session.send, self._loudspeaker.pull, rooms.bed(conversation), conversation.echo
        )

    async def attend(self) -> None:
        """Raises ``TimeoutError`` if nobody greets, ``ConnectionError`` if the server is gone."""
        background = [
            asyncio.create_task(job)
            for job in (self._microphone.run(), self._listen(), self._report())
        ]
        talking = asyncio.create_task(self._talk())
        try:
            done, _ = await asyncio.wait(
                (talking, *background), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
        finally:
            for task in (talking, *background):
                task.cancel()
            await asyncio.gather(talking, *background, return_exceptions=True)
            self._record.arrivals = self._loudspeaker.arrivals
            self._record.lateness = self._microphone.lateness

    async def _talk(self) -> None:
        over = await self._until(lambda: self._loudspeaker.latest, GREETED_WITHIN)
        if over is None:
            raise TimeoutError("no greeting")
        for number, answer in enumerate(self._conversation.answers):
            await self._listen_to(over, answer)
            over = await self._answer(number, answer, over)
        await asyncio.sleep(LISTENING)

    async def _listen_to(self, over: Playing | None, answer: Answer) -> None:
        """Make the sounds of listening, and wait for the moment to speak."""
        for sound in answer.backchannels:
            if over and await self._into(over, sound.after):
                said = rooms.sound(sound.sound, self._conversation)
                await self._say("backchannel", sound.sound, said, over, "")
        if answer.onset is not None and over and await self._into(over, answer.onset):
            return
        await self._until(lambda: not self._loudspeaker.speaking, LONGEST_REPLY)
        await asyncio.sleep(self._random.uniform(*THINKING))
        await self._until(lambda: not self._loudspeaker.speaking, LONGEST_REPLY)

    async def _answer(self, number: int, answer: Answer, over: Playing | None) -> Playing | None:
        """Give the answer; what the interviewer says after it, if anything."""
        manner = "together" if answer.together is not None else "barge_in"
        spoken_into = over if answer.onset is not None and self._loudspeaker.speaking else None
        said = speech.answer(self._conversation, number)
        name = f"{self._conversation.id}/{number + 1}"
        known = set(self._loudspeaker.utterances)
        await self._say("answer", name, said, spoken_into, manner if spoken_into else "")

        def reply() -> Playing | None:
            latest = self._loudspeaker.latest
            new = latest is not None and latest.utterance not in known
            return latest if new and latest and not latest.ended and latest.audible else None

        return await self._until(reply, ANSWERED_WITHIN)

    async def _say(
        self, kind: SoundKind, name: str, said: speech.Speech, over: Playing | None, manner: str
    ) -> None:
        began = self._microphone.say(said.samples)
        await self._microphone.said()
        self._record.made.append(
            Made(
                kind, name, said.text, began + said.onset, began + said.end,
                over.utterance if over else "",
                manner,  # type: ignore[arg-type]
                tuple(
                    speech.Pause(p.kind, began + p.start, began + p.end) for p in said.pauses
                ),
            )
        )  # fmt: skip

    async def _into(self, over: Playing, seconds: float) -> bool:
        """Wait until ``over`` has been audible for ``seconds``; False if it ended before."""
        await self._until(lambda: over.audible, ANSWERED_WITHIN)
        if over.audible is None:
            return False
        await asyncio.sleep(over.audible + seconds - self._clock())
        return self._loudspeaker.speaking and self._loudspeaker.latest is over

    async def _until(self, found: Callable[[], Found | None], seconds: float) -> Found | None:
        """The first value of ``found`` that is true; None or a false one if there is none."""
        limit = self._clock() + seconds
        while not (value := found()) and self._clock() < limit:  # noqa: ASYNC110
            await asyncio.sleep(STEP)
        return value

    async def _listen(self) -> None:
        while True:
            self._loudspeaker.take(await self._session.events.get())

    async def _report(self) -> None:
        """As the page does."""
        done: set[str] = set()
        while True:
            await asyncio.sleep(REPORT_EVERY)
            latest = self._loudspeaker.latest
            if latest is None or latest.utterance in done:
                continue
            over = not self._loudspeaker.speaking
            await self._session.played(latest.utterance, latest.played, over)
            if over:
                done.add(latest.utterance)
