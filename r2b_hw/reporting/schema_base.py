"""What all parts of report.json share."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Stage(StrEnum):
    """What produced a number, from a formula to the board itself."""

    MODEL = "model"
    SIMULATED = "simulated"
    VERILATED = "verilated"
    YOSYS = "yosys"
    VITIS_HLS = "vitis-hls"
    VIVADO_ROUTED = "vivado-routed"
    BOARD = "board"


class Section(BaseModel):
    """A group of keys; others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
