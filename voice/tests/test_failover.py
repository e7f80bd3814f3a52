from contextlib import aclosing

import pytest

from voice.adapters.scripted import ScriptedModel, ScriptedRecognizer, ScriptedSynthesizer
from voice.audio import silence
from voice.engines import Message, Writing
from voice.errors import EngineError
from voice.failover import (
    COOL_DOWN,
    LONGEST_COOL_DOWN,
    FailoverModel,
    FailoverRecognizer,
    FailoverSynthesizer,
    Switch,
)
from voice.loading import load
from voice.tests.failing import FailingRecognizer, HalfwayModel, HalfwaySynthesizer

ASKED = (Message("candidate", "Because."),)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def heard(engine: FailoverRecognizer) -> str:
    return (await engine.transcribe(silence(1.0))).text


async def written(engine: FailoverModel) -> str:
    return "".join([delta async for delta in engine.reply(ASKED, max_tokens=9)])


async def spoken(engine: FailoverSynthesizer, text: str, voice: str = "") -> list[str]:
    return [clip.text async for clip in engine.speak(text, language="en", voice=voice)]


def pair(
    first: FailingRecognizer, clock: Clock
) -> tuple[FailoverRecognizer, ScriptedRecognizer, list[Switch]]:
    second = ScriptedRecognizer(last="from the second")
    engine = FailoverRecognizer("recognizer", {"first": first, "second": second}, clock=clock)
    switches: list[Switch] = []
    engine.watch(switches.append)
    return engine, second, switches


async def test_the_next_engine_serves_until_the_first_has_cooled_down() -> None:
    clock, first = Clock(), FailingRecognizer(EngineError("first", "unavailable", retryable=True))
    engine, _, switches = pair(first, clock)
    assert await heard(engine) == await heard(engine) == "from the second"
    assert first.requests == 1
    assert engine.state() == {"first": "unavailable", "second": "ok"}

    first.error, clock.now = None, clock.now + COOL_DOWN
    assert await heard(engine) == "from the first"
    assert engine.state() == {"first": "ok", "second": "ok"}
    assert switches == [
        Switch("recognizer", "first", "second", "unavailable"),
        Switch("recognizer", "second", "first", ""),
    ]


async def test_what_began_before_the_trouble_does_not_tell_that_it_is_over() -> None:
    clock = Clock()
    first = HalfwaySynthesizer(9)
    engine = FailoverSynthesizer(
        "synthesizer", {"a": first, "b": HalfwaySynthesizer(9)}, clock=clock
    )
    switches: list[Switch] = []
    engine.watch(switches.append)
    async with aclosing(engine.speak("One two three.", language="en", voice="")) as clips:
        await anext(clips)
        clock.now += 1
        first.refuses = EngineError("a", "rate_limited", retryable=True, retry_after=90.0)
        assert await spoken(engine, "Another call.") == ["Another ", "call."]
        first.refuses = None
        assert [clip.text async for clip in clips] == ["two ", "three."]
    assert engine.state() == {"a": "rate_limited", "b": "ok"}
    assert [switch.engine for switch in switches] == ["b"]
    clock.now += 90
    await spoken(engine, "And now.")
    assert engine.state() == {"a": "ok", "b": "ok"}


async def test_it_is_left_alone_longer_each_time() -> None:
    clock, first = Clock(), FailingRecognizer(EngineError("first", "timeout", retryable=True))
    engine, _, switches = pair(first, clock)
    await heard(engine)
    clock.now += COOL_DOWN
    await heard(engine)
    clock.now += COOL_DOWN
    await heard(engine)
    assert first.requests == 2
    assert len(switches) == 1


async def test_calls_that_meet_the_same_trouble_are_one_failure() -> None:
    clock, first = Clock(), FailingRecognizer(EngineError("first", "timeout", retryable=True))
    engine = FailoverRecognizer("recognizer", {"first": first}, clock=clock)
    for _ in range(1_100):
        with pytest.raises(EngineError):
            await heard(engine)
    clock.now += COOL_DOWN
    assert engine.state() == {"first": "ok"}


async def test_an_engine_may_fail_for_weeks() -> None:
    clock, first = Clock(), FailingRecognizer(EngineError("first", "timeout", retryable=True))
    engine, _, _ = pair(first, clock)
    for _ in range(1_100):
        clock.now += LONGEST_COOL_DOWN
        assert await heard(engine) == "from the second"


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (EngineError("first", "rate_limited", retryable=True, retry_after=90.0), 90.0),
        (EngineError("first", "unauthorised"), LONGEST_COOL_DOWN),
    ],
)
async def test_as_long_as_its_provider_asks_or_its_fault_lasts(
    error: EngineError, pause: float
) -> None:
    clock, first = Clock(), FailingRecognizer(error)
    engine, _, _ = pair(first, clock)
    await heard(engine)
    clock.now += pause - 1
    await heard(engine)
    assert first.requests == 1
    clock.now += 1
    await heard(engine)
    assert first.requests == 2


async def test_a_request_that_cannot_be_served_says_nothing_of_the_engine() -> None:
    first = FailingRecognizer(EngineError("first", "unsupported_language"))
    engine, _, _ = pair(first, Clock())
    await heard(engine)
    await heard(engine)
    assert first.requests == 2


async def test_if_all_fail_the_last_error_is_told_and_the_next_request_tries_again() -> None:
    first = FailingRecognizer(EngineError("first", "timeout", retryable=True))
    engine, second, _ = pair(first, Clock())
    second.fails = 1
    with pytest.raises(EngineError, match="scripted recognizer: unavailable"):
        await heard(engine)
    first.error = None
    assert await heard(engine) == "from the first"


