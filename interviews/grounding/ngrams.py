"""Character n-grams: finds shared words and stems in any language, without a model.

For Korean they serve better than words: particles and endings change a word's end, not its stem.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from interviews.grounding.embedders import Vectors

SIZES = (2, 3)
WIDTH = 4096


class Ngrams:
    """Counts of n-grams within words, hashed to ``WIDTH`` numbers; weighing them by how rare they
    are (TF-IDF) is left to the search, which knows all passages."""

    name = f"ngrams-{WIDTH}"
    alike, close = 0.1, 0.2
    weighs = True

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for gram, count in _grams(text).items():
                row[_place(gram)] += 1 + np.log(count)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        vectors: Vectors = rows / np.maximum(lengths, 1e-9)
        return vectors


def _grams(text: str) -> Counter[str]:
    words = re.findall(r"[가-힣]+|[a-z0-9+#]+", text.lower())
    return Counter(
        word[start : start + size]
        for word in words
        for size in SIZES
        for start in range(len(word) - size + 1)
    )


def _place(gram: str) -> int:
    # Python's own hash differs from process to process; these are stored.
    return int.from_bytes(hashlib.blake2s(gram.encode(), digest_size=4).digest()) % WIDTH
