"""Families lifted from their members: the spec says what the shipped one says, and errors say where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest

import convcost
from convcost import lift, load, loads
from convcost.emission.sameness import difference
from convcost.errors import DomainError, UsageError
from convcost.lifting.forms import FORMS, factor
from convcost.model import Model

Rows = Mapping[str, Sequence[object]]


def members(spec: str, rows: Rows) -> list[Model]:
    number = len(next(iter(rows.values())))
    return [load(spec, **{name: str(row[i]) for name, row in rows.items()}) for i in range(number)]


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        ("mobilenet_v1", {"alpha": [1, "1/2", "1/4"]}),
        ("mobilenet_v1", {"resolution": [224, 192, 160]}),
        ("mobilenet_v1", {"alpha": [1, "1/2", "1/4"], "resolution": [224, 192, 128]}),
        ("resnet", {"resolution": [224, 256, 320]}),
    ],
)
def test_closed_forms_are_those_of_the_shipped_specs(spec: str, rows: Rows) -> None:
    found = lift(members(spec, rows), rows)
    assert found.held_back == 1
    shipped = load(spec)
    for metric in ("mult_adds", "params"):
        mine = found.model.symbolic(list(rows)).analysis.total(metric)
        theirs = shipped.symbolic(list(rows)).analysis.total(metric)
        assert str(mine) == str(theirs)
        assert "floor" not in str(mine)


@pytest.mark.parametrize(
    ("spec", "rows", "others"),
    [
        ("mobilenet_v1", {"alpha": [1, "3/4", "1/2"]}, [{"alpha": "1/4"}, {"alpha": "1/32"}]),
        ("mobilenet_v2", {"alpha": [1, "1.4", "1/2", "0.35"]}, [{"alpha": "3/4"}, {"alpha": "0.9"}, {"alpha": 2}]),
        ("efficientnet", {"alpha": [1, "1.2", "1.4"], "resolution": [224, 256, 320]}, [{"alpha": "1.8"}, {"alpha": 2}]),
        ("ghostnet", {"alpha": [1, "1.3", "0.5", "0.8"]}, [{"alpha": "0.7"}, {"alpha": "1.1"}]),
        ("densenet", {"growth": [32, 48, 16]}, [{"growth": 12}, {"growth": 40}]),
        ("regnet_x", {"classes": [1000, 10]}, [{"classes": 7}]),
    ],
)
def test_other_members_of_the_family(spec: str, rows: Rows, others: Sequence[Mapping[str, object]]) -> None:
    found = lift(members(spec, rows), rows)
    for values in others:
        texts = {name: str(value) for name, value in values.items()}
        wanted = load(spec, **texts).graph
        assert difference(wanted, found.model.with_values(**texts).graph) == ""


def test_values_that_are_not_given() -> None:
    rows = {"alpha": [1, "1/2", "1/4"], "resolution": [224, 192, 128]}
    found = lift(members("mobilenet_v1", rows), ["alpha", "resolution"], name="mine", title="Mine", source="two runs")
    assert found.instances == (
        {"resolution": 224, "alpha": 1},
        {"resolution": 192, "alpha": Fraction(1, 2)},
        {"resolution": 128, "alpha": Fraction(1, 4)},
    )
    assert found.text.startswith('convcost: 1\nname: mine\ntitle: "Mine"\nsource: "two runs"\n')
    assert lift(members("resnet", {"classes": [1000, 10]}), ["classes"]).instances == (
        {"classes": 1000},
        {"classes": 10},
    )


def test_what_could_have_been_explained_otherwise_is_noted() -> None:
    found = lift(members("efficientnet", {"alpha": [1, "1.2", "1.4"]}), ["alpha"])
    assert found.notes == ("sizes follow alpha: make_divisible to 8; make_divisible to 4 would do, too",)
    assert found.instances[1] == {"alpha": Fraction(6, 5)}


RESNET = """\
layers:
  - conv: {kernel: 7, stride: 2, out: 64}
  - maxpool: {kernel: 3, stride: 2}
  - {bottleneck: {out: 64}, repeat: 3}
  - {bottleneck: {out: 128}, repeat: 4 if depth == 50 or depth == 101 else 8, first: {stride: 2}}
  - {bottleneck: {out: 256}, repeat: 6 if depth == 50 else 23 if depth == 101 else 36, first: {stride: 2}}
  - {bottleneck: {out: 512}, repeat: 3, first: {stride: 2}}
  - global_avgpool
  - linear: {out: 1000}
