"""Embeddings of an OpenAI-compatible endpoint, through the official SDK."""

from collections.abc import Sequence

import numpy as np
import openai

from interviews.grounding.embedders import Vectors
from voice.adapters.refusal import BAD_ANSWERS
from voice.adapters.secret import secret
from voice.errors import EngineError

BATCH = 128


class OpenAIEmbeddings:
    """``model`` at ``base_url`` (None: OpenAI's own); ``api_key_env`` names the variable with the
    key. ``dimensions`` 0 takes the model's own number. It serves all languages alike, and sends
    them passages of résumés and answers: choose it only if your candidates are told so.
    """

    weighs = False

    def __init__(
        self,
        *,
        model: str = "text-embedding-3-small",
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        dimensions: int = 0,
        timeout: float = 3.0,
        alike: float = 0.3,
        close: float = 0.45,
    ) -> None:
        self.name = f"{model}-{dimensions}" if dimensions else model
        self.alike, self.close = alike, close
        self._model = model
        self._dimensions = dimensions or openai.omit
        self._base_url = base_url
        self._key_env = api_key_env
        self._timeout = timeout
        self._client: openai.OpenAI | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises EngineError (``missing_key``, ``unauthorised``, ``timeout``, ``unavailable``,
        ``rejected``, ``malformed``)."""
        rows: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            rows += self._batch(texts[start : start + BATCH])
        vectors = np.array(rows, np.float32).reshape(len(rows), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        normed: Vectors = vectors / np.maximum(lengths, 1e-9)
        return normed

    def _batch(self, texts: Sequence[str]) -> list[list[float]]:
        key = secret(self._key_env, f"embeddings, {self._key_env}") if self._key_env else "none"
        if self._client is None:
            self._client = openai.OpenAI(
                api_key=key, base_url=self._base_url, timeout=self._timeout, max_retries=1
            )
        # A changed key takes effect with the next request.
        self._client.api_key = key
        try:
            answer = self._client.embeddings.create(
                model=self._model,
                input=list(texts),
                dimensions=self._dimensions,
                encoding_format="float",
            )
            return [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        except openai.APITimeoutError:
            raise EngineError("embeddings", "timeout", retryable=True) from None
        except openai.APIStatusError as error:
            retryable = error.status_code >= 500 or error.status_code == 429
            code = "unavailable" if retryable else "rejected"
            raise EngineError("embeddings", code, retryable=retryable) from None
        except openai.APIError:
            raise EngineError("embeddings", "unavailable", retryable=True) from None
        except BAD_ANSWERS:
            raise EngineError("embeddings", "malformed", retryable=True) from None
