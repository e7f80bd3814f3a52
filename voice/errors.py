class VoiceError(Exception):
    """Base of everything that this package raises on purpose."""


class BadAudio(VoiceError):
    """Bytes that are not the audio they were declared to be."""


class EngineError(VoiceError):
    """An engine could not do its work: the turn fails over or fails, the call goes on.

    ``code`` is a short machine-readable word (``timeout``, ``unavailable``, ``empty`` …);
    it never holds a provider's response body. ``retry_after`` is the seconds for which the
    provider asked to be left alone, if it did.
    """

    def __init__(
        self,
        engine: str,
        code: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{engine}: {code}")
        self.engine = engine
        self.code = code
        self.retryable = retryable
        self.retry_after = retry_after
