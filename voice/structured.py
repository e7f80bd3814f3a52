"""An answer that fits a JSON Schema, whatever a language model makes of the wish for one."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator

from voice.engines import Message
from voice.errors import EngineError

ATTEMPTS = 2
"""How often a model is asked; the second time it is told what was wrong with the first answer."""
LONGEST = 200_000
"""Letters of an answer; more is no answer."""

_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$", re.DOTALL)

Schema = Mapping[str, Any]


def parse(text: str, schema: Schema) -> dict[str, Any]:
    """The object that ``text`` is. Raises ``ValueError``, which tells where it does not fit
    and quotes nothing of it.
    """
    if fenced := _FENCE.match(text):
        text = fenced[1]
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    for error in Draft202012Validator(schema).iter_errors(found):
        place = "/".join(str(part) for part in error.absolute_path)
        raise ValueError(f"/{place} breaks {error.validator!r}")
    return found


def is_strict(schema: Schema) -> bool:
    """Whether every object of ``schema`` names and requires all its properties, which providers
    ask for before they promise an answer that fits.
    """
    if schema.get("type") == "object" or "properties" in schema:
        named = set(schema.get("properties", {}))
        if (
            schema.get("additionalProperties") is not False
            or set(schema.get("required", ())) != named
        ):
            return False
    parts: list[Any] = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    parts += [schema.get("items"), *schema.get("anyOf", ())]
    return all(is_strict(part) for part in parts if isinstance(part, Mapping))


def in_words(schema: Schema) -> str:
    """What a model is told that knows no schema."""
    return (
        "Answer with one JSON object and nothing else. It must fit this JSON Schema:\n"
        + json.dumps(schema, ensure_ascii=False, sort_keys=True)
    )


async def ask(
    generate: Callable[[Sequence[Message]], Awaitable[str]],
    messages: Sequence[Message],
    schema: Schema,
    engine: str,
) -> dict[str, Any]:
    """Ask ``generate`` until its answer fits, ``ATTEMPTS`` times at most.

    Raises ``EngineError`` (``malformed``, or what ``generate`` raises).
    """
    asked = list(messages)
    for _ in range(ATTEMPTS):
        text = await generate(asked)
        try:
            return parse(text, schema)
        except ValueError as error:
            wish = f"That did not fit the schema: {error}. Answer again, with the JSON object only."
            asked = [*messages, Message("candidate", wish)]
    raise EngineError(engine, "malformed", retryable=True)
