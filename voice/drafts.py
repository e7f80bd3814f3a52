"""Replies begun for words that may turn out not to be the last.

What was written for a draft is still good when the candidate, after a cough or a word that says
nothing new, falls silent again with the same words: it is kept for a moment, and gone on with.
"""

import asyncio
import unicodedata
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from voice.agent import Answer, Reply

KEPT = 1.2
"""Seconds for which an abandoned reply goes on being written."""
MOST = 3
"""How many replies of one utterance may be begun before its words are known to be final."""


def same_words(one: str, other: str) -> bool:
    """Whether both say the same, but for case, punctuation and space."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in text if letter.isalnum())


class Drafts:
    """At most one reply is being written ahead; asking for one to other words frees its stream."""

    def __init__(self, reply: Callable[[Answer], Reply]) -> None:
        self._reply = reply
        self._ahead: _Ahead | None = None
        self._guessed = ("", 0)

    def guess(self, answer: Answer) -> None:
        """Begin the reply to what are likely to be the words, unless that was tried too often."""
        if self._fits(answer):
            return
        utterance, times = self._guessed
        times = times + 1 if utterance == answer.utterance else 1
        if times <= MOST:
            self._guessed = answer.utterance, times
            self._begin(answer)

    def reply(self, answer: Answer) -> Reply:
        """The reply to these words; what was begun for the same is gone on with."""
        if not self._fits(answer):
            made = self._begin(answer)
            if self._ahead is None:
                return made
        assert self._ahead is not None
        self._ahead.keep()
        reply = self._ahead.reply
        reply.clauses = self._ahead.clauses()
        return reply

    def give(self, reply: Reply | None) -> None:
        """``reply`` has got the floor: nobody else may have it."""
        if self._ahead and self._ahead.reply is reply:
            self._ahead.given = True

    def leave(self, reply: Reply | None, *, for_good: bool) -> None:
        """Nobody reads ``reply`` any more: free its stream now, or unless it is asked for again."""
        ahead = self._ahead
        if ahead is None or ahead.reply is not reply:
            return
        if for_good:
            self.close()
        elif not ahead.given:
            ahead.expire(KEPT)

    def close(self) -> None:
        if self._ahead:
            self._ahead.close()
            self._ahead = None

    def _fits(self, answer: Answer) -> bool:
        ahead = self._ahead
        return (
            ahead is not None
            and ahead.usable
            and ahead.answer.utterance == answer.utterance
            and ahead.answer.language == answer.language
            and same_words(ahead.answer.text, answer.text)
        )

    def _begin(self, answer: Answer) -> Reply:
        self.close()
        reply = self._reply(answer)
        # What an engine speaks itself cannot be read twice.
        if reply.speech is None:
            self._ahead = _Ahead(answer, reply)
        return reply


class _Ahead:
    """One reply whose clauses are taken as fast as they are written, and can be read again."""

    def __init__(self, answer: Answer, reply: Reply) -> None:
        self.answer = answer
        self.reply = reply
        self.given = False
        self._closed = False
        self._made: list[str] = []
        self._more = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None
        self._source = reply.clauses
        self._writing = asyncio.create_task(self._write())
        self._writing.add_done_callback(self._written)

    @property
    def usable(self) -> bool:
        task = self._writing
        failed = task.done() and (task.cancelled() or task.exception() is not None)
        return not (self.given or self._closed or failed)

    async def clauses(self) -> AsyncGenerator[str]:
        """From the first on; raises what the writing raised."""
        read = 0
        while True:
            while read < len(self._made):
                read += 1
                yield self._made[read - 1]
            if self._writing.done():
                await self._writing
                return
            self._more.clear()
            await self._more.wait()

    def keep(self) -> None:
        if self._expiry:
            self._expiry.cancel()

    def expire(self, seconds: float) -> None:
        self.keep()
        self._expiry = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        self.keep()
        self._closed = True
        self._writing.cancel()

    def _written(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            # Whoever reads the clauses is told; if nobody does, nobody minds.
            task.exception()
        self._more.set()

    async def _write(self) -> None:
        async with aclosing(self._source) as clauses:
            async for clause in clauses:
                self._made.append(clause)
                self._more.set()
