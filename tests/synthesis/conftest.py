from collections.abc import Iterator
from pathlib import Path

import pytest

from r2b_hw.synthesis import cache


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of figures that nobody else fills."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "cache_directory", lambda: folder)
        yield folder
