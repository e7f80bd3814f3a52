"""ONNX models on the CPU."""

from pathlib import Path

import onnxruntime

from voice.errors import EngineError


def weights(path: Path) -> Path:
    """``path``, if there is a file. Raises ``EngineError`` (``missing_weights``)."""
    if not path.is_file():
        raise EngineError(f"file {path.name}", "missing_weights")
    return path


def open_session(model: Path | bytes, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """A file or what is in one. Raises ``EngineError`` (``missing_weights``)."""
    source = model if isinstance(model, bytes) else weights(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
