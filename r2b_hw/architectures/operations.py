"""Operations of a layer by the convention of Table 1 (Martinez et al., ICLR 2020).

One BOP is a multiply-accumulate of bits, one FLOP one of real numbers; of the other operations,

* batch normalisation, ReLU, PReLU and hardtanh take 2 an element, an addition or a multiplication 1;
* a k x k max pool takes k*k - 1 an output, an average pool k*k, a mean over the map 1 an input;
* a sign takes 1 an element where branch and shortcut part; a map inside a branch or a shortcut feeds nothing but the
  binary convolution, and its sign belongs to the operation that writes it;
* a gate costs its mean and its two matrix products; ReLU and sigmoid on vectors are not counted.

The paper does not state its convention: its authors adapted the tool pytorch-estimate-flops, whose figures for real
layers these are. The rule for signs is the one under which all six rows agree.
"""

from dataclasses import dataclass

from r2b_hw.architectures.layer import Kind, Layer


@dataclass(frozen=True)
class Operations:
    """Binary and real operations of one image."""

    bops: int
    flops: int


def operations(layer: Layer) -> Operations:
    """Count one layer."""
    if layer.binary:
        return Operations(layer.macs, 0)
    return Operations(0, _flops(layer))


def _flops(layer: Layer) -> int:
    inputs, outputs = layer.inputs, layer.outputs
    match layer.kind:
        case Kind.CONVOLUTION | Kind.FULLY_CONNECTED:
            return layer.macs + (outputs.elements if layer.bias else 0)
        case Kind.BATCH_NORMALISATION:
            return 2 * outputs.elements
        case Kind.ACTIVATION:
            return 2 * outputs.elements if outputs.pixels > 1 else 0
        case Kind.SIGN:
            return inputs.elements if layer.at_fork else 0
        case Kind.MAX_POOL:
            return (layer.kernel**2 - 1) * outputs.elements
        case Kind.AVERAGE_POOL:
            return layer.kernel**2 * outputs.elements
        case Kind.GLOBAL_MEAN:
            return inputs.elements
        case Kind.SCALE | Kind.ADDITION:
            return outputs.elements
        case Kind.INPUT_MAGNITUDE:
            return inputs.elements + layer.kernel**2 * outputs.pixels
        case Kind.SIGMOID:
            return 0
