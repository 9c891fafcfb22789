"""Matrix products, attention and experts hold against onnxruntime, or against loops in float64 where it lacks the op."""

import math

import numpy as np
import pytest

from convcost.execute import WitnessError, execute_op
from convcost.ops import Attention, Experts, MatMul


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("right", [False, True])
def test_matmul(left, right, onnx_op, normal, close):
    a, b = normal(2, 3, 5, 7), normal(2, 3, 7, 4)
    given = (np.ascontiguousarray(x.swapaxes(2, 3)) if turn else x for x, turn in ((a, left), (b, right)))
    ours, seen = execute_op(MatMul(left, right), *given)
    close(ours, onnx_op("MatMul", a, b))
    assert seen.trainable == seen.running == 0


def by_heads(x, heads):
    """(N, D, ...) as (N, heads, places, D / heads)."""
    return np.ascontiguousarray(x.reshape(x.shape[0], heads, x.shape[1] // heads, -1).swapaxes(2, 3))


def attended(op, query, key, value, onnx_op):
    """Run the ONNX operator, which has places before channels."""
    given = (by_heads(x, op.heads) for x in (query, key, value))
    mixed = onnx_op("Attention", *given, opset=23, is_causal=int(op.causal))
    return mixed.swapaxes(2, 3).reshape(query.shape[0], value.shape[1], *query.shape[2:])


@pytest.mark.parametrize("heads", [1, 2, 3])
def test_attention(heads, onnx_op, normal, close):
    query, key, value = normal(2, 6, 5, 7), normal(2, 6, 3, 4), normal(2, 12, 3, 4)
    op = Attention(heads=heads)
    ours, seen = execute_op(op, query, key, value)
    close(ours, attended(op, query, key, value, onnx_op))
    assert seen.trainable == seen.running == 0


@pytest.mark.parametrize("heads", [1, 3])
def test_causal_attention(heads, onnx_op, normal, close):
    op, given = Attention(heads=heads, causal=True), (normal(2, 6, 3, 5), normal(2, 6, 15), normal(2, 9, 15))
    close(execute_op(op, *given)[0], attended(op, *given, onnx_op))


def test_the_first_place_of_causal_attention_sees_itself_alone(normal, close):
    query, key, value = normal(1, 4, 5), normal(1, 4, 5), normal(1, 3, 5)
    close(execute_op(Attention(causal=True), query, key, value)[0][..., 0], value[..., 0])


def test_scores_far_from_zero(normal):
    query, key, value = 1e4 * normal(1, 4, 5), 1e4 * normal(1, 4, 5), normal(1, 3, 5)
    assert np.isfinite(execute_op(Attention(), query, key, value)[0]).all()


def gated(op, x, gate, first, second, biases):
    """Mix experts at each place, one after the other, in float64."""
    y = np.zeros((x.shape[0], op.out, *x.shape[2:]))
    for sample, *place in np.ndindex(x.shape[0], *x.shape[2:]):
        at = (sample, slice(None), *place)
        here = x[at].astype(float)
        values = gate.astype(float) @ here
        best = sorted(range(op.experts), key=lambda expert: -values[expert])[: op.active]
        total = sum(math.exp(values[expert]) for expert in best)
        for expert in best:
            inner, outer = biases[expert] if biases else (0, 0)
            hidden = [max(0.0, h) for h in first[expert].astype(float) @ here + inner]
            y[at] += math.exp(values[expert]) / total * (second[expert].astype(float) @ hidden + outer)
    return y


@pytest.mark.parametrize(
    ("op", "shape"),
    [
        (Experts(experts=7, active=3, hidden=4, out=6), (2, 5, 3, 4)),
        (Experts(experts=3, active=1, hidden=4, out=2, bias=True), (2, 5, 7)),
        (Experts(experts=2, active=2, hidden=3, out=5, bias=True, noisy=True), (4, 5)),
    ],
)
def test_experts(op, shape, normal, given, close):
    x = normal(*shape)
    gate, noise = normal(op.experts, 5), normal(op.experts, 5)
    first, second = normal(op.experts, op.hidden, 5), normal(op.experts, op.out, op.hidden)
    biases = [(normal(op.hidden), normal(op.out)) for _ in range(op.experts)] if op.bias else []
    drawn = [gate, *([noise] if op.noisy else []), first, second, *(each for pair in biases for each in pair)]
    ours, seen = execute_op(op, x, draw=given(*drawn))
    close(ours, gated(op, x, gate, first, second, biases))
    assert seen.trainable == sum(each.size for each in drawn)
    assert seen.bias == sum(each.size for pair in biases for each in pair)


def test_experts_cost_the_same_wherever_the_places_go(normal):
    """All places choose the same two experts, or each its own: what runs is counted alike."""
    op = Experts(experts=6, active=2, hidden=3, out=4, bias=True)
    counts = {str(execute_op(op, x)[1].all) for x in (normal(2, 5, 7), 9 * normal(2, 5, 7), np.ones((2, 5, 7)))}
    assert len(counts) == 1


def test_tensors_that_do_not_fit(normal):
    with pytest.raises(WitnessError, match="operands could not be broadcast"):
        execute_op(MatMul(), normal(2, 3, 4), normal(3, 4, 5))
    with pytest.raises(WitnessError, match="the ranks differ"):
        execute_op(MatMul(), normal(2, 3, 4), normal(2, 1, 4, 5))
    with pytest.raises(WitnessError, match="the places of key and value differ"):
        execute_op(Attention(), normal(1, 4, 5), normal(1, 4, 5), normal(1, 4, 6))
    with pytest.raises(WitnessError, match="the batches or the channels differ"):
        execute_op(Attention(), normal(1, 6, 5), normal(1, 4, 5), normal(1, 4, 5))
    with pytest.raises(WitnessError, match="as many queries as keys"):
        execute_op(Attention(causal=True), normal(1, 4, 5), normal(1, 4, 6), normal(1, 4, 6))
    with pytest.raises(WitnessError, match="cannot reshape"):
        execute_op(Attention(heads=4), normal(1, 6, 2), normal(1, 6, 2), normal(1, 6, 2))
    with pytest.raises(WitnessError, match="3 of 2 experts"):
        execute_op(Experts(experts=2, active=3, hidden=4, out=5), normal(1, 4))
    with pytest.raises(WitnessError, match="attention takes 3 tensors and is given 1"):
        execute_op(Attention(), normal(1, 4, 5))
