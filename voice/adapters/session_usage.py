"""What a speech-to-speech session tells of its tokens, as one ``Use``."""

from typing import Any

from google.genai import types

from voice.metering import Use


def of_realtime(engine: str, model: str, usage: Any) -> Use | None:
    """From ``response.done`` of OpenAI's Realtime API; None: it tells nothing."""
    given = getattr(usage, "input_token_details", None)
    made = getattr(usage, "output_token_details", None)
    if given is None or made is None:
        return None
    cached = getattr(given, "cached_tokens_details", None)
    return Use(
        "speech",
        engine,
        model,
        input_tokens=_count(given, "text_tokens"),
        cached_tokens=_count(cached, "text_tokens"),
        output_tokens=_count(made, "text_tokens"),
        audio_input_tokens=_count(given, "audio_tokens"),
        cached_audio_tokens=_count(cached, "audio_tokens"),
        audio_output_tokens=_count(made, "audio_tokens"),
    )


def of_transcription(engine: str, model: str, usage: Any) -> Use | None:
    """From a transcription that was completed in such a session, by another model: its seconds or
    its tokens; None: it tells nothing."""
    kind = getattr(usage, "type", "")
    if kind == "duration":
        return Use("recognizer", engine, model, seconds=float(usage.seconds))
    if kind != "tokens":
        return None
    given = getattr(usage, "input_token_details", None)
    audio = _count(given, "audio_tokens")
    return Use(
        "recognizer",
        engine,
        model,
        input_tokens=max(0, _count(usage, "input_tokens") - audio),
        output_tokens=_count(usage, "output_tokens"),
        audio_input_tokens=audio,
    )


def of_gemini(engine: str, model: str, usage: types.UsageMetadata) -> Use:
    """From a message's ``usage_metadata`` of Gemini's Live API."""
    audio_in = _audio(usage.prompt_tokens_details)
    audio_cached = _audio(usage.cache_tokens_details)
    audio_out = _audio(usage.response_tokens_details)
    answered = (usage.response_token_count or 0) + (usage.thoughts_token_count or 0)
    return Use(
        "speech",
        engine,
        model,
        input_tokens=max(0, (usage.prompt_token_count or 0) - audio_in),
        cached_tokens=max(0, (usage.cached_content_token_count or 0) - audio_cached),
        output_tokens=max(0, answered - audio_out),
        audio_input_tokens=audio_in,
        cached_audio_tokens=audio_cached,
        audio_output_tokens=audio_out,
    )


def _count(details: Any, name: str) -> int:
    count = getattr(details, name, 0)
    return count if isinstance(count, int) else 0


def _audio(details: list[types.ModalityTokenCount] | None) -> int:
    return sum(
        part.token_count or 0
        for part in details or ()
        if part.modality is types.MediaModality.AUDIO
    )
