"""Several moderators at once: the highest verdict counts, and one that fails is left out."""

import asyncio
import logging
from collections.abc import Mapping

from voice.engines import Moderator, Verdict
from voice.errors import EngineError

log = logging.getLogger(__name__)

SECONDS = 2.0
"""What one moderator may take: words of a live transcription are owed within three seconds."""


class Panel:
    """``members`` by name, each bounded by ``seconds``; it is one moderator itself.

    Without the phrase lists among its members a panel knows nothing while a provider is away.
    """

    def __init__(self, members: Mapping[str, Moderator], *, seconds: float = SECONDS) -> None:
        if not members:
            raise ValueError("a panel needs a member")
        self.members = dict(members)
        self._seconds = seconds

    async def judge(self, text: str, language: str) -> Verdict:
        """Raises ``EngineError`` (``unavailable``) only where every member failed."""
        found = await asyncio.gather(
            *(self._ask(name, each, text, language) for name, each in self.members.items())
        )
        verdicts = [verdict for verdict in found if verdict is not None]
        if not verdicts:
            raise EngineError("moderators", "unavailable", retryable=True)
        return highest(verdicts)

    async def _ask(
        self, name: str, moderator: Moderator, text: str, language: str
    ) -> Verdict | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await moderator.judge(text, language)
        except TimeoutError:
            log.warning("moderator %s left out: more than %.1f s", name, self._seconds)
        except EngineError as error:
            log.warning("moderator %s left out: %s", name, error)
        except Exception:
            log.exception("moderator %s left out", name)
        return None

    async def warm(self) -> None:
        """Raises ``EngineError`` only where no member can be made ready."""
        ready = 0
        for name, each in self.members.items():
            try:
                await each.warm()
                ready += 1
            except EngineError as error:
                log.warning("moderator %s is not ready: %s", name, error)
        if not ready:
            raise EngineError("moderators", "unavailable")

    async def close(self) -> None:
        for each in self.members.values():
            await each.close()


def highest(verdicts: list[Verdict]) -> Verdict:
    """The level and confidence of the gravest, with the categories of all, gravest first."""
    ordered = sorted(verdicts, key=lambda each: (-each.level, -each.confidence))
    named = (category for verdict in ordered if verdict.level for category in verdict.categories)
    return Verdict(ordered[0].level, tuple(dict.fromkeys(named)), ordered[0].confidence)
