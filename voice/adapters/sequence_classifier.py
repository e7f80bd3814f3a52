"""A sequence classifier (KoELECTRA, KcELECTRA, RoBERTa …) through onnxruntime and tokenizers.

It reads what ``optimum-cli export onnx --task text-classification`` writes into a folder:
``model.onnx``, ``tokenizer.json`` and ``config.json`` with its ``id2label``.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from voice.adapters.onnx import open_session
from voice.engines import Verdict
from voice.errors import EngineError

MULTI_LABEL = "multi_label_classification"


class SequenceClassifier:
    """``labels``: ``{label: [level, category]}``; a label that it does not name is harmless.

    ``least``: the probability from which on a label counts. Labels exclude each other unless the
    model's config says otherwise. ``languages`` other than these are not judged; empty: all are.
    ``tokens``: how much of a text is read. One session and one thread a process.
    """

    def __init__(
        self,
        *,
        folder: str,
        labels: Mapping[str, Sequence[Any]],
        least: float = 0.7,
        languages: Sequence[str] = (),
        tokens: int = 256,
        cpu_threads: int = 1,
    ) -> None:
        self._folder = Path(folder)
        self._labels = {label: (int(row[0]), str(row[1])) for label, row in labels.items()}
        if not all(level in (1, 2, 3) for level, _ in self._labels.values()):
            raise ValueError("a label's level is 1, 2 or 3")
        self._least = least
        self._languages = frozenset(languages)
        self._tokens = tokens
        self._cpu_threads = cpu_threads
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="classifier")

    async def judge(self, text: str, language: str) -> Verdict:
        """Raises ``EngineError``: ``missing_weights``, ``damaged_weights``, or ``unknown_labels``
        where the model has not every label that is named."""
        if not text.strip() or (self._languages and language not in self._languages):
            return Verdict()
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._judged, text)

    async def warm(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._executor, self._judged, "warm")

    async def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self.__dict__.pop("_model", None)

    def probabilities(self, text: str) -> dict[str, float]:
        """Of every label of the model, on the calling thread."""
        model = self._model
        read = model.tokenizer.encode(text)
        given = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": read.type_ids,
        }
        feed = {name: np.array([given[name]], np.int64) for name in model.inputs}
        logits = np.asarray(model.session.run(None, feed)[0], np.float64)[0]
        if model.multi_label:
            shares = 1 / (1 + np.exp(-logits))
        else:
            exponents = np.exp(logits - logits.max())
            shares = exponents / exponents.sum()
        return dict(zip(model.labels, map(float, shares), strict=True))

    def _judged(self, text: str) -> Verdict:
        shares = self.probabilities(text)
        met = sorted(
            (-self._labels[label][0], -share, self._labels[label][1])
            for label, share in shares.items()
            if label in self._labels and share >= self._least
        )
        if not met:
            return Verdict()
        return Verdict(-met[0][0], tuple(dict.fromkeys(row[2] for row in met)), -met[0][1])

    @cached_property
    def _model(self) -> "_Model":
        model = _Model(self._folder, tokens=self._tokens, threads=self._cpu_threads)
        if unknown := self._labels.keys() - set(model.labels):
            raise EngineError(f"labels {', '.join(sorted(unknown))}", "unknown_labels")
        return model


class _Model:
    def __init__(self, folder: Path, *, tokens: int, threads: int) -> None:
        self.session: onnxruntime.InferenceSession = _whole(
            folder / "model.onnx", lambda path: open_session(path, threads=threads)
        )
        self.inputs = [each.name for each in self.session.get_inputs()]
        self.tokenizer: Tokenizer = _whole(
            folder / "tokenizer.json", lambda path: Tokenizer.from_file(str(path))
        )
        self.tokenizer.enable_truncation(tokens)
        self.tokenizer.no_padding()
        config = _whole(
            folder / "config.json", lambda path: json.loads(path.read_text(encoding="utf-8"))
        )
        names = config.get("id2label") or {}
        self.labels: list[str] = [names[key] for key in sorted(names, key=int)]
        self.multi_label = config.get("problem_type") == MULTI_LABEL


def _whole(path: Path, read: Any) -> Any:
    if not path.is_file():
        raise EngineError(f"file {path.name}", "missing_weights")
    try:
        return read(path)
    except EngineError:
        raise
    except Exception as error:  # onnxruntime and tokenizers raise types of their own
        raise EngineError(f"file {path.name}", "damaged_weights") from error
