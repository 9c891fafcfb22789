"""The public API: lazy, complete, and callable where a package has the name of a function."""

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
