"""Whether a folding file is possible for a graph: every problem at once, with the nearest valid values."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.folding import (
    WORD_BITS_LIMIT,
    Parallelism,
    convertible,
    divisors,
    folded,
    unit_folds,
    useful_pixels,
)
from r2b_hw.planning.folding_file import FoldingFile, UnitFolding
from r2b_hw.settings import nearest
from r2b_hw.units.xnor_mvu import XnorMvu


def resolve_folding(
    file: FoldingFile, path: Path | str, graph: HardwareGraph, interval: int | None = None
) -> dict[str, Parallelism]:
    """Return the parallelism by unit name that ``file`` (read from ``path``) gives units of ``graph``.

    Parameters
    ----------
    interval
        Cycles a frame that the goal leaves every unit; None where the goal is as fast as fits.

    Raises
    ------
    InputError
        A line for every problem: units there are not, keys a unit does not take, numbers that do not divide its
        channels or pixels, words too wide, neighbours whose words cannot be joined, units too slow for the goal.
    """
    problems: list[str] = []
    chosen: dict[str, Parallelism] = {}
    names = tuple(graph.unit_by_name)
    for name, folding in file.units.items():
        unit = graph.unit_by_name.get(name)
        if unit is None:
            problems.append(f"there is no unit '{name}'{nearest(name, names)}")
            continue
        found = list(_problems(unit, folding))
        problems += [f"unit {name}: {problem}" for problem in found]
        if not found:
            chosen[name] = _parallelism(unit, folding)
    problems += _split_words(graph, chosen)
    if interval is not None:
        problems += _too_slow(graph, chosen, interval)
    if problems:
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems))
    return chosen


def _parallelism(unit: Unit, folding: UnitFolding) -> Parallelism:
    if isinstance(unit, MatrixVectorUnit):
        simd, pe, pixels = folding.simd or 1, folding.pe or 1, folding.pixels or 1
        return (simd, pe) if pixels == 1 else (simd, pe, pixels)
    channels = folding.channels or 1
    return next(fold for fold in _words(unit) if fold[0] == channels)


def _words(unit: Unit) -> Iterator[tuple[int, int]]:
    """Yield channels an (input word, output word) of a unit that is no matrix-vector unit."""
    for fold in unit_folds(unit):
        yield fold.inputs[0].channels_per_word, fold.outputs[0].channels_per_word


def _problems(unit: Unit, folding: UnitFolding) -> Iterator[str]:
    kind = ("an " if unit.kind[0] in "aeiou" else "a ") + unit.kind.replace("_", " ")
    if not isinstance(unit, MatrixVectorUnit):
        if folding.channels is None or folding.model_dump(exclude_none=True).keys() != {"channels"}:
            yield f"is {kind}: give channels, and nothing else"
            return
        valid = sorted({words[0] for words in _words(unit)})
        if folding.channels not in valid:
            yield f"channels = {folding.channels} {_not_of(folding.channels, unit.inputs[0].shape[2])}; " + _near(
                folding.channels, valid
            )
        return
    takes_pixels = type(unit) is XnorMvu
    wanted = "simd and pe" + (", and pixels where it works on several" if takes_pixels else "")
    if folding.simd is None or folding.pe is None or folding.channels is not None:
        yield f"is {kind}: give {wanted}, and nothing else"
        return
    if folding.pixels is not None and not takes_pixels:
        yield f"is {kind}, which has one pixel at a time: give {wanted}"
    divides = True
    for key, value, channels in (("simd", folding.simd, unit.channels), ("pe", folding.pe, unit.output_channels)):
        if channels % value:
            divides = False
            which = "input" if key == "simd" else "output"
            yield f"{key} = {value} does not divide its {channels} {which} channels; {_near(value, divisors(channels))}"
    if divides:
        yield from _words_and_pixels(unit, folding.simd, folding.pe, folding.pixels or 1)


def _words_and_pixels(unit: MatrixVectorUnit, simd: int, pe: int, pixels: int) -> Iterator[str]:
    fold = unit.with_parallelism(simd, pe)
    for key, value, port, channels in (
        ("simd", simd, fold.inputs[0], unit.channels),
        ("pe", pe, fold.outputs[0], unit.output_channels),
    ):
        if port.word_bits > WORD_BITS_LIMIT:
            bits = port.word_bits / value
            fitting = [divisor for divisor in divisors(channels) if divisor * bits <= WORD_BITS_LIMIT]
            yield f"{key} = {value} makes words of {port.word_bits} bits, at most {WORD_BITS_LIMIT}; " + _near(
                value, fitting
            )
            return
    if pixels > 1 and isinstance(fold, XnorMvu):
        most = WORD_BITS_LIMIT // max(fold.inputs[0].word_bits, fold.outputs[0].word_bits)
        valid = [1, *(count for count in useful_pixels(fold) if count <= most)]
        if pixels not in valid:
            frame = fold.height * fold.width
            reason = (
                f"does not divide the {frame} pixels of a frame"
                if frame % pixels
                else f"is more than simd = {simd} and pe = {pe} can make use of"
            )
            yield f"pixels = {pixels} {reason}; {_near(pixels, valid)}"


def _split_words(graph: HardwareGraph, chosen: Mapping[str, Parallelism]) -> Iterator[str]:
    for stream in graph.streams:
        near, far = stream.producer, stream.consumer
        if near is None or far is None or near.unit not in chosen or far.unit not in chosen:
            continue
        if convertible(graph.port_of(stream)):
            continue
        words = [
            folded(graph.unit_by_name[end.unit], chosen[end.unit]).port(end.port).channels_per_word
            for end in (near, far)
        ]
        if words[0] != words[1]:
            yield (
                f"units {near.unit} and {far.unit}: words of {words[0]} and {words[1]} channels, and windows between "
                "them cannot be converted; make them equal"
            )


def _too_slow(graph: HardwareGraph, chosen: Mapping[str, Parallelism], interval: int) -> Iterator[str]:
    for name, parallelism in chosen.items():
        needed = folded(graph.unit_by_name[name], parallelism).interval
        if needed > interval:
            yield (
                f"unit {name}: takes {needed:,} cycles a frame so folded, and --target-fps leaves {interval:,}; "
                "unfold it, or ask for fewer frames a second"
            )


def _not_of(value: int, channels: int) -> str:
    return f"does not divide its {channels} channels" if channels % value else "makes words that are too wide"


def _near(value: int, valid: "tuple[int, ...] | list[int]") -> str:
    below = max((each for each in valid if each < value), default=None)
    above = min((each for each in valid if each > value), default=None)
    return "nearest: " + " and ".join(str(each) for each in (below, above) if each is not None)
