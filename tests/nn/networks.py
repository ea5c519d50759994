"""Small architectures the tests of this folder share."""

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions

BLOCKS = (HalfBlockOptions(channels=8), HalfBlockOptions(channels=12, stride=2))


def small(**changes: object) -> NetworkOptions:
    """An 8x8 gated network of two half-blocks, with ``changes`` to its options."""
    options = {
        "input_height": 8,
        "input_width": 8,
        "classes": 10,
        "stem": StemOptions(channels=8),
        "blocks": BLOCKS,
        **changes,
    }
    return NetworkOptions.model_validate(options)


def block(channels: int, stride: int = 1, kernel: int = 3) -> HalfBlockOptions:
    """One half-block."""
    return HalfBlockOptions.model_validate({"channels": channels, "stride": stride, "kernel": kernel})


VARIANTS: dict[str, NetworkOptions] = {
    "gated": small(),
    "one_by_one_kernel": small(blocks=(block(8, kernel=1), block(12, 2, kernel=1))),
    "five_by_five_kernel": small(blocks=(block(8, kernel=5), block(12, 2, kernel=5))),
    "gate_ratio_four": small(stem=StemOptions(channels=24), gate_ratio=4, blocks=(block(24), block(32))),
    "bare": small(gate=False, activation="none", stem=StemOptions(channels=8, activation="none")),
    "six_bit_residual": small(residual_bits=6),
    "wide_input": small(input_height=12, input_width=20),
}
