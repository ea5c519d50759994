"""Arrays a user hands over as files."""

from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError


def load_images(path: Path) -> npt.NDArray[np.float32]:
    """Return the float32 array (N, C, H, W) in a .npy file; InputError says what else it is."""
    try:
        images = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; give a .npy file of float32 images, N x C x H x W") from None
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{path}: is no .npy array ({error}); save the images with numpy.save") from None
    if not isinstance(images, np.ndarray):
        images.close()
        raise InputError(f"{path}: is an .npz archive; give one array, saved with numpy.save")
    return cast(npt.NDArray[np.float32], images)
