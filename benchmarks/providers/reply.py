"""What the language model writes where no follow-up is wanted; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.conversations.replies import reply_to

GREETING = "Hello, and welcome to this interview. To begin with, please tell me about your work."


def reply(messages: Sequence[Mapping[str, Any]]) -> str:
    """The reply to a conversation in the wire's form; a greeting before anything was said."""
    plain = [{"role": one["role"], "content": _text(one)} for one in messages]
    if all(message["role"] != "user" for message in plain):
        return GREETING
    return reply_to(plain)


def fitting(schema: Mapping[str, Any]) -> Any:
    """The plainest value that fits a JSON schema without references."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return fitting(schema[choice][0])
    kind = schema.get("type", "object")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            return {name: fitting(part) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [fitting(schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "string":
            return "–" * max(1, schema.get("minLength", 1))
        case _:
            return None


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return content or ""
