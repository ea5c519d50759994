"""Amounts of resources that synthesis measured, beside those of the resource model."""

from collections.abc import Mapping

from r2b_hw.reporting.schema import Report


def synthesised_amounts(report: Report) -> Mapping[str, float]:
    """Return LUTs, flip-flops and so on of the whole design by synthesis, by the names of ``Totals``.

    What the way to memory takes is an assumption and added as it stands in the model. Empty where nothing has been
    synthesised.
    """
    total = report.synthesis.total if report.synthesis else None
    if total is None:
        return {}
    interface = report.resources.interface
    return {
        "lut": total.lut + interface.lut,
        "ff": total.ff + interface.ff,
        "bram36": total.block_rams + interface.bram36,
        "uram": total.uram + interface.uram,
        "dsp": total.dsp + interface.dsp,
    }
