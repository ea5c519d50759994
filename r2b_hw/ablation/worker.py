"""One training, in whatever process it runs."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from r2b_hw.ablation.outcome import Outcome, outcome_file
from r2b_hw.ablation.trainings import StageTraining


@dataclass(frozen=True)
class Assignment:
    """A training, and where its files go."""

    training: StageTraining
    folder: Path
    device: str


def work(assignment: Assignment) -> Outcome:
    """Train, and write the outcome beside the network; InputError where a file is damaged or cannot be written."""
    from r2b_hw.training.execution import make_execution
    from r2b_hw.training.single_stage import SingleStage, TrainedNetwork, fine_tune, train_stage
    from r2b_hw.training.whole_file import write_whole

    training, folder = assignment.training, assignment.folder

    def trained(parent: StageTraining | None) -> TrainedNetwork | None:
        return None if parent is None else TrainedNetwork(parent.network, parent.stage, parent.file(folder))

    began = monotonic()
    task = SingleStage(
        data=training.data,
        network=training.network,
        batch_size=training.batch_size,
        stage=training.stage,
        seed=training.seed,
        teacher=trained(training.teacher),
        initialisation=trained(training.initialisation),
        fingerprint=training.fingerprint,
    )
    file, execution = training.file(folder), make_execution(device=assignment.device)
    if training.calibration_batches is None:
        history = train_stage(task, file, execution)
    else:
        history = fine_tune(task, training.calibration_batches, file, execution)
    if history.test is None:
        raise RuntimeError(f"{training.stage.name}: has no test accuracy")
    outcome = Outcome(
        stage=training.stage.name,
        seed=training.seed,
        fingerprint=training.fingerprint,
        test=history.test,
        validation=list(history.validation),
        loss=list(history.loss),
        before_switch=None if history.switch is None else history.switch.before,
        after_switch=None if history.switch is None else history.switch.after,
        seconds=monotonic() - began,
        device=assignment.device,
    )
    write_whole(outcome.model_dump_json(indent=1).encode(), outcome_file(training, folder))
    return outcome
