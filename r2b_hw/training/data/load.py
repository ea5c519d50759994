"""The data set a flow names."""

# pyright: basic
from r2b_hw.data_options import DataOptions
from r2b_hw.training.data.dataset import Dataset


def load_dataset(options: DataOptions) -> Dataset:
    """Load the data set of a flow; its splits depend on ``options`` and the files only.

    Raises
    ------
    InputError
        Files are missing, damaged or not laid out as the data set's are.
    """
    # Imported here: training on digits needs no library of image files, the others no scikit-learn data.
    match options.dataset:
        case "digits":
            from r2b_hw.training.data.digits import Digits

            return Digits(options)
        case "cluttered-digits":
            from r2b_hw.training.data.cluttered_digits import ClutteredDigits

            return ClutteredDigits(options)
        case "cifar100":
            from r2b_hw.training.data.cifar100 import cifar100

            return cifar100(options)
        case "folder":
            from r2b_hw.training.data.folders import image_folder

            return image_folder(options)
        case "imagenet":
            from r2b_hw.training.data.folders import imagenet

            return imagenet(options)
