"""A hosted moderation endpoint: OpenAI's ``moderations``, or one that speaks like it.

https://platform.openai.com/docs/guides/moderation; the endpoint is free of charge.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from voice.adapters.openai_client import FAILURES, OpenAIClient
from voice.engines import Verdict
from voice.errors import EngineError

Rule = tuple[str, float, int, str]
"""The endpoint's category, the least score, and the level and category that it then means."""

_NAME = "openai moderation"

RULES: tuple[Rule, ...] = (
    ("self-harm/intent", 0.5, 3, "self_harm"),
    ("self-harm", 0.8, 3, "self_harm"),
    ("harassment/threatening", 0.8, 3, "violence"),
    ("hate/threatening", 0.7, 3, "violence"),
    ("harassment/threatening", 0.4, 2, "threat"),
    ("hate/threatening", 0.4, 2, "threat"),
    ("hate", 0.5, 2, "discrimination"),
    ("harassment", 0.5, 2, "harassment"),
    ("sexual", 0.7, 2, "harassment"),
    ("sexual/minors", 0.3, 2, "harassment"),
)
"""``violence`` alone is none of them: it tells that violence is spoken of, not that it is meant.
What talks about self-harm without meaning it has to score higher than what means it."""


class OpenAIModeration:
    """``rules``: rows of ``RULES`` in their place. ``timeout``: seconds for a whole request."""

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        timeout: float = 2.0,
        rules: Sequence[Sequence[Any]] = RULES,
    ) -> None:
        self._model = model
        self._timeout = timeout
        self._rules = [_rule(row) for row in rules]
        self._client = OpenAIClient(
            _NAME,
            base_url=base_url,
            api_key_env=api_key_env,
            connect_timeout=timeout,
            read_timeout=timeout,
        )

    async def judge(self, text: str, language: str) -> Verdict:
        """Raises ``EngineError``; its confidence is the score of the category that decided."""
        if not text.strip():
            return Verdict()
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.use().moderations.create(model=self._model, input=text)
            return self._verdict(_scores(answer))
        except FAILURES as error:
            raise self._client.translated(error) from None

    async def warm(self) -> None:
        await self._client.open(self._model)

    async def close(self) -> None:
        await self._client.close()

    def _verdict(self, scores: Mapping[str, float]) -> Verdict:
        met = [rule for rule in self._rules if scores.get(rule[0], 0.0) >= rule[1]]
        if not met:
            return Verdict()
        met.sort(key=lambda rule: (-rule[2], -scores[rule[0]]))
        level = met[0][2]
        return Verdict(
            level, tuple(dict.fromkeys(rule[3] for rule in met)), min(1.0, scores[met[0][0]])
        )


def _rule(row: Sequence[Any]) -> Rule:
    """Raises ``ValueError``."""
    try:
        theirs, least, level, ours = row
        rule = (str(theirs), float(least), int(level), str(ours))
    except TypeError as error:
        raise ValueError(f"{row!r} is not category, score, level, category") from error
    if rule[2] not in (1, 2, 3):
        raise ValueError(f"there is no level {rule[2]}")
    return rule


def _scores(answer: Any) -> dict[str, float]:
    """Raises ``ValueError``, and ``EngineError`` (``empty``) where nothing was judged: the SDK
    does not check what comes back."""
    results = getattr(answer, "results", None)
    if results == []:
        raise EngineError(_NAME, "empty", retryable=True)
    try:
        scores = results[0].category_scores.model_dump(by_alias=True, warnings=False)  # type: ignore[index]
        return {name: float(score) for name, score in scores.items() if score is not None}
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError("no category scores") from error
