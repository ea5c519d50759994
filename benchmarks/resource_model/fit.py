"""Fits the resource model's coefficients to measurements.csv, judges them on rows held out, and writes them.

    python benchmarks/resource_model/fit.py [--write]

The last configurations of each kind are held out; they were drawn and measured when the model's parts were settled.
With --write the coefficients go into r2b_hw/units/coefficients.py, with the errors on the held-out rows.
"""

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from configurations import KINDS, Fifo, configuration
from measure import DATA
from scipy.optimize import lsq_linear

from r2b_hw.units.coefficients import FF, LUT
from r2b_hw.units.estimate import Parts
from r2b_hw.units.memory import fifo_kind, fifo_parts

PULL = 0.05
FLOOR = 4.0
TEMPER = 0.05
TARGET = Path(__file__).parents[2] / "r2b_hw" / "units" / "coefficients.py"


@dataclass(frozen=True)
class Row:
    """A measured configuration: the name of its coefficients, its parts, and what synthesis counted."""

    group: str
    number: int
    parts: Parts
    counts: dict[str, float]
    held_out: bool

    def amounts(self, what: str) -> dict[str, float]:
        return dict(self.parts.lut if what == "lut" else self.parts.ff)

    def estimate(self, what: str, prices: dict[str, float] | None = None) -> float:
        """Return the model's figure, by ``prices`` or by the coefficients that are in the package."""
        known = (LUT if what == "lut" else FF).get(self.group, {}) if prices is None else prices
        return sum(amount * known.get(name, 1.0) for name, amount in self.amounts(what).items())

    def error(self, what: str, prices: dict[str, float] | None = None) -> float:
        """Return the relative error of the estimate."""
        return abs(self.estimate(what, prices) - self.counts[what]) / max(1.0, self.counts[what])

    @property
    def exact(self) -> bool:
        """Whether block RAMs and DSPs are as counted."""
        taken = self.parts.exact
        return (2 * taken.bram36, taken.dsp, taken.uram) == tuple(self.counts[n] for n in ("bram18", "dsp", "uram"))


def judged(family: str) -> list[Row]:
    """Return every configuration that was measured for ``family``."""
    result: list[Row] = []
    with DATA.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["family"] != family:
                continue
            kind, number = row["kind"], int(row["number"])
            configured = configuration(kind, number)
            held_out = number >= KINDS[kind][0]
            counts = {name: float(row[name]) for name in ("lut", "ff", "bram18", "dsp", "uram")}
            if isinstance(configured, Fifo):
                parts = fifo_parts(configured.width, configured.depth, configured.memory, configured.latency)
                group = fifo_kind(configured.width, configured.depth, configured.memory)
                result.append(Row(group, number, parts, counts, held_out))
            else:
                result.append(Row(kind, number, configured.parts(), counts, held_out))
    return result


