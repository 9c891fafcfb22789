"""A graph runs node by node, frees what it no longer needs, and says what it cannot do."""

import subprocess
import sys
import weakref
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest

from convcost.counts import Counts
from convcost.errors import Span, UnsupportedError
from convcost.execute import EXECUTORS, WitnessError, execute_op, run
from convcost.execute.tally import Tally
from convcost.graph import Graph, Node, Origin
from convcost.ops import Add, BatchNorm, Concat, Conv, GlobalAvgPool, Identity, Input, Linear, Op, Relu

RESIDUAL = Graph(
    "residual",
    (
        Node("image", Input((3, 11, 17))),
        Node("stem", Conv((3, 5), out=6, stride=2, padding="same"), (0,)),
        Node("branch/conv", Conv((3, 3), out=6, padding=1, groups=6), (1,)),
        Node("branch/norm", BatchNorm(), (2,)),
        Node("join", Add(), (1, 3)),
        Node("activation", Relu(), (4,)),
        Node("pool", GlobalAvgPool(), (5,)),
        Node("classifier", Linear(10), (6,)),
    ),
    output=7,
)


def test_the_evidence_on_a_network():
    found = run(RESIDUAL, batch=2)
    assert [seen.shape for seen in found] == [
        (2, 3, 11, 17),
        (2, 6, 6, 9),
        (2, 6, 6, 9),
        (2, 6, 6, 9),
        (2, 6, 6, 9),
        (2, 6, 6, 9),
        (2, 6, 1, 1),
        (2, 10),
    ]
    assert [seen.trainable for seen in found] == [0, 3 * 5 * 3 * 6, 9 * 6, 2 * 6, 0, 0, 0, 70]
    assert [seen.running for seen in found] == [0, 0, 0, 12, 0, 0, 0, 0]
    image, _, _, norm, join, *_, classifier = found
    assert (image.input_elements, image.output_elements, image.all) == (0, 2 * 3 * 11 * 17, Counts())
    assert norm.all == Counts(mul=648 + 6, add=648 + 6 + 6, div=6, sqrt=6)  # 648 elements, 6 channels
    assert (join.input_elements, join.output_elements) == (2 * 648, 648)
    assert classifier.all == Counts(mul=120, add=140)
    assert (classifier.weight, classifier.bias, classifier.affine) == (60, 10, 0)


def test_batch_scales_counts_and_not_parameters():
    one, three = run(RESIDUAL), run(RESIDUAL, batch=3)
    conv = 1
    assert three[conv].all == one[conv].all * 3
    assert three[conv].valid == one[conv].valid * 3
    assert [seen.trainable for seen in three] == [seen.trainable for seen in one]


def test_a_seed_makes_a_run():
    values = [run(RESIDUAL, seed=seed, keep=True)[-1].output for seed in (1, 1, 2)]
    assert np.array_equal(values[0], values[1])
    assert not np.array_equal(values[0], values[2])


def test_values_are_kept_on_request_only():
    assert all(seen.output is None for seen in run(RESIDUAL))
    kept = run(RESIDUAL, keep=True, audit=True)
    assert all(type(seen.output) is np.ndarray and seen.output.shape == seen.shape for seen in kept)
    assert kept == run(RESIDUAL)


def test_inputs_may_be_given():
    image = np.ones((1, 3, 11, 17))
    assert np.array_equal(run(RESIDUAL, inputs={"image": image}, keep=True)[0].output, image)
    with pytest.raises(WitnessError, match=r"image: the input has the shape \(1, 3, 17, 11\) and not \(1, 3, 11, 17\)"):
        run(RESIDUAL, inputs={"image": np.ones((1, 3, 17, 11))})
    with pytest.raises(WitnessError, match="'picture' is not an input of residual"):
        run(RESIDUAL, inputs={"picture": image})


def test_each_node_is_reported_as_soon_as_it_has_run():
    told = []
    found = run(RESIDUAL, on_node=lambda node, seen: told.append((node, seen)))
    assert told == list(zip(RESIDUAL.nodes, found, strict=True))


def test_arrays_are_freed_after_their_last_use(monkeypatch):
    living, most = [], []

    def watched(_layer, *arrays):
        output = arrays[0] + np.float32(1)
        living.append(weakref.ref(output))
        most.append(sum(ref() is not None for ref in living))
        return output

    monkeypatch.setitem(EXECUTORS, Identity, watched)
    chain = tuple(Node(f"n{i}", Identity(), (i - 1,)) for i in range(1, 9))
    unused = Node("unused", Identity(), (1,))
    nodes = (Node("image", Input((1, 2, 2))), *chain, unused)
    run(Graph("chain", nodes, output=8), plain=True)
    # The first one is needed by the last node, each other only by its next, and the eighth by none.
    assert most == [1, 2, 3, 3, 3, 3, 3, 3, 2]