async def test_what_a_synthesizer_has_said_is_not_said_again() -> None:
    second = ScriptedSynthesizer()
    engine = FailoverSynthesizer("synthesizer", {"a": HalfwaySynthesizer(2), "b": second})
    assert await spoken(engine, "One two three four.", voice="anna") == [
        "One ",
        "two ",
        "three four.",
    ]
    assert second.spoken == ["three four."]


async def test_a_synthesizer_that_failed_after_the_last_word_is_not_followed() -> None:
    second = ScriptedSynthesizer()
    engine = FailoverSynthesizer("synthesizer", {"a": HalfwaySynthesizer(2), "b": second})
    assert await spoken(engine, "One two") == ["One ", "two"]
    assert second.spoken == []


async def test_closing_closes_the_engine_that_speaks() -> None:
    second = ScriptedSynthesizer()
    engine = FailoverSynthesizer("synthesizer", {"a": HalfwaySynthesizer(0), "b": second})
    async with aclosing(engine.speak("One. Two.", language="en", voice="")) as clips:
        await anext(clips)
        assert second.open_streams == 1
    assert second.open_streams == 0


@pytest.mark.parametrize(
    ("voice", "others"), [("anna", ""), ("anna|joe:low", "joe:low"), ("|joe", "joe")]
)
async def test_a_voice_has_a_name_for_each_engine(voice: str, others: str) -> None:
    first, second = HalfwaySynthesizer(0), HalfwaySynthesizer(9)
    engine = FailoverSynthesizer("synthesizer", {"a": first, "b": second})
    await spoken(engine, "One.", voice=voice)
    assert (first.voices, second.voices) == ([voice.partition("|")[0]], [others])


async def test_a_model_fails_over_before_its_first_word_only() -> None:
    second = ScriptedModel("Why was that?")
    engine = FailoverModel("model", {"a": ScriptedModel(fails=True), "b": second})
    assert (await written(engine)).strip() == "Why was that?"

    engine = FailoverModel("model", {"a": HalfwayModel(), "b": second})
    with pytest.raises(EngineError, match="halfway"):
        await written(engine)
    assert len(second.contexts) == 1


async def test_a_model_of_fewer_languages_serves_from_the_next_reply_on() -> None:
    second = ScriptedModel("Why was that?", languages=frozenset({"en"}))
    engine = FailoverModel("model", {"a": HalfwayModel(words=0), "b": second})
    assert engine.languages == {"en", "ko"}
    with pytest.raises(EngineError):
        await written(engine)
    assert engine.languages == {"en"}
    assert (await written(engine)).strip() == "Why was that?"


async def test_what_may_be_expected_of_the_replies_is_what_the_present_model_writes() -> None:
    second = ScriptedModel("Why was that?", writing=Writing(tokens=20))
    engine = FailoverModel("model", {"a": HalfwayModel(words=0), "b": second})
    assert engine.writing == HalfwayModel.writing != second.writing
    assert (await written(engine)).strip() == "Why was that?"
    assert engine.writing == second.writing


async def test_warming_fails_only_if_no_engine_can_be_warmed() -> None:
    broken = EngineError("first", "unauthorised")
    engine, second, switches = pair(FailingRecognizer(broken), Clock())
    await engine.warm()
    assert await heard(engine) == "from the second"
    assert [switch.code for switch in switches] == ["unauthorised"]
    alone = FailoverRecognizer("recognizer", {"first": FailingRecognizer(broken)})
    with pytest.raises(EngineError, match="unauthorised"):
        await alone.warm()


def entry(name: str, **options: object) -> dict[str, object]:
    return {"BACKEND": f"voice.adapters.scripted.{name}", "OPTIONS": options}


def profile(**roles: object) -> dict[str, object]:
    return {
        "detector": entry("LoudnessDetector"),
        "turn_model": entry("ScriptedTurnModel"),
        "recognizer": entry("ScriptedRecognizer"),
        "model": entry("ScriptedModel"),
        "synthesizers": {"en": entry("ScriptedSynthesizer")},
    } | roles


async def test_a_list_in_the_configuration_is_tried_in_order() -> None:
    first = entry("ScriptedRecognizer", fails=1) | {"NAME": "first"}
    engines = load(profile(recognizer=[first, entry("ScriptedRecognizer", last="second")]))
    assert (await engines.recognizer.transcribe(silence(1.0))).text == "second"


@pytest.mark.parametrize(
    "roles",
    [
        {"detector": [entry("LoudnessDetector")]},
        {"model": [entry("ScriptedModel"), entry("ScriptedModel")]},
        {"model": []},
    ],
)
def test_a_list_that_makes_no_sense_is_named(roles: dict[str, object]) -> None:
    (role,) = roles
    with pytest.raises(EngineError, match=role):
        load(profile(**roles))


def test_what_is_configured_alike_is_one_engine_in_all_profiles() -> None:
    made: dict[str, object] = {}
    one = load(profile(), made)
    two = load(profile(model=entry("ScriptedModel", text="Else.")), made)
    assert one.recognizer is two.recognizer
    assert one.model is not two.model
    assert one.synthesizers["en"] is two.synthesizers["en"]


def test_a_list_that_is_configured_alike_has_one_circuit() -> None:
    made: dict[str, object] = {}
    both = [entry("ScriptedRecognizer"), entry("ScriptedRecognizer") | {"NAME": "other"}]
    one = load(profile(recognizer=both), made)
    two = load(profile(recognizer=both, model=entry("ScriptedModel", text="Else.")), made)
    assert one.recognizer is two.recognizer
    assert load(profile(recognizer=both[:1]), made).recognizer is not one.recognizer
