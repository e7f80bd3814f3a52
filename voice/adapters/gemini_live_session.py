"""One session of Gemini Live: its messages, and what they mean to a call."""

import asyncio
import logging
from collections import deque
from contextlib import AbstractAsyncContextManager
from functools import partial

from google.genai import errors, types
from google.genai.live import AsyncSession
from websockets.exceptions import ConnectionClosed

from voice.adapters.live_session import GOODBYE, LiveSession, Response, Waits
from voice.adapters.refusal import refused
from voice.adapters.session_usage import of_gemini
from voice.audio import RATE as MICROPHONE
from voice.audio import WIDTH
from voice.engines import Message, Piece, Transcript
from voice.errors import EngineError
from voice.metering import used

log = logging.getLogger(__name__)

NAME = "gemini_live"
RATE = 24_000
"""Of what it speaks, in Hz; it hears 16 kHz."""
FRAME = MICROPHONE // 10 * WIDTH
"""Bytes of microphone in one message: 100 ms."""
SETTLED = 0.2
"""Seconds after the latest words in which no more come, where the provider does not say that it
has finished: from the request for them on at least so many, and more where it is known to write
later than that."""
RECENT = 8
"""Utterances whose words tell how late they come."""
MARGIN = 0.1
"""Seconds beyond the latest of them that are waited for."""
ONGOING = 1.0
"""Seconds for which words that nobody has answered belong to what is said next."""
RESOLUTION = 0.001
"""Seconds that are not worth waiting for, and that a clock may not tell from none."""
SILENT = 2
"""Utterances without any words after which none are waited for."""

# At DEBUG the library would log the key and every sound.
logging.getLogger("websockets.client").setLevel(logging.INFO)


