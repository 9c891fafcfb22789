"""The figures that MobileNet v1 is known by, exact; and its closed forms, on their domain and off it.

Sources: Howard et al. 2017, arXiv:1704.04861, tables 3 to 7, whose rounded figures these are the exact values of, and
the table of checkpoints of TF-slim's mobilenet_v1.
"""

import random
from fractions import Fraction
from itertools import product

import pytest

from convcost import load, loads
from convcost.cost import convention
from convcost.errors import DomainError
from convcost.studies.formula import formula, ratio
from convcost.verify import verify

ALPHAS = [Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)]
RESOLUTIONS = [224, 192, 160, 128]


def closed_mult_adds(alpha, resolution):
    r = Fraction(resolution, 32)
    return 11_010_048 * alpha**2 * r**2 + 576_000 * alpha * r**2 + 1_024_000 * alpha


def closed_params(alpha):
    return 3_139_584 * alpha**2 + 1_091_392 * alpha + 1000


@pytest.fixture(scope="module")
def mobilenet():
    return load("mobilenet_v1")


def total(model, metric="mult_adds", parameters="trainable", name="paper"):
    return model.analyze(convention(name, parameters)).total(metric)


def test_the_full_network(mobilenet):
    assert total(mobilenet) == 568_740_352
    assert total(mobilenet, "params") == 4_231_976
    assert total(mobilenet, "params", "weights") == 4_209_088
    assert total(mobilenet, "params", "all") == 4_253_864
    assert total(mobilenet, "running") == 21_888
    assert total(mobilenet, name="with-bias") == 568_740_352 + 1000
    assert total(mobilenet, name="valid") == 567_875_744


@pytest.mark.parametrize(
    ("bindings", "millions"),
    [
        ({"alpha": "0.75"}, "325.40"),
        ({"alpha": "0.5"}, "149.50"),
        ({"alpha": "0.25"}, "41.03"),
        ({"resolution": 192}, "418.12"),
        ({"resolution": 160}, "290.68"),
        ({"resolution": 128}, "186.40"),
    ],
)
def test_width_and_resolution(mobilenet, bindings, millions):
    assert f"{total(mobilenet.with_values(**bindings)) / 10**6:.2f}" == millions


def test_the_twin_and_the_shallow_one():
    twin = load("mobilenet_v1_full_conv").analyze()
    assert f"{twin.total() / 10**6:.2f}" == "4867.29"
    classifier = next(g for g in twin.groups("layer") if g.kind == "linear")
    assert f"{(twin.total() - classifier.mult_adds) / 10**6:.2f}" == "4866.27"
    assert f"{total(load('mobilenet_v1_shallow')) / 10**6:.2f}" == "307.32"


def test_stages_of_table_2(mobilenet):
    """Table 2: 94.86 %, 3.06 %, 1.19 % and 0.18 % of the mult-adds; the printed 94.86 and 3.06 are those counted."""
    shares = {g.kind: Fraction(g.mult_adds, 568_740_352) for g in mobilenet.analyze().groups("kind")}
    assert [f"{float(shares[k]) * 100:.2f}" for k in ("pointwise", "depthwise 3×3", "linear")] == [
        "94.86",
        "3.06",
        "0.18",
    ]
    assert f"{float(shares['conv 3×3']) * 100:.2f}" == "1.91"


def layer_of_table_3(width="1", size=14):
    return f"""
convcost: 1
name: table_3
hyperparameters:
  alpha: {{default: {width}, multiple_of: 1/512}}
  size: {{default: {size}, multiple_of: 1}}
input: [floor(alpha*512), size, size]
defaults: {{padding: same}}
layers:
"""


def test_the_layer_of_table_3():
    conv = "  - conv: {kernel: 3, out: floor(alpha*512)}\n"
    separable = "  - separable: {kernel: 3, out: floor(alpha*512)}\n"
    assert total(loads(layer_of_table_3() + conv)) == 462_422_016
    assert total(loads(layer_of_table_3() + separable)) == 52_283_392
    assert total(loads(layer_of_table_3("3/4") + separable)) == 29_578_752
    assert total(loads(layer_of_table_3("3/4", 10) + separable)) == 15_091_200


