"""Names in generated code for layers, units and streams: blocks.0.conv becomes blocks_0_conv."""

import re
from collections.abc import Iterable, Mapping

from r2b_hw.graph.hardware_graph import HardwareGraph

_RESERVED = frozenset(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t class compl
    const const_cast constexpr continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for frames friend goto if inline input int long main mutable namespace new noexcept not
    not_eq nullptr operator or or_eq output private protected public register reinterpret_cast return short signed
    sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef typeid
    typename union unsigned using virtual void volatile wchar_t while xor xor_eq
    """.split()  # noqa: SIM905
)


def identifier(name: str) -> str:
    """Return ``name`` as a C++ identifier: runs of other characters become one underscore."""
    text = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")
    if not text or text[0].isdigit():
        text = f"layer_{text}".rstrip("_")
    return f"{text}_" if text in _RESERVED else text


def stream_identifiers(graph: HardwareGraph) -> Mapping[str, str]:
    """Return the name of every stream in generated code, by stream name; none hides the top. Traces are named by it."""
    return identifiers((stream.name for stream in graph.streams), taken=(identifier(graph.name),))


def identifiers(names: Iterable[str], taken: Iterable[str] = ()) -> Mapping[str, str]:
    """Return a distinct identifier, none of ``taken``, for each of ``names``; later ones that collide get a number."""
    result: dict[str, str] = {}
    used = {name.lower() for name in taken}
    for name in names:
        base = identifier(name)
        candidate = base
        number = 2
        while candidate.lower() in used:
            candidate = f"{base}_{number}"
            number += 1
        # Files are named by these too, and some file systems do not tell cases apart.
        used.add(candidate.lower())
        result[name] = candidate
    return result
