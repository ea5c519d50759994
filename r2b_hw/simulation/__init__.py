"""Cycle-accurate simulation of a hardware graph, carrying data or for timing alone."""

from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.result import SimulationResult, UnitStalls
from r2b_hw.simulation.run import simulate
from r2b_hw.simulation.timing.passage import order_of
from r2b_hw.simulation.timing.run import simulate_timing
from r2b_hw.simulation.timing.steady import Steady, steady
from r2b_hw.simulation.timing.world import TimingWorld, prepare

__all__ = [
    "SimulationResult",
    "StallMask",
    "Steady",
    "TimingWorld",
    "UnitStalls",
    "order_of",
    "prepare",
    "simulate",
    "simulate_timing",
    "steady",
]
