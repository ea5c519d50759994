"""A 64-channel 56x56 binary convolution on packed bits against PyTorch's float convolution, one thread, in one run.

Usage: python benchmarks/packed_convolution.py
"""

from time import perf_counter

import numpy as np
import torch

from r2b_hw.numeric.packed_convolution import binary_convolution, pack_weights

REPEATS = 50


def main() -> None:
    torch.set_num_threads(1)
    generator = np.random.default_rng(0)
    values = np.sign(generator.standard_normal((1, 64, 56, 56))).astype(np.float32)
    weights = np.sign(generator.standard_normal((64, 64, 3, 3))).astype(np.float32)
    packed = pack_weights(weights)
    x, w = torch.from_numpy(values), torch.from_numpy(weights)
    with torch.no_grad():
        golden = torch.nn.functional.conv2d(x, w, padding=1).numpy()
        if not np.array_equal(binary_convolution(values, packed, padding=1), golden):
            raise SystemExit("the results differ")
        times: dict[str, list[float]] = {"packed": [], "float": []}
        for _ in range(REPEATS):
            began = perf_counter()
            binary_convolution(values, packed, padding=1)
            times["packed"].append(perf_counter() - began)
            began = perf_counter()
            torch.nn.functional.conv2d(x, w, padding=1)
            times["float"].append(perf_counter() - began)
    for name, taken in times.items():
        print(f"{name:7} {min(taken) * 1e3:.2f} ms (median {np.median(taken) * 1e3:.2f})")
    fastest = min(times["float"]) / min(times["packed"])
    middle = np.median(times["float"]) / np.median(times["packed"])
    print(f"ratio   {fastest:.1f} (median {middle:.1f})")


if __name__ == "__main__":
    main()
