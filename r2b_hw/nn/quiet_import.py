"""Import Brevitas first, without its warning that an optional CUDA package is missing."""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="fast_hadamard_transform")
    import brevitas.export  # noqa: F401  # pyright: ignore[reportUnusedImport]
