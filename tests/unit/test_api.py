"""The public API: lazy, complete, and callable where a package has the name of a function."""

from fractions import Fraction

import pytest

import convcost
from convcost import api

TINY = "{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}"


@pytest.mark.parametrize("name", convcost.__all__)
def test_every_public_name_is_there(name):
    assert getattr(convcost, name) is not None
    assert name in dir(convcost)


def test_the_list_is_complete():
    assert set(convcost.__all__) == {*convcost._PLACES, *convcost._PACKAGES, "__version__"}


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="module 'convcost' has no attribute 'reprot'"):
        _ = convcost.reprot


def test_report_is_a_function_and_a_package():
    tiny = convcost.loads(TINY)
    assert convcost.report(tiny, format="csv") == api.report(tiny, format="csv")
    from convcost.report.table import Table

    assert convcost.report.table.Table is Table
    assert convcost.report(tiny, format="csv") == api.report(tiny, format="csv")


def test_verify_is_a_function_and_a_package():
    verification = convcost.verify(convcost.loads(TINY))
    assert verification.verdict == "PASS"
    assert convcost.verify.Verdict.PASS


def test_targets_are_names_files_and_models(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    for target in (path, str(path), convcost.load(path), convcost.loads(TINY)):
        assert convcost.analyze(target).total("mult_adds") == 3888


def test_formula_and_compare():
    assert convcost.formula("mobilenet_v1", "params").at(alpha="1/2") == 1_331_592
    comparison = convcost.compare("mobilenet_v1", "mobilenet_v1@alpha=1/2", params="weights")
    assert comparison.convention.parameters == "weights"
    assert convcost.derive("separable").steps


def test_errors_are_one_tree():
    with pytest.raises(convcost.ConvcostError) as caught:
        convcost.report("no_such_spec")
    assert isinstance(caught.value, convcost.UsageError)
    with pytest.raises(convcost.UsageError, match="unknown convention 'papr'"):
        convcost.report("mobilenet_v1", convention="papr")


def test_verbs_of_a_network_are_the_functions():
    network = convcost.load("mobilenet_v1")
    assert network.report(by="kind") == convcost.report("mobilenet_v1", by="kind")
    assert network.formula("params").closed == convcost.formula("mobilenet_v1", "params").closed
    assert network.sweep({"alpha": None}).figures[0].tolist() == [
        convcost.analyze(f"mobilenet_v1@alpha={alpha}").total() for alpha in ("1", "3/4", "1/2", "1/4")
    ]
    assert network.solve("alpha", "mult_adds <= 150M").best.values == {"alpha": Fraction(1, 2)}
    assert network.compare("vgg").labels == ("mobilenet_v1", "vgg")
    assert network.at(resolution=32).verify().verdict == "PASS"
    assert not network.check(max={"params": 4_231_975}).passed
    assert network.check(max={"params": 4_231_976}).passed


def test_what_verbs_return_has_verbs():
    network = convcost.load("mobilenet_v1_full_conv")
    done = network.rewrite("standard-to-separable", where="cin > 3")
    assert done.model.at(alpha="1/2").formula("params").at() == 1_331_592
    assert isinstance(convcost.rewrite("vgg", "standard-to-separable").model, convcost.Network)
    assert isinstance(network.sweep({"alpha": None}).model_at(1), convcost.Network)


def test_at():
    network = convcost.load("efficientnet:b1")
    assert network.at("resolution=224").label == "efficientnet:b1@resolution=224"
    assert network.at(":b3", depth=1).label == "efficientnet:b1:b3@depth=1"
    assert network.at(":b3", depth=1).values == {**convcost.load("efficientnet:b3").values, "depth": 1}
    assert network.at().values == network.values
    half = convcost.load("mobilenet_v1").at("@alpha=1/2").at(resolution=128)
    assert half.label == "mobilenet_v1@alpha=1/2,resolution=128"
    assert half.analyze().total() == convcost.analyze(half.label).total()
    with pytest.raises(convcost.UsageError, match="E006"):
        network.at(":c1")
    with pytest.raises(convcost.UsageError, match="E008"):
        network.at(resolution="1/2")


def test_what_is_bound_anew_is_told_once():
    half = convcost.load("mobilenet_v1@alpha=1,resolution=96").at(alpha="1/2")
    assert (half.label, half.values["alpha"]) == ("mobilenet_v1@resolution=96,alpha=1/2", Fraction(1, 2))
    assert convcost.load(half.label).values == half.values
    small = convcost.load("efficientnet@classes=10,alpha=2").at(":b1")
    assert (small.label, small.values) == ("efficientnet:b1@classes=10", convcost.load(small.label).values)


def test_answers_give_networks_that_are_called_by_their_values():
    solved = convcost.solve("mobilenet_v1", "alpha", "mult_adds <= 150M")
    assert solved.at(solved.best).label == "mobilenet_v1@alpha=1/2"
    swept = convcost.sweep("efficientnet", {"preset": "b0,b1", "classes": 10})
    assert [swept.model_at(i).label for i in range(2)] == ["efficientnet:b0@classes=10", "efficientnet:b1@classes=10"]
    assert swept.model_at(1).analyze().total("params") == swept[1].figures["params"]


def test_one_of_something_need_not_be_in_a_list():
    network = convcost.load("mobilenet_v1")
    assert len(network.rewrite("kernel", kernel=5, only="conv1").layers) == 1
    assert network.compare(at="alpha=1/2").labels == ("mobilenet_v1", "mobilenet_v1@alpha=1/2")
    assert network.compare(rewrites="kernel kernel=5").labels == ("mobilenet_v1", "mobilenet_v1 + kernel")
    assert network.sweep({"alpha": Fraction(1, 2)}).array("params").tolist() == [1_331_592]


def test_a_sweep_can_be_cut_as_a_sequence():
    swept = convcost.sweep("mobilenet_v1", {"alpha": None})
    assert swept[1:3] == (swept[1], swept[2])
    assert swept[-1:] == (swept[3],)
