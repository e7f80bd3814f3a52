import json
from typing import Any

import pytest

from voice.adapters.scripted import ScriptedModel
from voice.engines import Message
from voice.errors import EngineError
from voice.failover import FailoverModel
from voice.structured import is_strict, parse
from voice.tests.failing import HalfwayModel

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"scores": {"type": "array", "items": {"type": "integer"}}},
    "required": ["scores"],
    "additionalProperties": False,
}
ASKED = [Message("candidate", "Score me.")]


def test_what_does_not_fit_is_told_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="/scores/1 breaks 'type'") as raised:
        parse('{"scores": [1, "a secret"]}', SCHEMA)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "null", "{", "[" * 100_000, '{"scores": [1]} and more'])
def test_what_is_no_object(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text, SCHEMA)


def test_strict_all_the_way_down() -> None:
    assert is_strict(SCHEMA)
    loose = {"type": "object", "properties": {"a": {"type": "string"}}}
    within = {
        **SCHEMA, "properties": {"scores": {"type": "array", "items": loose}},
    }  # fmt: skip
    assert not is_strict(within)


async def test_the_model_is_told_what_was_wrong_and_not_asked_for_ever() -> None:
    model = ScriptedModel(objects=["no", '{"scores": [2]}'])
    assert await model.structured(ASKED, SCHEMA, max_tokens=9) == {"scores": [2]}
    assert "no JSON" in model.contexts[1][-1].text
    with pytest.raises(EngineError, match="malformed"):
        await ScriptedModel(objects=["no"]).structured(ASKED, SCHEMA, max_tokens=9)


async def test_another_model_may_do_better_and_the_first_stays_healthy() -> None:
    second = ScriptedModel(objects=[json.dumps({"scores": []})])
    models = FailoverModel("model", {"first": HalfwayModel(), "second": second})
    assert await models.structured(ASKED, SCHEMA, max_tokens=9) == {"scores": []}
    assert models.state() == {"first": "ok", "second": "ok"}
