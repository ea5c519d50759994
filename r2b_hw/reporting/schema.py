"""The schema of report.json. Every group of numbers says the stage that produced it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from r2b_hw.reporting.bottleneck_schema import Bottleneck
from r2b_hw.reporting.schema_base import Section, Stage

SCHEMA_VERSION = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""


class Status(StrEnum):
    """Outcome of a rung of the verification ladder; what did not run is never passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"


class Tool(Section):
    """The program that made the design."""

    name: str = "r2b-hw"
    version: str


class BoardSummary(Section):
    """The board the design is planned for."""

    name: str
    title: str
    part: str
    family: str
    kept_free: float = Field(description="share of every resource left unused")
    sources: tuple[str, ...] = Field(description="data sheets of the device's figures")


class Performance(Section):
    """Speed of the accelerator in the steady state, and of one frame alone."""

    interval_cycles: float = Field(description="cycles between frames in the steady state")
    latency_cycles: int = Field(
        description="first word of a frame pushed to last word of its result popped, empty start"
    )
    fps: float = Field(description="frames a second at the clock")
    latency_microseconds: float
    clock_mhz: float = Field(description="clock asked for; no figure before vivado-routed says that it is met")
    target_fps: float | None = Field(description="rate asked for; null means as fast as fits")
    stage: Stage


_BAND = "relative error that 95 % of configurations of the kind, held out from the model's fit, stay within"


class Amount(Section):
    """How much of a resource is taken."""

    value: float
    available: float = Field(description="what the design may take: the device less the share kept free")
    device: float = Field(description="what the device has")
    error: float | None = Field(
        default=None,
        description="relative error band: the parts' bands, each at its worst; null where nothing is known",
    )
    stage: Stage


class Totals(Section):
    """The whole design, FIFOs and the way to memory included."""

    lut: Amount
    ff: Amount
    bram36: Amount
    uram: Amount
    dsp: Amount


class ItemCost(Section):
    """What one unit or the interface takes."""

    name: str
    lut: float
    ff: float
    bram36: float
    uram: float
    dsp: float
    memory_bits: int = Field(description="parameter bits: weights, thresholds, tables")
    lut_error: float | None = Field(default=None, description=_BAND)
    ff_error: float | None = Field(default=None, description=_BAND)
    stage: Stage
    source: str | None = Field(default=None, description="where an assumed figure comes from")


class Resources(Section):
    """Totals and their parts; the FIFOs' parts stand in ``fifos``."""

    total: Totals
    units: tuple[ItemCost, ...]
    interface: ItemCost
    memory_bits: int = Field(description="parameter bits on chip")
    fifo_bits: int = Field(description="bits held by FIFOs at their planned depths")


class UnitReport(Section):
    """Folding and timing of one unit, in pipeline order."""

    name: str
    kind: str
    layer: str = Field(description="module path of the layer it comes from")
    input_channels_per_word: int = Field(description="SIMD of a matrix-vector unit")
    output_channels_per_word: int = Field(description="PE of a matrix-vector unit")
    cycles: int = Field(description="fewest cycles a frame, from the unit's schedule; stage model")
    load: float = Field(description="cycles / interval_cycles: 1 is the bottleneck")
    active: int = Field(description="cycles its busiest nest fired during the simulation; stage simulated")
    starved: int = Field(description="cycles it waited for input; stage simulated")
    blocked: int = Field(description="cycles it waited for room; stage simulated")
    binary_macs: int
    real_macs: int
    hls_note: str | None = Field(
        default=None, description="why its HLS loop takes other cycles than its schedule, where it does"
    )


class FifoReport(Section):
    """One stream."""

    name: str
    producer: str | None = Field(description="unit, or null for the accelerator's input")
    consumer: str | None = Field(description="unit, or null for the accelerator's output")
    tensor: str | None = Field(description="module path of the layer whose output it equals")
    depth: int
    width_bits: int
    words: int = Field(description="words a frame")
    memory: str
    high_water: int = Field(description="most words that could be popped at once; stage simulated")
    waiting: bool = Field(description="holds words while another branch of its fork catches up")
    lut: float
    ff: float
    bram36: float
    uram: float = 0.0
    lut_error: float | None = Field(default=None, description=_BAND)
    ff_error: float | None = Field(default=None, description=_BAND)
    stage: Stage