def fitted(amounts: list[dict[str, float]], counts: np.ndarray) -> dict[str, float]:
    """Return the coefficients of least relative error; those of parts that hardly occur stay near one."""
    names = sorted({name for amount in amounts for name, value in amount.items() if value})
    matrix = np.array([[amount.get(name, 0.0) for name in names] for amount in amounts])
    base = 1 / np.maximum(counts, FLOOR)
    weight = base
    for _ in range(20):
        scaled, wanted = matrix * weight[:, None], counts * weight
        # A pull towards one keeps parts apart that the data cannot.
        pull = PULL * np.sqrt((scaled**2).sum(axis=0))
        solved = lsq_linear(np.vstack([scaled, np.diag(pull)]), np.concatenate([wanted, pull]), bounds=(0, 8)).x
        # Reweighting tempers outliers: the sum of errors, not of their squares.
        errors = np.abs(matrix @ solved - counts) * base
        tempered = 1 / np.sqrt(np.maximum(errors, TEMPER))
        weight = base * tempered / tempered.mean()
    return dict(zip(names, (round(float(value), 3) for value in solved), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", help="kind whose rows are listed")
    asked = parser.parse_args()
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in judged("xc7"):
        groups[row.group].append(row)
    tables: dict[str, dict[str, dict[str, float]]] = {"lut": {}, "ff": {}}
    errors: dict[str, dict[str, list[float]]] = {"lut": {}, "ff": {}}
    for group, members in groups.items():
        for what in ("lut", "ff"):
            known = [row for row in members if not row.held_out]
            prices = fitted([row.amounts(what) for row in known], np.array([row.counts[what] for row in known]))
            tables[what][group] = prices
            # Where chance drew none to hold out, those of the fit say at least something.
            judges = [row for row in members if row.held_out] or members
            errors[what][group] = [row.error(what, prices) for row in judges]
            if asked.show == group:
                show(what, members, prices)
        text = f"{group:20} {len(members):3}"
        for what in ("lut", "ff"):
            median, most = np.quantile(errors[what][group], (0.5, 0.95))
            text += f"  {what} {median:6.1%} {most:6.1%}"
        print(text)
    every_row = [row for members in groups.values() for row in members]
    for what in ("lut", "ff"):
        every = [row.error(what, tables[what][row.group]) for row in every_row if row.held_out]
        print(f"held out, {len(every)} rows: {what} median {np.median(every):.1%}, 95 % {np.quantile(every, 0.95):.1%}")
    wrong = [row for row in every_row if not row.exact]
    print(f"{len(wrong)} of {len(every_row)} with other block RAMs or DSPs")
    for row in wrong[:40]:
        print(f"  {row.group} {row.number}: {row.parts.exact}, counted {row.counts}")
    bands = {"xc7": {group: (errors["lut"][group], errors["ff"][group]) for group in groups}, "xcup": {}}
    for row in judged("xcup"):
        band = bands["xcup"].setdefault(row.group, ([], []))
        for place, what in enumerate(("lut", "ff")):
            band[place].append(row.error(what, tables[what][row.group]))
    for place, what in enumerate(("lut", "ff")):
        every = [error for band in bands["xcup"].values() for error in band[place]]
        if every:
            median, most = np.quantile(every, (0.5, 0.95))
            print(f"xcup with the same coefficients, {len(every)} rows: {what} median {median:.1%}, 95 % {most:.1%}")
    if asked.write:
        write(tables, bands)


def show(what: str, members: list[Row], prices: dict[str, float]) -> None:
    """List every row of a kind: counted, estimated, and what it is made of."""
    print(what, prices)
    for row in members:
        guess = row.estimate(what, prices)
        parts = {name: round(value) for name, value in row.amounts(what).items() if value}
        print(
            f"  {row.number:3} {row.counts[what]:7.0f} {guess:8.1f} {guess / max(1, row.counts[what]) - 1:+.0%} {parts}"
        )


Bands = dict[str, dict[str, tuple[list[float], list[float]]]]
"""By family and kind, the errors of LUTs and of flip-flops."""


def write(tables: dict[str, dict[str, dict[str, float]]], bands: Bands) -> None:
    """Write the coefficients' module."""
    lines = [
        '"""Coefficients of the resource model.',
        "",
        "Written by benchmarks/resource_model/fit.py from counts of synthesis; not to be edited.",
        '"""',
        "",
    ]
    for what, table in tables.items():
        lines.append(f"{what.upper()}: dict[str, dict[str, float]] = {{")
        for kind, prices in sorted(table.items()):
            lines.append(f'    "{kind}": {{')
            lines += [f'        "{name}": {value},' for name, value in prices.items()]
            lines.append("    },")
        lines += ["}", f'"""{what.upper()} a unit of each part, by kind."""', ""]
    lines.append("ERRORS: dict[str, dict[str, tuple[float, float]]] = {")
    for family, groups in bands.items():
        lines.append(f'    "{family}": {{')
        for group in sorted(groups):
            most = (float(np.quantile(errors, 0.95)) for errors in groups[group])
            lines.append(f'        "{group}": ({", ".join(f"{value:.3f}" for value in most)}),')
        lines.append("    },")
    lines += [
        "}",
        '"""Relative errors of LUTs and flip-flops that 95 % of the held-out configurations stay within."""',
        "",
    ]
    TARGET.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
