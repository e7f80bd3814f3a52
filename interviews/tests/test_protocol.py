import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.live import protocol
from interviews.live.protocol import ProtocolError, parse
from voice import events
from voice.visemes import Viseme


def test_init_has_the_documented_defaults() -> None:
    message = parse('{"type": "init"}')
    assert isinstance(message, protocol.Init)
    assert message.audio.encoding == "webm_opus"
    assert message.playback.transport == "json"
    assert message.language == "auto"
    assert message.resume_after is None


def test_init_whole() -> None:
    message = parse(
        json.dumps(
            {
                "type": "init",
                "audio": {"encoding": "pcm_s16le", "sample_rate": 48000},
                "playback": {"transport": "binary", "sample_rate": 16000},
                "language": "ko-KR",
                "resume_after": 12,
            }
        )
    )
    assert isinstance(message, protocol.Init)
    assert message.audio.sample_rate == 48000
    assert message.resume_after == 12


def test_null_is_a_field_left_out() -> None:
    assert parse('{"type": "init", "audio": {"sample_rate": null}, "language": null}') == parse(
        '{"type": "init"}'
    )


def test_typed_answers_hold_nothing_that_cannot_be_stored() -> None:
    message = parse('{"type": "text_answer", "text": "I\\u0000 built it."}')
    assert isinstance(message, protocol.TextAnswer)
    assert message.text == "I built it."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_message"),
        ("[]", "bad_message"),
        ("nonsense", "bad_message"),
        ("[" * 100_000, "bad_message"),
        ("{}", "bad_message"),
        ('{"type": 3}', "bad_message"),
        ('{"type": "dance"}', "unknown_message"),
        ('{"type": "init", "audio": {"encoding": "mp3"}}', "bad_message"),
        ('{"type": "init", "audio": {"sample_rate": 4000}}', "bad_message"),
        ('{"type": "text_answer"}', "bad_message"),
        (json.dumps({"type": "text_answer", "text": "x" * 4001}), "bad_message"),
        ('{"type": "playback", "utterance": "u", "played_ms": -1}', "bad_message"),
        ('{"type": "playback", "utterance": "u", "played_ms": NaN}', "bad_message"),
        ('{"type": "ping", "id": NaN}', "bad_message"),
        ('{"type": "ping", "id": 1e999}', "bad_message"),
        ('{"type": "ping", "id": "\\ud800"}', "bad_message"),
        ('{"type": "text_answer", "text": null}', "bad_message"),
        (json.dumps({"type": "audio_chunk", "data": "x" * 200_000}), "frame_too_large"),
    ],
)
def test_bad_messages_are_named(text: str, code: str) -> None:
    with pytest.raises(ProtocolError) as error:
        parse(text)
    assert error.value.code == code


def test_an_error_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(ProtocolError) as error:
        parse('{"type": "text_answer", "text": {"my": "secret"}}')
    assert "secret" not in error.value.message


def test_audio_chunks() -> None:
    chunk = parse(json.dumps({"type": "audio_chunk", "data": base64.b64encode(b"abc").decode()}))
    assert isinstance(chunk, protocol.AudioChunk)
    assert chunk.audio() == b"abc"
    broken = parse('{"type": "audio_chunk", "data": "?"}')
    assert isinstance(broken, protocol.AudioChunk)
    with pytest.raises(ProtocolError):
        broken.audio()


def test_events_on_the_wire() -> None:
    shapes = events.MouthShapes("u", (Viseme(0.1, 0.05, "PP"),))
    assert protocol.encode(shapes) == {
        "type": "ai_visemes",
        "utterance": "u",
        "visemes": [[100, 50, "PP"]],
    }
    done = events.TurnCompleted(2, "hi", "ho", events.Latency(endpoint=0.4, total=0.5))
    message = protocol.encode(done)
    assert message is not None
    assert message["latency"] == {
        "endpoint_ms": 400,
        "stt_ms": None,
        "llm_first_token_ms": None,
        "tts_first_audio_ms": None,
        "total_ms": 500,
    }


@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "text", "audio", "init", "data"]), children),
    max_leaves=10,
).map(json.dumps))  # fmt: skip
def test_whatever_comes_is_a_message_or_a_protocol_error(text: str) -> None:
    try:
        parse(text)
    except ProtocolError as error:
        assert error.code in {"bad_message", "unknown_message", "frame_too_large"}
