"""Ablation files are read strictly."""

from pathlib import Path

import pytest

from r2b_hw import resources
from r2b_hw.ablation import AblationOptions, load_ablation
from r2b_hw.errors import InputError

TEXT = (resources.flows_directory() / "ablations" / "digits.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('teacher = "real" # paper', 'teacher = "unreal"', "progressive tanh: teacher 'unreal' is no earlier stage"),
        ('stages = ["real"]', 'stages = ["unreal"]', "row full-precision: 'unreal' is no stage"),
        ("paper = [78.3]", "paper = [78.3, 1.0]", "paper needs one accuracy for each of the row's stages"),
        ("{ gate = true }", "{ gates = true }", "gates: Extra inputs are not permitted"),
        ("{ gate = true }", "{ gate = 1 }", "gate: Input should be a valid boolean"),
        ('name = "full-precision-taught"', 'name = "full-precision"', "need names of their own"),
        ('"full-precision"],', '"full"],', "comparisons: 'full' is no row"),
        ("batch_size", "batchsize", "'batchsize' is not a known key, did you mean 'batch_size'"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    file = tmp_path / "mine.toml"
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        load_ablation(file)


def test_a_row_takes_along_the_teachers_of_its_stages() -> None:
    options = load_ablation("digits")
    chain = [stage.name for stage in options.chain(options.row("real-to-bin-real-downsample"))]
    assert chain == ["real", "progressive tanh", "progressive activations", "progressive weights"]
    assert [s.name for s in options.chain(options.row("full-precision-taught"))] == ["real", "real taught"]


def test_the_figures_are_those_of_table_3() -> None:
    options = load_ablation("digits")
    assert [row.paper for row in options.rows] == [
        (69.3, 68.0),
        (72.2, 71.1),
        (73.1, 71.9),
        (67.2, 66.2),
        (73.8, 72.3),
        (75.0, 73.5),
        (72.1, 69.6),
        (74.3, 72.6),
        (75.4, 73.9),
        (72.0, 70.9),
        (75.7, 74.6),
        (76.5, 76.2),
        (78.3,),
        (79.3,),
    ]


def test_a_row_differs_from_its_neighbour_by_what_its_name_says() -> None:
    options = load_ablation("digits")
    assert len(options.rows) == 14
    for row in options.rows[:12]:
        network = options.row_network(row)
        assert network.downsample.binary == (not row.title.endswith("**"))
        assert network.gate == any(mark in row.title for mark in ("SB + G", "Real-to-Bin"))
        assert ("Progressive" in row.title or "Real-to-Bin" in row.title) == ("tanh" in str(options.chain(row)))
        same = network.model_copy(update={"gate": False, "downsample": options.network.downsample})
        assert same == options.network


def test_the_larger_ablation_differs_in_size_alone() -> None:
    small, large = load_ablation("digits"), load_ablation("digits-large")

    def rest(options: AblationOptions) -> dict[str, object]:
        content = options.model_dump(exclude={"name", "batch_size"})
        content["network"] |= {"stem": {**content["network"]["stem"], "channels": 0}, "blocks": ()}
        content["stages"] = [stage | {"epochs": 0} for stage in content["stages"]]
        return content

    assert rest(large) == rest(small)
    assert large.network.stem.channels == 2 * small.network.stem.channels
    pairs = zip(large.network.blocks, small.network.blocks, strict=True)
    assert all(one == other.model_copy(update={"channels": 2 * other.channels}) for one, other in pairs)
    assert {stage.epochs for stage in large.stages} == {13} and large.batch_size == 128
