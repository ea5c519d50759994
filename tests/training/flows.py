"""Small recipes the tests of this folder share."""

from r2b_hw.flow import Flow, load_flow

SHORT_STAGE = {"epochs": 1, "learning_rate": 3e-3}


def small_chain(epochs: int = 2, **data: object) -> Flow:
    """The flow digits-progressive, all four stages of it, on a tiny network for ``epochs`` a stage."""
    content = load_flow("digits-progressive").model_dump()
    content["data"] |= data
    content["network"] |= {"stem": {"channels": 6}, "blocks": [{"channels": 6}, {"channels": 8, "stride": 2}]}
    for stage in content["training"]["stages"]:
        stage["epochs"] = epochs
        stage["warm_up_epochs"] = 0
        stage["average_epochs"] = epochs if stage["form"] == "binary-activations" else 0
    content["training"] |= {"calibration_batches": 3, "fine_tuning": SHORT_STAGE | {"epochs": epochs}}
    return Flow.model_validate(content)