"""


def test_depth_as_a_list() -> None:
    found = lift(members("resnet", {"depth": [50, 101, 152]}), {"depth": [50, 101, 152]})
    assert found.text.endswith(RESNET)
    assert "requires:\n  - depth == 50 or depth == 101 or depth == 152\n" in found.text
    with pytest.raises(convcost.SpecError, match="E318"):
        found.model.with_values(depth=34).graph  # noqa: B018 - it is built when it is asked for


def test_depth_as_a_rule() -> None:
    rows = {"depth": ["1.0", "1.1"], "resolution": [224, 240]}
    found = lift(members("efficientnet", rows), rows)
    assert "{inverted_residual: {kernel: 5, out: 192}, repeat: ceil(4*depth), first: {stride: 2}}" in found.text
    deeper = found.model.with_values(depth="1.2", resolution=260).graph
    assert difference(load("efficientnet", depth="1.2", resolution="260").graph, deeper) == ""


def chain(*widths: int, kernel: int = 3, tail: str = "relu") -> Model:
    layers = "".join(f"  - conv: {{kernel: {kernel}, padding: same, out: {width}}}\n" for width in widths)
    return loads(f"convcost: 1\nname: chain\ninput: [3, 16, 16]\nlayers:\n{layers}  - {tail}\n")


def test_widths_that_are_a_count_of_their_own() -> None:
    found = lift([chain(4, 4, tail="flatten"), chain(4, 4, 4, 4, tail="flatten")], {"layers": [2, 4]})
    assert "repeat: layers" in found.text
    assert difference(chain(4, 4, 4, 4, 4, tail="flatten").graph, found.model.with_values(layers=5).graph) == ""


@pytest.mark.parametrize(
    ("models", "values", "expected"),
    [
        ([chain(4)], ["w"], "E770 lifting takes two or more networks, not 1 (a third one checks the result)"),
        (
            [chain(4), chain(8)],
            {"w": [1]},
            "E770 w has 1 values for 2 networks (one for each, in their order)",
        ),
        ([chain(4), chain(8)], {"w": [1, 1]}, "E770 w is 1 in all networks (lift what differs)"),
        ([chain(4), chain(8)], {"w": [1, -2]}, "E770 w = 1, -2 is not positive in all networks"),
        (
            [chain(4), chain(8)],
            ["resolution"],
            "E770 nothing differs that resolution could stand for (give its values: resolution=...)",
        ),
        (
            [chain(4, 4), chain(4, 4, 4)],
            ["n"],
            "E770 the depth differs, and the values of n are not known (give them in the order of the networks: n=...)",
        ),
        (
            [chain(4, 4), chain(4, 4, 4, tail="global_avgpool")],
            ["n"],
            (
                "E773 the instances have another structure: conv and global_avgpool "
                "(lift instances that differ in sizes, or in how often the same items come)"
            ),
        ),
        (
            [chain(4, 31), chain(8, 2)],
            {"w": [1, 2]},
            (
                "E771 conv2: out is 31, 2, which does not follow from w = 1, 2 "
                "(lift another hyperparameter, too, or instances that differ in less)"
            ),
        ),
        (
            [chain(4), chain(8, tail="softmax: {axis: -1}")],
            {"w": [1, 2]},
            (
                "E773 the instances have another structure: conv: activation is relu and softmax "
                "(lift instances that differ in sizes, or in how often the same items come)"
            ),
        ),
        (
            [chain(4, tail="batch_norm"), chain(8, tail="batch_norm: {scale: false}")],
            {"w": [1, 2]},
            "E772 batch_norm1: scale is true and false, which is no size (lift instances of one structure)",
        ),
        (
            [chain(4, 8), chain(8, 16), chain(12, 20)],
            {"w": [1, 2, 3]},
            (
                "E774 the network held back (w = 3) is not what the spec gives: conv2: out is 20 and 24 "
                "(another hyperparameter may differ there; or give the family more instances)"
            ),
        ),
    ],
)
def test_what_cannot_be_lifted(models: list[Model], values: object, expected: str) -> None:
    with pytest.raises((UsageError, DomainError)) as caught:
        lift(models, values)  # type: ignore[arg-type]
    assert str(caught.value) == expected


def test_free_hyperparameters_are_bound_first() -> None:
    free = load("mobilenet_v1").symbolic(["alpha"])
    graph = free.analysis.graph
    with pytest.raises(UsageError) as caught:
        lift([graph, graph], ["alpha"])
    assert str(caught.value) == "E770 lifting takes networks without free hyperparameters (bind them)"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_factors_are_found_again(form: object) -> None:
    numbers = (1, Fraction(3, 4), Fraction(1, 2), Fraction(7, 5))
    for c in (16, 24, 32, 40, 96, 128, 320):
        values = [form.of(c * h) for h in numbers]  # type: ignore[attr-defined]
        if all(isinstance(value, int) for value in values):
            found = factor(form, values, numbers)  # type: ignore[arg-type]
            assert found is not None
            assert [form.of(found * h) for h in numbers] == values  # type: ignore[attr-defined]