class BlockMemory(Section):
    """One memory in block RAM or UltraRAM: what it stores, and what the blocks hold."""

    owner: str = Field(description="unit or stream")
    what: str = Field(description="weights, thresholds, rows, fifo, ...")
    width: int = Field(description="bits of a word")
    depth: int = Field(description="words")
    count: int = Field(default=1, description="memories of this shape")
    bits: int = Field(description="bits stored")
    bram36: float
    uram: int = 0
    efficiency: float = Field(description="bits stored / bits of the blocks")
    stage: Stage


RUNG_TITLES = {
    "pytorch": "PyTorch",
    "qonnx": "QONNX, executed",
    "numpy": "Hardware graph, numpy",
    "simulation": "Cycle-accurate simulation",
    "c-simulation": "HLS C-simulation",
    "rtl": "RTL, Verilator",
}
"""How people read the rungs' names; other names stand as they are."""


class Divergence(Section):
    """Where a rung first differs from the one before it."""

    layer: str
    index: tuple[int, ...]
    expected: float
    got: float


class VerificationRung(Section):
    """One rung of the ladder, compared with the one before it on every named tensor, with equality."""

    rung: str
    images: int = Field(ge=0)
    mismatches: int = Field(ge=0, description="integers that differ, over all tensors and images")
    status: Status
    reason: str | None = Field(default=None, description="why it did not run, or what failed")
    divergence: Divergence | None = None

    @property
    def title(self) -> str:
        """The rung's name as people read it."""
        return RUNG_TITLES.get(self.rung, self.rung)


class SynthesisCounts(Section):
    """What synthesis made of one unit, one FIFO or all of them; stage yosys."""

    name: str
    lut: int = Field(description="LUT sites, those of distributed memory included")
    lutram: int = Field(description="LUT sites of distributed memory and shift registers")
    ff: int
    bram36: int = Field(description="RAMB36")
    bram18: int = Field(description="RAMB18, half of a RAMB36 each")
    dsp: int
    uram: int
    latches: int = 0
    levels: int | None = Field(default=None, description="levels of logic on the deepest path")
    path_picoseconds: int | None = Field(
        default=None, description="longest path, cells only: ranks designs, and is no clock period"
    )

    @property
    def block_rams(self) -> float:
        """RAMB36, a RAMB18 being half of one."""
        return self.bram36 + self.bram18 / 2


class SynthesisFinding(Section):
    """Something unusual about one unit or FIFO."""

    where: str
    kind: str = Field(description="long-path, latch, memory or dsp")
    message: str


class SynthesisReport(Section):
    """Figures of Yosys: every unit and FIFO synthesised alone, the way to memory not included."""

    status: Status
    reason: str | None = Field(default=None, description="why it did not run")
    tool: str | None = Field(default=None, description="name and version")
    family: str | None = None
    total: SynthesisCounts | None = None
    units: tuple[SynthesisCounts, ...] = ()
    fifos: tuple[SynthesisCounts, ...] = Field(default=(), description="by stream")
    findings: tuple[SynthesisFinding, ...] = ()
    stage: Stage = Stage.YOSYS


class Operations(Section):
    """Multiply-accumulates a frame; synapses on padded taps count."""

    binary_macs: int
    real_macs: int


class Accuracy(Section):
    """Shares of right answers on the test split, and the sizes of the splits."""

    float_model: float | None = None
    accelerator: float = Field(description="from the accelerator's own integer outputs")
    train_images: int
    validation_images: int
    test_images: int


class Ties(Section):
    """Values on which float implementations may disagree in the last bit."""

    frozen: int = Field(default=0, description="pairs of grid integer and channel that freezing settled at a tie")
    near: int = Field(default=0, description="values nearer to a rounding boundary than the float32 error bound")


class Report(Section):
    """Everything there is to say about a planned, simulated and verified design."""

    schema_version: Annotated[int, Field(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    tool: Tool
    name: str
    board: BoardSummary
    bit_exact: bool = Field(description="whether the accelerator computes exactly what the model computes")
    bit_exact_note: str | None = Field(default=None, description="the measured error where bit_exact is false")
    performance: Performance
    resources: Resources
    units: tuple[UnitReport, ...]
    fifos: tuple[FifoReport, ...]
    verification: tuple[VerificationRung, ...]
    synthesis: SynthesisReport | None = Field(default=None, description="null: synthesis was not asked for")
    bottleneck: Bottleneck | None = Field(default=None, description="why it is not faster; null: not looked into")
    block_memories: tuple[BlockMemory, ...] = Field(default=(), description="the worst filled first")
    operations: Operations
    accuracy: Accuracy | None = None
    ties: Ties | None = None
    host_operators: tuple[str, ...] = Field(description="float operators the host runs, outside the bit-exact contract")
