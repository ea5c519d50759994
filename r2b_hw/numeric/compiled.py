"""Scalar arithmetic for the compiled simulator, and the typed wrapper around numba."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownParameterType=false
# pyright: reportMissingParameterType=false, reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false
# pyright: reportMissingTypeStubs=false, reportMissingTypeArgument=false

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from numba import njit, types
from numba.extending import intrinsic


class Arena(Protocol):
    """All state of a simulation: one flat int64 array, read and written a word at a time."""

    def __getitem__(self, offset: int, /) -> int: ...

    def __setitem__(self, offset: int, value: int, /) -> None: ...


_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile ``function`` with numba on first use.

    Nothing is cached here: numba's cache does not see edits in callees. The simulator caches its driver, which
    holds the machine code of everything it calls, under a hash of all sources.
    """
    return cast(_Function, njit(function, error_model="numpy"))


@intrinsic
def as_pointer(typing_context, array):
    """Return the address of an array's data (inside compiled code): offsets are then never taken from its end."""

    def generate(context, builder, signature, arguments):
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate


@intrinsic
def _count_ones(typing_context, word):
    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), generate


@intrinsic
def _lowest_one(typing_context, word):
    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return types.int64(types.int64), generate


@compiled
def lowest_one(word: int) -> int:
    """Return the position of the lowest set bit of a 64-bit word that is not zero."""
    return _lowest_one(word)  # pyright: ignore[reportCallIssue]


@compiled
def count_ones(word: int) -> int:
    """Return the number of set bits of a 64-bit word."""
    return _count_ones(word)  # pyright: ignore[reportCallIssue]


@compiled
def round_shift(value: int, shift: int) -> int:
    """Return round_half_even(value * 2**-shift)."""
    if shift <= 0:
        return value << -shift
    return (value + (1 << (shift - 1)) - 1 + ((value >> shift) & 1)) >> shift


@compiled
def saturate(value: int, lo: int, hi: int) -> int:
    """Return ``value`` limited to [lo, hi]."""
    if value < lo:
        return lo
    if value > hi:
        return hi
    return value