class GeminiSession(LiveSession):
    def __init__(self, waits: Waits, languages: tuple[str, ...]) -> None:
        super().__init__(NAME, waits, languages)
        self.handle: str | None = None
        """By which another connection goes on with this conversation."""
        self._connecting: AbstractAsyncContextManager[AsyncSession] | None = None
        self._connection: AsyncSession
        self._frame = bytearray()
        self._active = False
        """Whether the provider believes that the candidate is speaking."""
        self._text = self._interim = self._language = ""
        self._finished = False
        self._written_at = 0.0
        self._late: deque[float] = deque(maxlen=RECENT)
        """Seconds from a request for the words of an utterance to the last of them."""
        self._concluded: float | None = None
        """When all of the utterance was asked for, once its words were taken to be all."""
        self._silent = 0
        self._asked: deque[Response] = deque()
        """Replies that the provider has not finished; what it says belongs to the first."""
        self._facts: list[str] = []
        """What it has to know with the next reply, since it did not hear or say it itself."""
        self._settling: asyncio.TimerHandle | None = None
        """Ends the first reply, all of which is made."""

    async def begin(
        self,
        connecting: AbstractAsyncContextManager[AsyncSession],
        history: list[types.Content | types.ContentDict],
    ) -> None:
        """Connect and tell what was said before; then it is in use. Raises what the SDK raises."""
        self._connection = await connecting.__aenter__()
        self._connecting = connecting
        if history:
            await self._connection.send_client_content(turns=history, turn_complete=True)
        self.start()

    def resume(self, before: "GeminiSession") -> None:
        """Go on by the handle of ``before``, which does not hold what it was not told yet."""
        self._facts = list(before._facts)

    async def abandon(self) -> None:
        """What did not come to be needs no farewell."""
        if self._connecting:
            await self._hang_up()

    # -- the candidate ------------------------------------------------------------------------

    def listen(self) -> None:
        # Speech that was taken for none, and goes on, is one activity for the provider.
        quiet = asyncio.get_running_loop().time() - self._written_at
        if not self._active or quiet > ONGOING:
            self._text = self._interim = self._language = ""
        self._frame.clear()
        self._finished = False
        self._concluded = None

    def hear(self, pcm: bytes) -> None:
        self._begin_activity()
        self._finished = False
        self._concluded = None
        self._frame += pcm
        if len(self._frame) >= FRAME:
            self._flush()

    @property
    def partial(self) -> Transcript:
        return self._transcript(f"{self._text} {self._interim}", self._language)

    async def understood(self, *, noise: bool = False) -> Transcript:
        self._check()
        self._flush()
        loop = asyncio.get_running_loop()
        asked = loop.time()
        limit = asked + (self._waits.words if self._silent < SILENT else 0.0)
        while not self._finished:
            written = self._written_at
            settled = max(max(written, asked) + SETTLED, asked + self._usual)
            wait = (min(settled, limit) if self._text else limit) - loop.time()
            if wait < RESOLUTION:
                break
            await self._until(partial(self._wrote_since, written), wait)
        if not self._text and not noise:
            self._silent += 1
            raise EngineError(NAME, "no_words", retryable=True)
        self._concluded = asked
        self._late.append(max(0.0, self._written_at - asked))
        return self._transcript(self._text, self._language)

    @property
    def _usual(self) -> float:
        """Seconds after a request in which words have come lately."""
        return min(max(self._late, default=0.0) + MARGIN, self._waits.words)

    def _wrote_since(self, moment: float) -> bool:
        return self._finished or self._written_at != moment

    def _begin_activity(self) -> None:
        if not self._active:
            self._active = True
            start = types.ActivityStart()
            self._send(partial(self._connection.send_realtime_input, activity_start=start))

    def _flush(self) -> None:
        if self._frame:
            audio = types.Blob(data=bytes(self._frame), mime_type=f"audio/pcm;rate={MICROPHONE}")
            self._frame.clear()
            self._send(partial(self._connection.send_realtime_input, audio=audio))

    # -- replies --------------------------------------------------------------------------------

    def _ask(self, response: Response) -> None:
        self._begin_activity()
        self._flush()
        text = "\n".join((*self._facts, response.directive))
        self._facts.clear()
        self._asked.append(response)
        # It holds nothing of what is asked for now.
        self.handle = None
        self._active = False
        end = types.ActivityEnd()
        self._send(partial(self._connection.send_realtime_input, text=text))
        self._send(partial(self._connection.send_realtime_input, activity_end=end))

    def _cancel(self, response: Response) -> None:
        # It stops for whoever begins to speak, and for nothing else.
        self._begin_activity()

    def heard(self, text: str, seconds: float) -> None:
        heard = f"only this was heard: «{text}»" if text else "nothing was heard"
        self._facts.append(f"[Of what you said last {heard}. The rest was never said.]")

    def tell(self, message: Message) -> None:
        who = "You" if message.role == "interviewer" else "The candidate"
        self._facts.append(f"[{who} said meanwhile: «{message.text}»]")

    # -- the provider's messages ----------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            async for message in self._connection.receive():
                self._take(message)
                self._changed.set()

    def _take(self, message: types.LiveServerMessage) -> None:
        if message.usage_metadata:
            used(of_gemini(NAME, self.model, message.usage_metadata))
        if content := message.server_content:
            self._content(content)
        if update := message.session_resumption_update:
            self.handle = update.new_handle if update.resumable else None
        if message.go_away:
            log.info("the provider will end the session in %s", message.go_away.time_left)
            self.ageing.set()

    def _content(self, content: types.LiveServerContent) -> None:
        if heard := content.input_transcription:
            self._text += heard.text or ""
            self._silent = 0 if self._text else self._silent
            self._interim = ""
            self._finished = bool(heard.finished)
            self._language = (heard.language_code or self._language).partition("-")[0]
            self._written_at = asyncio.get_running_loop().time()
            if self._concluded is not None and heard.text:
                self._late[-1] = self._written_at - self._concluded
        if interim := content.interim_input_transcription:
            self._interim = interim.text or ""
        response = self._asked[0] if self._asked else None
        if response:
            if content.output_transcription and content.output_transcription.text:
                response.pieces.put_nowait(Piece(text=content.output_transcription.text))
            for part in (content.model_turn and content.model_turn.parts) or ():
                if part.inline_data and part.inline_data.data:
                    pcm = part.inline_data.data
                    response.seconds += len(pcm) / WIDTH / RATE
                    response.pieces.put_nowait(Piece(pcm=pcm))
        if response and content.turn_complete:
            self._asked.popleft()
            self._settle(None)
            response.end()
        elif response and (content.generation_complete or self._settling):
            # The words may come after the sound. But the turn may go on for as long as the model
            # takes it to be played, which nobody can wait for.
            self._settle(response)

    def _settle(self, response: Response | None) -> None:
        """``response`` is over when nothing more comes of it; None: something else is next."""
        if self._settling:
            self._settling.cancel()
        loop = asyncio.get_running_loop()
        self._settling = loop.call_later(SETTLED, response.end) if response else None

    # -- the connection -------------------------------------------------------------------------

    async def _hang_up(self) -> None:
        connecting, self._connecting = self._connecting, None
        if connecting:
            async with asyncio.timeout(GOODBYE):
                await connecting.__aexit__(None, None, None)

    def _translated(self, error: Exception) -> EngineError:
        return meaning(error)


def meaning(error: Exception) -> EngineError:
    """The failure that an exception of the SDK means. A close frame's code is its status, and
    what is wrong stands in words only."""
    if not isinstance(error, errors.APIError):
        lost = isinstance(error, ConnectionClosed | OSError)
        return EngineError(NAME, "unavailable" if lost else "malformed", retryable=True)
    if error.code < 1000:
        return refused(NAME, error.code, {})
    said = str(error.details).lower()
    if "api key" in said or "permission" in said or "unauth" in said:
        return EngineError(NAME, "unauthorised")
    if "quota" in said or "billing" in said:
        return EngineError(NAME, "quota")
    if "exhausted" in said or "rate limit" in said:
        return EngineError(NAME, "rate_limited", retryable=True)
    if "not found" in said:
        return EngineError(NAME, "not_found")
    if error.code in (1007, 1008):
        return EngineError(NAME, "rejected")
    return EngineError(NAME, "unavailable", retryable=True)
