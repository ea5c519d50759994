"""What a netlist computes, bit by bit, from the truth tables of its primitives alone."""

import numpy as np

from r2b_hw.popcount.netlist import Netlist


def count(tree: Netlist, x: np.ndarray, weights: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return row_a + row_b + carry inputs for words (N, bits) and valid bits (N, groups)."""
    words = len(x)
    bits = {"1'b0": np.zeros(words, dtype=int), "1'b1": np.ones(words, dtype=int)}
    bits |= {f"x[{i}]": x[:, i] for i in range(x.shape[1])}
    bits |= {f"weights[{i}]": weights[:, i] for i in range(weights.shape[1])}
    waiting = [*tree.luts, *tree.carries, *tree.flops, *tree.rows]
    while waiting:
        later = []
        for part in waiting:
            if not _evaluate(part, bits, valid):
                later.append(part)
        assert len(later) < len(waiting), "a bit depends on itself or on nothing"
        waiting = later
    total = sum(bits[name] << column for row in tree.row_bits for column, name in enumerate(row))
    return total + sum(bits[name] for name in tree.carry_inputs)


def _evaluate(part, bits: dict[str, np.ndarray], valid: np.ndarray) -> bool:
    kind = type(part).__name__
    needs = {"Lut": lambda: part.inputs, "Flop": lambda: [part.source]}.get(
        kind, lambda: [part.first, *part.data, *part.select]
    )()
    if any(name not in bits for name in needs):
        return False
    if kind == "Lut":
        row = sum(bits[name] << i for i, name in enumerate(part.inputs))
        table = np.array([(part.init >> i) & 1 for i in range(64)])
        bits[part.o6] = table[row]
        if part.o5:
            bits[part.o5] = table[row & 31]
    elif kind == "Flop":
        value = bits[part.source]
        bits[part.target] = value if part.group is None else np.where(valid[:, part.group], value, part.invalid)
    else:
        carry = bits[part.first]
        for i in range(2):
            bits[part.sums[i]] = bits[part.select[i]] ^ carry
            carry = np.where(bits[part.select[i]], carry, bits[part.data[i]])
        bits[part.carry] = carry
    return True
