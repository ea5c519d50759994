"""Exceptions of r2b-hw. Each carries one message for a person and the exit code the command line ends with."""

from collections.abc import Sequence


class R2BError(Exception):
    """Base of every error a user can cause or must act on; ``exit_code`` is what the command line returns."""

    exit_code = 2


class InputError(R2BError):
    """A file, option or value given by the user is wrong."""


class ContractError(R2BError):
    """A model breaks the numeric contract: a tensor off its grid or a layer over the bit budget."""


class UnsupportedModelError(R2BError):
    """A model holds constructs that cannot be lowered; all of them are reported at once.

    Parameters
    ----------
    problems
        One line per construct, each naming the node, the operator, what is wrong and a remedy.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        heading = f"the model holds {len(self.problems)} construct(s) that cannot be lowered"
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in self.problems)]))


class DoesNotFitError(R2BError):
    """A design needs more of a resource than the board has."""

    exit_code = 3


class MismatchError(R2BError):
    """A rung of the verification ladder disagrees with the one before it."""

    exit_code = 4


class DeadlockError(R2BError):
    """The accelerator stopped: no unit can fire and frames are still inside."""

    exit_code = 4


class ToolError(R2BError):
    """A requested external tool is missing, too old, or failed."""

    exit_code = 5
