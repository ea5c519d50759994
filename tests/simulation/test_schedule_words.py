"""The simulator's schedule words say the same as the flags of every iteration."""

import pytest

from r2b_hw.schedule.loop_nest import LoopNest, at_least, first, flags, last, modulo, read, write
from r2b_hw.simulation.schedule_words import ACCESS_BITS, IDLE_SHIFT, schedule_words

NESTS = {
    "matrix-vector": LoopNest(
        "main", (("pixel", 3), ("neuron", 4), ("synapse", 5)), (read("x", first("neuron")), write("y", last("synapse")))
    ),
    "every iteration": LoopNest("main", (("pixel", 6), ("fold", 2)), (read("x"), write("y"))),
    "outer loop named": LoopNest("main", (("row", 7), ("column", 3)), (read("x", modulo("row", 3, 1)), write("y"))),
    "idle at both ends": LoopNest("main", (("row", 9),), (read("x", at_least("row", 3), modulo("row", 4, 0)),)),
}


@pytest.mark.parametrize("name", NESTS)
def test_words_expand_to_the_flags(name: str) -> None:
    nest = NESTS[name]
    words = schedule_words(nest)
    accesses: list[int] = []
    while len(accesses) < nest.iterations:
        word = int(words[len(accesses) % words.size])
        accesses += [word & ACCESS_BITS, *[0] * (word >> IDLE_SHIFT)]
    assert accesses == flags(nest).tolist()


def test_outer_loops_without_guards_repeat() -> None:
    assert schedule_words(NESTS["matrix-vector"]).size == 20
    assert schedule_words(NESTS["every iteration"]).size == 1


def test_long_idle_stretches_are_cut() -> None:
    nest = LoopNest("main", (("synapse", 200_000),), (read("x", first("synapse")),))
    word = int(schedule_words(nest)[0])
    assert (word & ACCESS_BITS, word >> IDLE_SHIFT) == (1, ACCESS_BITS)
