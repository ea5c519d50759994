"""Batches on the device of a run; where that is a GPU, the next ones are read while it computes."""

# pyright: basic
from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread

import torch
from torch import Tensor

from r2b_hw.training.runtime import Runtime

AHEAD = 3
"""Batches read ahead."""
_POLL_SECONDS = 0.1

Batch = tuple[Tensor, Tensor]


def feed(batches: Iterable[Batch], runtime: Runtime) -> Iterator[Batch]:
    """(images, labels) of ``batches`` on the device; all of ``batches`` is read in order, by one thread."""
    source = batches if runtime.device.type == "cpu" else _ahead(batches)
    for images, labels in source:
        yield runtime.images(images), runtime.labels(labels)


def _ahead(batches: Iterable[Batch]) -> Iterator[Batch]:
    """``batches`` in pinned memory, read by a thread of its own; its exceptions are raised here."""
    queue: Queue[Batch | BaseException | None] = Queue(AHEAD)
    stop = Event()

    def put(item: Batch | BaseException | None) -> bool:
        while not stop.is_set():
            try:
                queue.put(item, timeout=_POLL_SECONDS)
                return True
            except Full:
                continue
        return False

    def read() -> None:
        torch.set_num_threads(1)
        try:
            for images, labels in batches:
                if not put((images.pin_memory(), labels.pin_memory())):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = Thread(target=read, name="r2b-hw-feed", daemon=True)
    thread.start()
    try:
        while True:
            try:
                item = queue.get(timeout=_POLL_SECONDS)
            except Empty:
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
