"""The golden set holds: its gates always, its bounds against a model that keeps to them."""

import asyncio
import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from interviews.demo import content
from interviews.scoring import golden
from interviews.tests.rated import scripted, verdict
from voice.adapters.scripted import ScriptedModel
from voice.tests.wire.openai import Chat
from voice.tests.wire.server import serve

CASES = golden.transcripts({guide.slug: content.snapshot(guide) for guide in content.guides()})


def test_every_kind_is_there_in_both_languages() -> None:
    assert len(CASES) >= 20
    kinds = Counter((case.kind, case.language) for case in CASES)
    for kind in ("good", "weak", "empty", "off-topic", "hostile", "injected"):
        assert kinds[kind, "en"] and kinds[kind, "ko"]
    assert any(case.kind == "mixed language" for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_its_gate(case: golden.Transcript) -> None:
    async for result in golden.results([case], None):
        assert result.gate == case.expected.gate


class Fixed(ScriptedModel):
    """Gives one level with a quote from the first answer."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self.level = level

    async def structured(self, messages, schema, *, max_tokens):
        answers = json.loads(messages[1].text)["answers"]
        first = next(each for each in answers if each["answer"] == "A1")
        return verdict(self.level, first["said"].split(". ")[0])


async def test_a_model_that_always_gives_five_breaks_the_bounds() -> None:
    found = {r.transcript.id: r async for r in golden.results(CASES, Fixed(5))}
    off_topic, good = found["en-off-topic"].judgement, found["en-good-data"].judgement
    assert off_topic and off_topic.level is None
    assert not found["en-weak-blame"].holds
    assert good and good.level == 5
    assert found["en-good-data"].holds


async def test_a_model_that_always_gives_one_breaks_them_too() -> None:
    found = {r.transcript.id: r async for r in golden.results(CASES, Fixed(1))}
    assert not found["ko-good-data"].holds
    assert found["ko-off-topic"].holds


def run(**options) -> str:
    out = StringIO()
    call_command("evaluate_scores", stdout=out, **options)
    return out.getvalue()


def test_the_command_works_with_no_model() -> None:
    told = run()
    assert "gates only, no levels" in told
    assert f"{len(CASES)} of {len(CASES)} gates" in told
    assert "NO" not in told.replace("none", "")


def test_the_command_fails_where_a_model_does_not_hold() -> None:
    with pytest.raises(CommandError, match="does not hold"):
        run(model=json.dumps(scripted(verdict(3, "words that nobody said"))), only="golden")


def test_the_command_names_a_model_that_cannot_be_reached() -> None:
    options = {"model": "m", "base_url": "http://127.0.0.1:9/v1", "api_key_env": ""}
    backend = "voice.adapters.openai_chat.OpenAIChat"
    with pytest.raises(CommandError, match="does not work"):
        run(model=json.dumps({"BACKEND": backend, "OPTIONS": options}), only="golden")


async def test_the_command_asks_a_hosted_model_over_its_wire() -> None:
    """Every object it gives quotes words that nobody said: no level, and the gates stand."""
    chat = Chat()
    chat.objects = [json.dumps(verdict(4, "words that nobody has ever said here"))]
    async with serve(chat) as wire:
        options = {"model": "m", "base_url": wire.url, "api_key": "k"}
        backend = "voice.adapters.openai_chat.OpenAIChat"
        model = json.dumps({"BACKEND": backend, "OPTIONS": options})
        out = StringIO()
        with pytest.raises(CommandError, match="does not hold"):
            await asyncio.to_thread(
                call_command, "evaluate_scores", model=model, only="golden", stdout=out
            )
    told = out.getvalue()
    assert "Scoring model: m" in told
    assert f"{len(CASES)} of {len(CASES)} gates" in told
    open_cases = sum(case.expected.gate == "open" for case in CASES)
    assert len(wire.requests) == 2 * open_cases
    assert told.count("quote_not_found") == open_cases
