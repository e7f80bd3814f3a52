"""The words of a follow-up, and the documents' facts that it may take up; pure.

A model writes them where it may be trusted; else they are the guide's, with the candidate's own
line about the matter where one is short enough to be read out.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any

from interviews.conversation import wording
from interviews.conversation.facts import SPOKEN_LETTERS, Fact, Finder, Ground, grounds, of_fact
from interviews.conversation.follow_up import FollowUpWriter
from interviews.conversation.lines import Lines, in_language
from interviews.conversation.moves import Move, Progress
from interviews.conversation.phrasing import Brief
from interviews.conversation.questions import Text
from voice.agent import Answer, Reply
from voice.engines import Message
from voice.sentences import split, weight

NEWS = 60
"""So much more, as a weight, has to have been said for the documents to be asked again."""
QUERY_LETTERS = 300
"""How much of an answer is searched for, from its end."""
FIND_SECONDS = 0.15
"""How long a reply waits for facts that are just being found."""


class Sources:
    """What the documents say of the answer under way, found while the candidate still speaks."""

    def __init__(self, find: Finder | None) -> None:
        self._find = find
        self._facts: Sequence[Fact] = ()
        self._cited: list[Ground] = []
        self._finding = asyncio.Lock()
        self._found_for = 0
        self._question = 0
        """Which one is being answered; what is found for an earlier one comes too late."""

    def __bool__(self) -> bool:
        """Whether there is anything to search."""
        return self._find is not None

    async def look_up(self, question: Text, text: str, language: str) -> None:
        """Search for the question and what was said to it, once enough more has been said."""
        if self._find is None or self._finding.locked():
            return
        if abs(weight(text) - self._found_for) >= NEWS:
            async with self._finding:
                answered = self._question
                query = f"{in_language(question, language)} {text[-QUERY_LETTERS:]}"
                facts = await self._find(query, language)
                if answered == self._question:
                    self._facts, self._found_for = facts, weight(text)

    async def known(self, question: Text, text: str, language: str) -> list[Fact]:
        """The facts found while the candidate spoke, and those about to be found; of what was
        typed there was nothing to hear before."""
        if self._find is None:
            return []
        with suppress(TimeoutError):
            async with asyncio.timeout(FIND_SECONDS):
                async with self._finding:
                    pass
                await self.look_up(question, text, language)
        return [fact for fact in self._facts if of_fact(fact) not in self._cited]

    def cited(self, rests_on: Iterable[Ground]) -> None:
        """These have been said to the candidate and are not taken up again."""
        self._cited += [ground for ground in rests_on if ground.source != "answer"]

    def forget(self) -> None:
        """Another question is asked."""
        self._facts, self._found_for = (), 0
        self._question += 1


class Probing:
    """Words the probes of one interview; ``progress`` and ``messages`` are the interviewer's own,
    as they stand when a probe is worded."""

    def __init__(
        self,
        snapshot: Mapping[str, Any],
        lines: Lines,
        writer: FollowUpWriter | None,
        sources: Sources,
        progress: Progress,
        messages: Sequence[Message],
    ) -> None:
        self._forbidden = snapshot["persona"].get("forbidden_topics") or ()
        self._lines = lines
        self._writer = writer
        self._sources = sources
        self._progress = progress
        self._messages = messages
        self._warm: set[str] = set()

    async def prepare(self, language: str) -> None:
        """Make the model ready for a language, once."""
        writer = self._writer
        if writer and writer.writes(language) and language not in self._warm:
            self._warm.add(language)
            await writer.warm(language)

    def clauses(self, move: Move, answer: Answer, reply: Reply) -> AsyncGenerator[str] | None:
        """What is said for ``move``, a probe into ``answer``, where that is more than the guide's
        own words; fills the move's grounds."""
        if self._writer and self._writer.writes(reply.language):
            return self._phrase(self._writer, move, answer, reply)
        return self._cite(move, answer, reply.language) if self._sources else None

    async def _phrase(
        self, writer: FollowUpWriter, move: Move, answer: Answer, reply: Reply
    ) -> AsyncGenerator[str]:
        if move.reminds:
            yield wording.REMINDER[reply.language]
        thanks = "" if move.reminds else self._lines.thanks(reply.language, self._progress)
        known = writer.writing.facts
        facts = await self._known(move, answer, reply.language) if known else []
        brief = self._brief(move, answer.text, reply.language, facts)
        text = ""
        try:
            async with aclosing(
                writer.clauses(brief, thanks, tuple(self._messages), reply)
            ) as words:
                async for clause in words:
                    if clause != thanks:
                        text = f"{text} {clause}".strip()
                    yield clause
        finally:
            rests_on = grounds(
                text.removeprefix(thanks),
                aim=brief.aim,
                answer=answer.text,
                utterance=answer.utterance,
                facts=facts,
            )
            move.grounds[:] = rests_on

    async def _cite(self, move: Move, answer: Answer, language: str) -> AsyncGenerator[str]:
        """The guide's own wording, with the candidate's own line about this matter, if one is
        short enough to be read out."""
        probe = self._lines.probe(move, language)
        lead = self._lines.of(move, language, self._progress).removesuffix(probe)
        for fact in await self._known(move, answer, language):
            fits = fact.close and fact.source in wording.CITING and fact.language == language
            if fits and len(fact.spoken) <= SPOKEN_LETTERS:
                lead += wording.CITING[fact.source][language].format(fact=fact.spoken) + " "
                move.grounds[:] = [of_fact(fact)]
                break
        for clause in split(lead + probe):
            yield clause

    async def _known(self, move: Move, answer: Answer, language: str) -> list[Fact]:
        return await self._sources.known(self._lines.question(move), answer.text, language)

    def _brief(self, move: Move, answer: str, language: str, facts: Sequence[Fact]) -> Brief:
        return Brief(
            language,
            answer,
            facts=[(wording.SOURCES[fact.source][language], fact.spoken) for fact in facts],
            aim=self._lines.probe(move, language),
            topic=self._lines.topic(move),
            asked=[message.text for message in self._messages if message.role == "interviewer"],
            forbidden=self._forbidden,
        )
