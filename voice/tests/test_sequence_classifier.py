"""A classifier of two words' worth of knowledge, made here; its files are those of a real one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from voice.adapters.sequence_classifier import SequenceClassifier
from voice.engines import Verdict
from voice.errors import EngineError

VOCABULARY = {"[UNK]": 0, "[CLS]": 1, "hate": 2, "바보": 3, "die": 4, "cat": 5}
LABELS = {"0": "clean", "1": "abuse", "2": "despair"}
WEIGHTS = [[0, 0, 0], [2, 0, 0], [0, 6, 0], [0, 6, 0], [0, 0, 7], [3, 0, 0]]
"""What each word says for each label."""
MEANING = {"abuse": [2, "harassment"], "despair": [3, "self_harm"]}


def write(folder: Path, *, inputs: tuple[str, ...], **config: Any) -> Path:
    """Logits are the sum of the rows of the words, masked: real tensors of the usual names."""
    words = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 1)]
    )
    words.enable_padding(length=16)
    words.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"id2label": LABELS, **config}), "utf-8")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["rows", "column"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "middle"], ["logits"], keepdims=0),
    ]
    given = [helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "words"]) for n in inputs]
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3])
    constants = [
        numpy_helper.from_array(np.array(WEIGHTS, np.float32), "table"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "middle"),
    ]
    graph = helper.make_graph(nodes, "tiny", given, [out], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "model.onnx"))
    return folder


@pytest.fixture(
    params=[("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")]
)
def folder(request: Any, tmp_path: Path) -> Path:
    return write(tmp_path, inputs=request.param)


async def test_labels_are_mapped_to_levels(folder: Path) -> None:
    classifier = SequenceClassifier(folder=str(folder), labels=MEANING)
    await classifier.warm()
    assert await classifier.judge("a cat", "en") == Verdict()
    verdict = await classifier.judge("너 바보", "ko")
    assert (verdict.level, verdict.categories) == (2, ("harassment",))
    # softmax of (2, 6, 0)
    assert verdict.confidence == pytest.approx(np.exp(6) / (np.exp(2) + np.exp(6) + 1), abs=1e-6)
    assert (await classifier.judge("die", "en")).categories == ("self_harm",)
    assert (await classifier.judge("hate cat", "en")).level == 2
    assert await classifier.judge(" ", "en") == Verdict()
    await classifier.close()


async def test_labels_that_do_not_exclude_each_other(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        inputs=("input_ids", "attention_mask"),
        problem_type="multi_label_classification",
    )
    verdict = await SequenceClassifier(folder=str(folder), labels=MEANING).judge("hate die", "en")
    assert (verdict.level, verdict.categories) == (3, ("self_harm", "harassment"))
    assert verdict.confidence == pytest.approx(1 / (1 + np.exp(-7)), abs=1e-6)


async def test_what_is_not_sure_enough_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, inputs=("input_ids", "attention_mask"))
    for least, level in ((0.5, 2), (0.9999, 0)):
        classifier = SequenceClassifier(folder=str(tmp_path), labels=MEANING, least=least)
        assert (await classifier.judge("hate", "en")).level == level


async def test_a_label_that_is_not_named_is_harmless(tmp_path: Path) -> None:
    write(tmp_path, inputs=("input_ids", "attention_mask"))
    classifier = SequenceClassifier(folder=str(tmp_path), labels={"abuse": [2, "harassment"]})
    assert await classifier.judge("die", "en") == Verdict()


async def test_it_keeps_to_its_languages_and_reads_so_much(tmp_path: Path) -> None:
    write(tmp_path, inputs=("input_ids", "attention_mask"))
    options: dict[str, Any] = {"folder": str(tmp_path), "labels": MEANING}
    korean = SequenceClassifier(languages=["ko"], **options)
    assert (await korean.judge("바보", "en"), (await korean.judge("바보", "ko")).level) == (
        Verdict(),
        2,
    )
    short = SequenceClassifier(tokens=3, **options)
    assert await short.judge("cat cat hate hate hate hate", "en") == Verdict()


async def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    def made(**labels: Any) -> SequenceClassifier:
        return SequenceClassifier(folder=str(tmp_path), labels=labels or MEANING)

    with pytest.raises(EngineError, match=r"model\.onnx: missing_weights"):
        await made().warm()
    write(tmp_path, inputs=("input_ids", "attention_mask"))
    with pytest.raises(EngineError, match="labels spam: unknown_labels"):
        await made(spam=[1, "spam"]).warm()
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes(b"{")
        with pytest.raises(EngineError, match=rf"{name}: damaged_weights"):
            await made().warm()
        write(tmp_path, inputs=("input_ids", "attention_mask"))
    with pytest.raises(ValueError):
        made(abuse=[4, "harassment"])
