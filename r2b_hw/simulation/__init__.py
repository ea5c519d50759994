"""Cycle-accurate simulation of a hardware graph, carrying data."""

from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.result import SimulationResult, UnitStalls
from r2b_hw.simulation.run import simulate, simulate_timing

__all__ = ["SimulationResult", "StallMask", "UnitStalls", "simulate", "simulate_timing"]
