"""The graph of Smart Turn as it is run here.

Its export quantised what its attention takes the softmax of. onnxruntime computes that value by
value, a quarter of the whole; in float it takes next to nothing and is exacter besides.
"""

from pathlib import Path

import onnx


def with_float_softmax(path: Path) -> bytes:
    """The model at ``path``; one that is not quantised is left as it is."""
    model = onnx.load(path)
    nodes = model.graph.node
    made_by = {node.output[0]: node for node in nodes}
    for softmax in [node for node in nodes if node.op_type == "Softmax"]:
        back = made_by.get(softmax.input[0])
        there = made_by.get(back.input[0]) if back else None
        if back and there and there.op_type == "QuantizeLinear":
            softmax.input[0] = there.input[0]
            nodes.remove(back)
            nodes.remove(there)
    used = {name for node in nodes for name in node.input}
    for constant in [one for one in model.graph.initializer if one.name not in used]:
        model.graph.initializer.remove(constant)
    return bytes(model.SerializeToString())