def test_closed_forms_at_the_grid(mobilenet):
    forms = {metric: formula(mobilenet, metric) for metric in ("mult_adds", "params")}
    assert forms["mult_adds"].closed.conditions == ("32α ∈ ℤ", "32 | R")
    for alpha, resolution in product(ALPHAS, RESOLUTIONS):
        bound = mobilenet.with_values(alpha=alpha, resolution=resolution)
        counted = {metric: total(bound, metric) for metric in forms}
        assert counted["mult_adds"] == closed_mult_adds(alpha, resolution)
        assert counted["params"] == closed_params(alpha)
        for metric, form in forms.items():
            assert form.closed.at(alpha=alpha, resolution=resolution) == counted[metric]
            assert form.general.at(alpha=alpha, resolution=resolution) == counted[metric]


def test_closed_forms_elsewhere_in_the_domain(mobilenet):
    form = formula(mobilenet).closed
    params = formula(mobilenet, "params").closed
    rng = random.Random(1704)
    for _ in range(50):
        alpha, resolution = Fraction(rng.randint(1, 96), 32), 32 * rng.randint(1, 20)
        bound = mobilenet.with_values(alpha=alpha, resolution=resolution)
        assert form.at(alpha=alpha, resolution=resolution) == total(bound) == closed_mult_adds(alpha, resolution)
        assert params.at(alpha=alpha, resolution=resolution) == total(bound, "params") == closed_params(alpha)


def test_the_general_form_everywhere(mobilenet):
    forms = {metric: formula(mobilenet, metric) for metric in ("mult_adds", "params")}
    rng = random.Random(4861)
    points = [(Fraction(rng.randint(20, 900), rng.randint(300, 700)), rng.randint(1, 500)) for _ in range(40)]
    for alpha, resolution in [*points, (Fraction(1, 32), 1), (Fraction(7, 9), 225), (Fraction(1), 223)]:
        bound = mobilenet.with_values(alpha=alpha, resolution=resolution)
        for metric, form in forms.items():
            assert form.general.at(alpha=alpha, resolution=resolution) == total(bound, metric)
            assert form.at(alpha=alpha, resolution=resolution) == total(bound, metric)


@pytest.mark.parametrize(("alpha", "resolution"), [(1, 225), (Fraction(1, 3), 224)])
def test_the_closed_form_refuses_what_is_outside(mobilenet, alpha, resolution):
    with pytest.raises(DomainError, match=r"E503 .* is outside the domain of the formula"):
        formula(mobilenet).closed.at(alpha=alpha, resolution=resolution)


def test_separable_over_standard_is_one_over_n_and_one_over_k_squared():
    text = """
convcost: 1
name: pair
hyperparameters: {M: {default: 512, multiple_of: 1}, N: {default: 1024, multiple_of: 1}, G: {default: 14, multiple_of: 1}}
input: [M, G, G]
layers:
  - BODY
"""
    body = {"conv": "conv: {kernel: 3, out: N, padding: same}", "sep": "separable: {kernel: 3, out: N, padding: same}"}
    conv, sep = (loads(text.replace("BODY", body[key])) for key in ("conv", "sep"))
    reduced = ratio(formula(sep).closed.expression, formula(conv).closed.expression)
    n = next(v.symbol() for v in formula(conv).closed.variables if v.name == "N")
    assert reduced.equals(1 / n + Fraction(1, 9))


@pytest.mark.parametrize(("alpha", "resolution"), list(product(ALPHAS, RESOLUTIONS)))
def test_verified_at_the_grid(mobilenet, alpha, resolution):
    verification = verify(mobilenet.with_values(alpha=alpha, resolution=resolution).graph)
    assert verification.verdict == "PASS"
    assert verification.mult_adds == closed_mult_adds(alpha, resolution)
    assert all(layer.verdict == "PASS" for layer in verification.layers)


@pytest.mark.parametrize("name", ["mobilenet_v1_full_conv", "mobilenet_v1_shallow"])
def test_the_others_are_verified(name):
    model = load(name)
    verification = verify(model.graph)
    assert verification.verdict == "PASS"
    assert verification.mult_adds == total(model)


def test_verification_by_interception(mobilenet):
    bound = mobilenet.with_values(alpha="1/4", resolution=128)
    assert verify(bound.graph, audit=True).verdict == "PASS"
