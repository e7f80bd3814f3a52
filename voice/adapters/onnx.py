"""ONNX models on the CPU."""

from pathlib import Path

import onnxruntime

from voice.errors import EngineError


def open_session(path: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Raises ``EngineError`` (``missing_weights``)."""
    if not path.is_file():
        raise EngineError(f"file {path.name}", "missing_weights")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
