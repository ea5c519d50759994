"""Each pass, before and after."""

# pyright: basic
import numpy as np
import onnx
import pytest
from onnx import helper
from qonnx.core.modelwrapper import ModelWrapper

from r2b_hw.frontend.fold_constants import FoldConstants
from r2b_hw.frontend.graph_view import view_graph
from r2b_hw.frontend.layer_paths import layer_path
from r2b_hw.frontend.normalise_products import NormaliseProducts
from r2b_hw.frontend.order_opset_imports import OrderOpsetImports
from r2b_hw.frontend.skip_identities import SkipIdentities
from r2b_hw.frontend.tag_layers import LAYER, MODULES, TagLayers, read_tag

from .graphs import QONNX, GraphBuilder, integers


def applied(g: GraphBuilder, transformation: type, *outputs: str) -> ModelWrapper:
    return ModelWrapper(g.model(*outputs)).transform(transformation(), cleanup=False)


def operators(model: ModelWrapper) -> list[str]:
    return [node.op_type for node in model.graph.node]


def test_opsets_start_with_the_standard_domain() -> None:
    g = GraphBuilder()
    output = g.quant("images")
    assert [entry.domain for entry in g.model(output).opset_import] == [QONNX, ""]
    model = applied(g, OrderOpsetImports, output)
    assert [(entry.domain, entry.version) for entry in model.model.opset_import] == [("", 20), (QONNX, 2)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/stem/conv/Conv", "stem.conv"),
        ("/blocks/blocks.0/gate/fc1/Gemm", "blocks.0.gate.fc1"),
        ("/blocks/blocks.0/gate/gin/act_quant/export_handler/Quant", "blocks.0.gate.gin"),
        ("/blocks/blocks.1/relu/act_quant/activation_impl/Relu", "blocks.1.relu"),
        ("/features/features.0/features.0.1/Conv", "features.0.1"),
        ("/ReduceSum", ""),
        ("node_conv2d", ""),
    ],
)
def test_layer_path_of_torchscript_names(name: str, path: str) -> None:
    assert layer_path(helper.make_node("Op", ["x"], ["y"], name=name)) == path


@pytest.mark.parametrize(
    ("scopes", "path"),
    [
        ("['', 'blocks', 'blocks.0', 'blocks.0.conv', 'conv2d_1']", "blocks.0.conv"),
        ("['', 'r', 'r.act_quant', 'r.act_quant.fused_activation_quant_proxy.activation_impl', 'relu']", "r"),
        ("['', 'sum_1']", ""),
        ("not a list", ""),
    ],
)
def test_layer_path_of_dynamo_metadata(scopes: str, path: str) -> None:
    node = helper.make_node("Op", ["x"], ["y"], name="node_op")
    entry = node.metadata_props.add()
    entry.key, entry.value = "pkg.torch.onnx.name_scopes", scopes
    assert layer_path(node) == path


def test_a_module_gives_the_output_of_its_last_node_of_the_data_path() -> None:
    g = GraphBuilder()
    weights = g.quant(g.constant(integers(0, 4, 4, 1, 1)), layer="block.conv.weight_quant.export_handler")
    conv = g.node("Conv", "images", weights, layer="block.conv")
    relu = g.node("Relu", conv, layer="block.relu.act_quant.activation_impl")
    output = g.quant(relu, layer="block.relu.act_quant.export_handler")
    model = applied(g, TagLayers, output)
    tags = [(read_tag(node, LAYER), read_tag(node, MODULES)) for node in model.graph.node]
    assert tags == [
        ("block.conv", ""),
        ("block.conv", "block.conv"),
        ("block.relu", ""),
        ("block.relu", "block\nblock.relu"),
    ]


def test_constants_fold() -> None:
    g = GraphBuilder()
    slope = g.quant(g.constant([0.3, -0.2, 0.9, 0.11]), exponent=3, bits=4)
    slope = g.node("Unsqueeze", slope, g.constant([1, 2], np.int64))
    output = g.node("PRelu", g.quant("images"), slope)
    model = applied(g, FoldConstants, output)
    assert operators(model) == ["Quant", "PRelu"]
    expected = np.array([0.25, -0.25, 0.875, 0.125], dtype=np.float32).reshape(4, 1, 1)
    assert np.array_equal(model.get_initializer(slope), expected)


def test_constant_nodes_and_binary_weights_fold() -> None:
    g = GraphBuilder()
    value = onnx.numpy_helper.from_array(np.array([0.5, -0.25, 0.0], dtype=np.float32))
    output = g.node("Add", "images", g.sign(g.node("Constant", value=value)))
    model = applied(g, FoldConstants, output)
    assert operators(model) == ["Add"]
    assert model.get_initializer(model.graph.node[0].input[1]).tolist() == [1.0, -1.0, 1.0]


def test_shapes_fold() -> None:
    """view(x.size(0), -1), as the TorchScript exporter writes it."""
    g = GraphBuilder()
    batch = g.node("Gather", g.node("Shape", "images"), g.constant(0, np.int64), axis=0)
    first = g.node("Unsqueeze", batch, g.constant([0], np.int64))
    output = g.node("Reshape", "images", g.node("Concat", first, g.constant([-1], np.int64), axis=0))
    model = applied(g, FoldConstants, output)
    assert operators(model) == ["Reshape"]
    assert model.get_initializer(model.graph.node[0].input[1]).tolist() == [1, -1]


def test_products_become_gemm_with_transposed_weights() -> None:
    weights = integers(0, 3, 5)
    for op, attributes, stored in (
        ("MatMul", {}, weights),
        ("Gemm", {"transB": 0}, weights),
        ("Gemm", {"transB": 1}, np.ascontiguousarray(weights.T)),
    ):
        g = GraphBuilder((1, 3))
        output = g.node(op, "images", g.constant(stored), **attributes)
        model = applied(g, NormaliseProducts, output)
        (node,) = model.graph.node
        assert node.op_type == "Gemm"
        assert {a.name: helper.get_attribute_value(a) for a in node.attribute}["transB"] == 1
        assert np.array_equal(model.get_initializer(node.input[1]), weights.T)


def test_identities_vanish_but_not_at_the_output() -> None:
    g = GraphBuilder()
    inner = g.node("Dropout", g.node("Identity", g.quant("images")))
    output = g.node("Identity", g.node("Relu", inner))
    model = applied(g, SkipIdentities, output)
    assert operators(model) == ["Quant", "Relu", "Identity"]
    assert model.graph.node[1].input[0] == model.graph.node[0].output[0]


def test_the_view_leaves_out_what_the_output_does_not_need() -> None:
    g = GraphBuilder()
    x = g.quant("images")
    g.node("Relu", x)
    view = view_graph(ModelWrapper(g.model(g.node("Neg", x))), "model")
    assert [node.op for node in view.nodes] == ["Quant", "Neg"]
