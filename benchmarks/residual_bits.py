"""Accuracy on digits for residual maps of 4, 6, 8 and 16 bits, calibrated by percentile or least squared error.

    python benchmarks/residual_bits.py [FLOW] [--seeds N] [--output FOLDER]

The float stages of a seed are trained once; each row then quantises, calibrates and fine-tunes. Accuracies are those
of the frozen network, which the accelerator computes, on the test split.
"""

import argparse
from pathlib import Path
from statistics import mean

from r2b_hw.flow import Flow, load_flow
from r2b_hw.training import train_to_folder

CALIBRATIONS = {
    "percentile 99.999": {"calibration": "percentile", "calibration_percentile": 99.999},
    "percentile 99.9": {"calibration": "percentile", "calibration_percentile": 99.9},
    "least squared error": {"calibration": "mse"},
}


def changed(flow: Flow, bits: int, calibration: dict[str, object]) -> Flow:
    network = flow.network.model_copy(update={"residual_bits": bits})
    return flow.model_copy(update={"network": network, "training": flow.training.model_copy(update=calibration)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("flow", nargs="?", default="digits")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("build/residual-bits"))
    options = parser.parse_args()
    flow = load_flow(options.flow)
    print(f"{flow.name}, {options.seeds} seeds, test accuracy\n")
    print("| residual bits | calibration | calibrated | fine-tuned | float |\n|---|---|---|---|---|")
    for bits in (4, 6, 8, 16):
        for name, calibration in CALIBRATIONS.items():
            calibrated, tuned, floating = [], [], []
            for seed in range(options.seeds):
                folder = options.output / f"seed-{seed}"
                for epochs, found in ((0, calibrated), (flow.training.fine_tuning.epochs, tuned)):
                    stage = flow.training.fine_tuning.model_copy(update={"epochs": epochs})
                    recipe = changed(flow, bits, {**calibration, "fine_tuning": stage})
                    result = train_to_folder(recipe, folder, seed=seed, progress=False)
                    found.append(result.quantised_accuracy.test)
                floating.append(result.float_accuracy.test)
            row = (f"{mean(values):.2%}" for values in (calibrated, tuned, floating))
            print(f"| {bits} | {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