def test_several_inputs_and_one_tensor_used_twice():
    nodes = (
        Node("left", Input((2, 3))),
        Node("right", Input((4, 3))),
        Node("both", Concat(), (0, 1)),
        Node("twice", Add(), (2, 2)),
    )
    found = run(Graph("two", nodes, output=3), keep=True, audit=True)
    assert found[3].shape == (1, 6, 3)
    assert found[3].input_elements == 36
    np.testing.assert_array_equal(found[3].output, 2 * found[2].output)


def test_values_stay_finite_and_alive_through_a_hundred_layers():
    nodes = [Node("image", Input((8, 5, 5)))]
    for i in range(100):
        nodes.append(Node(f"conv{i}", Conv((3, 3), out=8, padding=1), (2 * i,)))
        nodes.append(Node(f"relu{i}", Relu(), (2 * i + 1,)))
    output = run(Graph("deep", tuple(nodes), output=200), keep=True)[-2].output
    assert np.isfinite(output).all()
    assert np.abs(output).max() > np.finfo(np.float32).tiny


def test_an_audited_run_is_the_same_run():
    assert run(RESIDUAL, audit=True, batch=2) == run(RESIDUAL, batch=2)


def test_an_audited_run_names_the_node_that_is_wrong(monkeypatch):
    monkeypatch.setattr(Tally, "max", lambda *_: None)
    monkeypatch.setitem(EXECUTORS, Relu, lambda _layer, x: np.maximum(x, 0.0))
    with pytest.raises(WitnessError) as caught:
        run(RESIDUAL, audit=True, plain=True)
    assert str(caught.value) == "E606 activation: relu tallied Counts(), and NumPy performed Counts(cmp=324)"


@dataclass(frozen=True, slots=True)
class Unheard(Op):
    name: ClassVar[str] = "unheard"


def test_an_op_without_executor_is_named():
    span = Span("tiny.yaml", 4, 5, text="  - unheard")
    nodes = (Node("image", Input((1, 2, 2))), Node("odd", Unheard(), (0,), origin=Origin(span, ("table row 1",))))
    with pytest.raises(UnsupportedError) as caught:
        run(Graph("g", nodes, output=1))
    assert str(caught.value).splitlines()[0] == "tiny.yaml:4:5: E602 odd: unheard has no executor"
    assert caught.value.trail == ("table row 1",)


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Conv((3, 3), out=Fraction(7, 2)), "out of conv is 7/2, and only layers whose extents are integers can be run"),
        (Conv((3, Fraction(5, 2)), out=2), "kernel of conv is 5/2"),
    ],
)
def test_extents_have_to_be_integers(op, text):
    with pytest.raises(UnsupportedError, match=text) as caught:
        execute_op(op, np.ones((1, 3, 8, 8)))
    assert caught.value.code == "E603"
    assert caught.value.hint == "bind every hyperparameter first"


def test_so_do_those_of_an_input():
    graph = Graph("g", (Node("image", Input((3, Fraction(1, 2), 4))),), output=0)
    with pytest.raises(UnsupportedError, match="image: shape of input is 1/2") as caught:
        run(graph)
    assert caught.value.code == "E603"


def test_a_network_whose_tensors_do_not_fit_is_refused_by_name():
    nodes = (Node("image", Input((1, 4, 4))), Node("wide", Conv((7, 7), out=2), (0,)))
    with pytest.raises(WitnessError) as caught:
        run(Graph("g", nodes, output=1))
    expected = "E605 wide: conv cannot be run on (1, 1, 4, 4): a window of 7 does not fit into 4"
    assert str(caught.value) == expected


def test_the_number_of_tensors_has_to_fit():
    with pytest.raises(WitnessError, match="relu takes 1 tensor and is given 2"):
        execute_op(Relu(), np.ones((1, 2)), np.ones((1, 2)))


def test_a_witness_that_runs_out_of_memory_says_so():
    with pytest.raises(WitnessError, match=r"linear cannot be run on .*allocate"):
        execute_op(Linear(1 << 52), np.ones((1, 8)))


def test_the_witness_never_meets_the_rules_or_sympy():
    program = (
        "import sys, numpy as np\n"
        "from convcost.execute import run, ones_probe, count_scalars\n"
        "from convcost.graph import Graph, Node\n"
        "from convcost.ops import Conv, Input\n"
        "op = Conv((3, 3), out=2, padding='same')\n"
        "run(Graph('g', (Node('x', Input((1, 5, 5))), Node('c', op, (0,))), 1), audit=True)\n"
        "ones_probe(op, (1, 1, 5, 5)), count_scalars(op, (1, 1, 5, 5))\n"
        "met = [m for m in sys.modules if m.split('.')[0] == 'sympy' or m.startswith('convcost.rules')]\n"
        "sys.exit(f'met {met}' if met else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
