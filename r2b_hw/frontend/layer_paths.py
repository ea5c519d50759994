"""Module paths of ONNX nodes, from what either PyTorch exporter leaves in them."""

# pyright: basic
import ast

from r2b_hw.frontend.onnx_types import OnnxNode

_INTERNAL = {
    "act_quant",
    "activation_impl",
    "bias_quant",
    "export_handler",
    "fused_activation_quant_proxy",
    "output_quant",
    "weight_quant",
}
"""Modules inside a Brevitas layer; they are dropped so that names equal the paths of the user's modules."""


def layer_path(node: OnnxNode) -> str:
    """Return the module path of ``node``, such as ``blocks.0.gate.fc1``; empty where it has none."""
    scopes = _dynamo_scopes(node)
    path = scopes[-1].split(".") if scopes else _torchscript_components(node.name)
    while path and path[-1] in _INTERNAL:
        path = path[:-1]
    return ".".join(path)


def _dynamo_scopes(node: OnnxNode) -> list[str]:
    for entry in node.metadata_props:
        if entry.key == "pkg.torch.onnx.name_scopes":
            try:
                scopes = ast.literal_eval(entry.value)
            except (SyntaxError, ValueError):
                return []
            return [str(scope) for scope in scopes[:-1] if scope]
    return []


def _torchscript_components(name: str) -> list[str]:
    if not name.startswith("/"):
        return []
    components = name.split("/")[1:-1]
    kept: list[str] = []
    for index, component in enumerate(components):
        # A container's item repeats the container: /blocks/blocks.0/conv is blocks.0.conv.
        if index + 1 == len(components) or not components[index + 1].startswith(component + "."):
            kept.append(component)
    return ".".join(kept).split(".") if kept else []
