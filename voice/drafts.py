"""Replies begun for words that may turn out not to be the last.

What was written for a draft is still good when the candidate, after a cough or a word that says
nothing new, falls silent again with the same words: it is kept for a moment, and gone on with.
What an engine speaks by ear is good for whatever words it turns out to be a reply to, as long as
they ask for the same; once more is said, it is not.
"""

import asyncio
import unicodedata
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

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
    """At most one reply is being made ahead; asking for one to other words frees its stream."""

    def __init__(self, reply: Callable[[Answer], Reply]) -> None:
        self._reply = reply
        self._ahead: _Ahead | None = None
        self._guessed = ("", 0)

    def listen(self, answer: Answer) -> None:
        """As ``guess``, if the reply needs no more of the words than that there are some. How often
        it is asked for is for its engine to say."""
        ahead = self._ahead
        if ahead and ahead.usable and ahead.answer.utterance == answer.utterance:
            return
        reply = self._reply(answer)
        if reply.speech and reply.by_ear:
            self._begin(answer, reply)

    def guess(self, answer: Answer) -> None:
        """Begin the reply to what are likely to be the words, unless that was tried too often."""
        if self._fits(answer):
            return
        reply = self._reply(answer)
        if not self._gone_on_with(answer, reply):
            self._guess(answer, reply)

    def reply(self, answer: Answer) -> Reply:
        """The reply to these words; what was begun for the same is gone on with."""
        if not self._fits(answer):
            made = self._reply(answer)
            if not self._gone_on_with(answer, made):
                self._begin(answer, made)
            if self._ahead is None:
                return made
        assert self._ahead is not None
        return self._ahead.read()

    def give(self, reply: Reply | None) -> None:
        """``reply`` has got the floor: nobody else may have it."""
        if self._ahead and self._ahead.reply is reply:
            self._ahead.given = True

    def leave(self, reply: Reply | None, *, for_good: bool) -> None:
        """Nobody reads ``reply`` any more: free its stream now, or unless it is asked for again."""
        ahead = self._ahead
        if ahead is None or ahead.reply is not reply:
            return
        if for_good or ahead.by_ear:
            self.close()
        elif not ahead.given:
            ahead.expire(KEPT)

    def go_deaf(self) -> None:
        """More is said, or nothing that is replied to: what is made by ear is no reply to it."""
        if self._ahead and self._ahead.by_ear and not self._ahead.given:
            self.close()

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

    def _gone_on_with(self, answer: Answer, reply: Reply) -> bool:
        """Whether ``reply`` is being spoken by ear already, to fewer of these words."""
        ahead = self._ahead
        if ahead is None or not (ahead.by_ear and ahead.usable and reply.by_ear):
            return False
        same = ahead.answer.utterance == answer.utterance
        if not same or ahead.reply.directive != reply.directive:
            return False
        ahead.take(answer, reply)
        return True

    def _guess(self, answer: Answer, reply: Reply) -> None:
        utterance, times = self._guessed
        times = times + 1 if utterance == answer.utterance else 1
        if times <= MOST:
            self._guessed = answer.utterance, times
            self._begin(answer, reply)

    def _begin(self, answer: Answer, reply: Reply) -> None:
        self.close()
        # What an engine speaks to these words alone is asked for when they are known, and once.
        if reply.speech is None or reply.by_ear:
            self._ahead = _Ahead(answer, reply)


class _Ahead:
    """One reply whose parts, clauses or spoken clips, are taken as fast as they are made, and can
    be read again."""

    def __init__(self, answer: Answer, reply: Reply) -> None:
        self.answer = answer
        self.reply = reply
        self.by_ear = reply.speech is not None
        self.given = False
        self._closed = False
        self._made: list[Any] = []
        self._more = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None
        self._source: AsyncGenerator[Any] = reply.speech or reply.clauses
        self._making = asyncio.create_task(self._make())
        self._making.add_done_callback(self._ended)

    @property
    def usable(self) -> bool:
        task = self._making
        failed = task.done() and (task.cancelled() or task.exception() is not None)
        # An engine that said nothing has left all of the reply to others, for fewer words.
        failed = failed or (self.by_ear and task.done() and not self._made)
        return not (self.given or self._closed or failed)

    def read(self) -> Reply:
        """The reply, to be read from its beginning."""
        self._keep()
        if self.by_ear:
            self.reply.speech = self._parts()
        else:
            self.reply.clauses = self._parts()
        return self.reply

    def take(self, answer: Answer, reply: Reply) -> None:
        """These are the words that it turns out to be a reply to, and ``reply`` what would have
        been made for them."""
        self.answer, self.reply.purpose = answer, reply.purpose
        if not self._making.done():
            # For what the engine leaves unsaid.
            self.reply.clauses = reply.clauses

    def expire(self, seconds: float) -> None:
        self._keep()
        self._expiry = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        self._keep()
        self._closed = True
        self._making.cancel()

    def _keep(self) -> None:
        if self._expiry:
            self._expiry.cancel()

    async def _parts(self) -> AsyncGenerator[Any]:
        """From the first on; raises what the making raised."""
        read = 0
        while True:
            while read < len(self._made):
                read += 1
                yield self._made[read - 1]
            if self._making.done():
                await self._making
                return
            self._more.clear()
            await self._more.wait()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            # Whoever reads the parts is told; if nobody does, nobody minds.
            task.exception()
        self._more.set()

    async def _make(self) -> None:
        async with aclosing(self._source) as parts:
            async for part in parts:
                self._made.append(part)
                self._more.set()
