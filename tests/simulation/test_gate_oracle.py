"""The oracle of the timing contract: intervals of a gate of delay D beside a FIFO of depth d, frames of F words.

k = floor(d / F) intervals repeat and sum to k F + max(0, F + D - d).
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.errors import DeadlockError
from r2b_hw.simulation import simulate_timing
from tests.simulation.gates import GATE_DELAY, gated_body


@pytest.mark.parametrize(("frame", "depth", "intervals"), [(64, 64, {88}), (64, 72, {80}), (64, 88, {64})])
def test_published_numbers(frame: int, depth: int, intervals: set[int]) -> None:
    result = simulate_timing(gated_body(frame, depth), 12)
    assert set(np.diff(result.output_cycles[:, -1])[4:].tolist()) == intervals


def test_two_frames_in_flight_alternate() -> None:
    result = simulate_timing(gated_body(16, 32), 12)
    assert sorted(np.diff(result.output_cycles[:, -1])[-2:].tolist()) == [16, 24]
    assert simulate_timing(gated_body(16, 32)).interval == 20


@settings(max_examples=40)
@given(st.integers(4, 80), st.integers(0, 150))
def test_oracle(frame: int, extra: int) -> None:
    depth = frame + extra
    repeats = depth // frame
    expected = repeats * frame + max(0, frame + GATE_DELAY - depth)
    # More than one frame ahead, the gate's own interval is hidden as long as the body FIFO takes words.
    assert simulate_timing(gated_body(frame, depth)).interval * repeats == expected


def test_one_word_less_than_a_frame_deadlocks_and_says_why() -> None:
    with pytest.raises(DeadlockError) as caught:
        simulate_timing(gated_body(64, 63))
    message = str(caught.value)
    assert "full: s1 (63 of 63 words)" in message
    assert "path: rescale waits for input from -> " in message
    assert "fork waits for room in -> rescale" in message
    assert message.count("\n") == 0
