"""The chain of float stages: where each begins, who teaches it, and the switch between two of them."""

# pyright: basic
import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.flow import Flow
from r2b_hw.nn import R2BNetwork, calibrate, fit_scales, network_of_form, take_form
from r2b_hw.nn.quantise import quantise
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.batchnorm import re_estimate
from r2b_hw.training.result import StageHistory, Switch
from r2b_hw.training.scoring import score
from r2b_hw.training.stages import StageRun, State
from r2b_hw.training.student import Network
from r2b_hw.training.trainer import Trainer


class Files(Protocol):
    """Where states are kept: :class:`r2b_hw.training.stage_files.StageFiles`, or the file of a single stage."""

    @property
    def folder(self) -> Path | None: ...

    def read(self, index: int) -> State | None: ...

    def write(self, index: int, state: State) -> None: ...


class Chain:
    """The networks of a run, by the name of the stage that trained them; on the device of the run."""

    def __init__(self, flow: Flow, trainer: Trainer, files: Files) -> None:
        self.flow, self.trainer, self.files = flow, trainer, files
        self.networks: dict[str, Network] = {}
        self.history: list[StageHistory] = []

    def run(self) -> R2BNetwork:
        """Train, or take from its file, every stage; the last one's network in eval mode."""
        for index, stage in enumerate(self.flow.training.chain()):
            saved = self._saved(index)
            switch = None
            if saved is None:
                model, switch = self._begin(stage)
            else:
                model = self._network(stage)
            run = StageRun(self.trainer, stage, model, self._teacher(stage), self._points(stage), switch)
            self.history.append(run.run(saved, partial(self.files.write, index)))
            self.networks[stage.name] = model.eval()
        last = self.networks[self.flow.training.chain()[-1].name]
        assert isinstance(last, R2BNetwork)
        return last

    def fine_tune(self, model: R2BNetwork) -> R2BNetwork:
        """Re-estimate the statistics of the last network in place, quantise a copy, calibrate and train it.

        The way to the calibrated network is walked again when a run resumes: with the same draws it gives the same
        network.
        """
        options, stage = self.flow.training, self.flow.training.quantised_stage()
        index = len(options.chain())
        self.trainer = replace(self.trainer, runtime=self.trainer.runtime.quantised())
        runtime = self.trainer.runtime
        with runtime.arithmetic():
            # This network may teach the stage, and is compared with it.
            runtime.network(model)
            switch = self._switch(model, None)
            self.trainer.progress.stage("calibration")
            quantised = quantise(
                copy.deepcopy(model).cpu(), options.calibration_batches, options.calibration_percentile
            )
            runtime.network(quantised)
            calibrate(quantised, self.trainer.calibration_images(options.calibration_batches))
            if options.calibration == "mse":
                fit_scales(quantised, self.trainer.calibration_images(options.calibration_batches))
            teacher, points = self._teacher(stage), self._points(stage)
            run = StageRun(self.trainer, stage, quantised, teacher, points, switch, quantised=True)
            self.history.append(run.run(self._saved(index), partial(self.files.write, index)))
        return quantised.eval()

    def _begin(self, stage: ChainStageOptions) -> tuple[Network, Switch | None]:
        if stage.initialisation is None:
            return self._network(stage), None
        model = copy.deepcopy(self.networks[stage.initialisation])
        if isinstance(model, R2BNetwork):
            take_form(model, stage.form)
        return model, self._switch(model, stage.augmentation)

    def _switch(self, model: Network, augmentation: AugmentationOptions | None) -> Switch:
        """Statistics are those of the function before the switch until they are estimated again."""
        validation, runtime = self.trainer.dataset.validation, self.trainer.runtime
        before = score(model, validation, runtime)[0]
        re_estimate(model, self.trainer.images(augmentation))
        return Switch(before, score(model, validation, runtime)[0])

    def _network(self, stage: ChainStageOptions) -> Network:
        model = network_of_form(self.flow.network, stage.form, stage.residual_blocks)
        self.trainer.runtime.network(model)
        return model

    def _saved(self, index: int) -> State | None:
        """The state of a stage on file; every process must find the same."""
        saved = self.files.read(index)
        if self.files.folder is not None:
            found = 0 if saved is None else 1 + len(saved["loss"])
            runtime = self.trainer.runtime
            problem = f"{self.files.folder}: the processes find different stage files; give a folder they all share"
            runtime.processes.agree(found, problem, runtime.device)
        return saved

    def _teacher(self, stage: ChainStageOptions) -> Network | None:
        return None if stage.teacher is None else self.networks[stage.teacher]

    def _points(self, stage: ChainStageOptions) -> tuple[int, ...]:
        return self.flow.network.transfer_points(stage.losses.attention_points)
