"""Mistakes in regions, attention and experts: in the rules, and in the executor."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

RULES: tuple[Mistake, ...] = (
    mistake("rules/region.py", "CropRule.output", "x[0] * whole(", "whole(", "the regions of one image"),
    mistake(
        "rules/region.py",
        "CropRule.output",
        "(regions, x[1], *(",
        "(x[0], x[1] * op.count, *(",
        "regions behind each other as channels",
    ),
    mistake("rules/region.py", "CropRule.output", "in op.size))", "in op.size[::-1]))", "width before height"),
    mistake("rules/region.py", "CropRule.output", "x, *_ = inputs", "*_, x = inputs", "the guide for the map"),
    mistake("rules/region.py", "CropRule.counts", "2 ** len(op.size)", "4", "images only: four neighbours"),
    mistake("rules/region.py", "CropRule.counts", "2 ** len(op.size)", "2 * len(op.size)", "neighbours on the axes"),
    mistake("rules/region.py", "CropRule.counts", "2 ** len(op.size)", "1", "the nearest element alone"),
    mistake(
        "rules/region.py", "CropRule.counts", "*self.output(op, *inputs)", "op.count, *inputs[0]", "maps for regions"
    ),
    mistake("rules/region.py", "CropRule.counts", "Counts(mul=made, add=made)", "Counts(mul=made)", "sums are free"),
    mistake(
        "rules/attention.py",
        "AttentionRule.output",
        "(agreed(op, inputs, 0), value[1], *places)",
        "(agreed(op, inputs, 0), query[1], *places)",
        "channels of the query for those of the value",
    ),
    mistake("rules/attention.py", "AttentionRule.output", "value[1], *places", "value[1], *keys", "places of the keys"),
    mistake(
        "rules/attention.py",
        "AttentionRule.counts",
        "(*query[2:], *key[2:])",
        "(*query[2:], *query[2:])",
        "attention of a tensor to itself",
    ),
    mistake(
        "rules/attention.py",
        "AttentionRule.valid",
        "places * (places + 1)",
        "places * (places - 1)",
        "a place does not see itself",
    ),
    mistake("rules/attention.py", "AttentionRule.valid", "if not op.causal:", "if True:", "masked pairs are real"),
    mistake(
        "rules/attention.py",
        "AttentionRule._of_pairs",
        "(query[1] + mixed)",
        "2 * mixed",
        "value as wide as query",
    ),
    mistake(
        "rules/attention.py", "AttentionRule._of_pairs", "pairs * op.heads", "pairs", "one softmax for all the heads"
    ),
    mistake(
        "rules/attention.py",
        "AttentionRule._of_pairs",
        "products = batch * pairs",
        "products = op.heads * batch * pairs",
        "every head sees all channels",
    ),
    mistake("rules/attention.py", "AttentionRule._of_pairs", "div=2 * scores", "div=scores", "scores are not divided"),
    mistake(
        "rules/attention.py", "AttentionRule._of_pairs", "add=products + 2 * scores", "add=products", "a free softmax"
    ),
    mistake(
        "rules/experts.py",
        "ExpertsRule.parameters",
        "op.experts * (each",
        "op.active * (each",
        "active ones are stored",
    ),
    mistake("rules/experts.py", "ExpertsRule.parameters", " + gates * x[1]", "", "the gate is not stored"),
    mistake("rules/experts.py", "ExpertsRule.parameters", "2 if op.noisy else 1", "1", "no weights for noise"),
    mistake(
        "rules/experts.py",
        "ExpertsRule.parameters",
        "op.experts * (op.hidden + op.out) if",
        "op.experts * op.out if",
        "biases of the last layer",
    ),
    mistake(
        "rules/experts.py",
        "ExpertsRule.counts",
        "chosen = places * op.active",
        "chosen = places * op.experts",
        "all run",
    ),
    mistake("rules/experts.py", "ExpertsRule.counts", "places * x[1] * op.experts + ", "", "the gate is free"),
    mistake(
        "rules/experts.py", "ExpertsRule.counts", "(x[1] + op.out) + op.out)", "(x[1] + op.out))", "nothing is weighted"
    ),
    mistake("rules/experts.py", "ExpertsRule.counts", "(x[0], *x[2:])", "x[2:]", "places of one sample"),
    mistake("rules/experts.py", "ExpertsRule.counts", "op.experts + op.hidden", "op.hidden", "choosing is free"),
    mistake("rules/experts.py", "ExpertsRule.counts", " + 2 * chosen", "", "the softmax adds nothing"),
    mistake(
        "rules/experts.py",
        "ExpertsRule.output",
        "(x[0], whole(op.out",
        "(x[0], x[1] or whole(op.out",
        "as wide as before",
    ),
)
"""Caught by verifying the examples."""

EXECUTOR: tuple[Mistake, ...] = (
    mistake("execute/region.py", "crop", "for image in x for box", "for image in x[:1] for box", "the first image"),
    mistake("execute/region.py", "crop", "boxes(op.count, len(sizes))", "boxes(1, len(sizes))", "one region an image"),
    mistake("execute/region.py", "crop", "x.shape[1], *sizes", "x.shape[1], *sizes[::-1]", "width before height"),
    mistake("execute/region.py", "crop", "product((0, 1), repeat", "product((0,), repeat", "the element before alone"),
    mistake(
        "execute/region.py", "crop", "tally.multiply(image[:, *nearest], ", "(image[:, *nearest] * ", "past the tally"
    ),
    mistake(
        "execute/region.py",
        "crop",
        "tally.add(region, part, out=region)",
        "region += part",
        "sums bypass the tally",
    ),
    mistake("execute/region.py", "crop", "boxes(op.count,", "boxes(op.count + 1,", "the map itself is a region, too"),
    mistake(
        "execute/attention.py",
        "attention",
        "tally.multiply_accumulate(scores, q.swapaxes(-1, -2), k, share=share)",
        "scores += q.swapaxes(-1, -2) @ k",
        "scores bypass the tally",
    ),
    mistake(
        "execute/attention.py",
        "attention",
        "scores = tally.divide(scores, math.sqrt(q.shape[2]), share=share)",
        "scores = tally.multiply(scores, q.shape[2] ** -0.5, share=share)",
        "scores are multiplied",
    ),
    mistake(
        "execute/attention.py",
        "attention",
        "tally.max(scores, -1, share=share)",
        "tally.max(scores, -1)",
        "masked scores are compared",
    ),
    mistake(
        "execute/attention.py", "attention", "tally.exp(distance, share=share)", "tally.exp(distance)", "masked raised"
    ),
    mistake(
        "execute/attention.py",
        "attention",
        "weights.swapaxes(-1, -2), share=share",
        "weights.swapaxes(-1, -2)",
        "values behind a mask",
    ),
    mistake("execute/attention.py", "attention", "op.heads, -1,", "1, -1,", "one head"),
    mistake(
        "execute/attention.py", "_masked", "> np.arange(places)", ">= np.arange(places)", "a place does not see itself"
    ),
    mistake("execute/experts.py", "experts", "if op.noisy:", "if False:", "no weights for noise"),
    mistake("execute/experts.py", "experts", "for _ in range(op.experts)]", "for _ in range(op.active)]", "few biases"),
    mistake("execute/experts.py", "experts", "places[rows], first", "places, first", "experts run everywhere"),
    mistake(
        "execute/experts.py",
        "experts",
        "tally.multiply(said, shares[rows, ranks].reshape(-1, 1))",
        "said",
        "experts are not weighted",
    ),
    mistake(
        "execute/experts.py",
        "experts",
        "tally.add(y[rows], tally.multiply",
        "(y[rows] + tally.multiply",
        "the mixture bypasses the tally",
    ),
    mistake("execute/experts.py", "experts", "tally.maximum(hidden, 0.0)", "hidden", "no ReLU"),
    mistake("execute/experts.py", "_choose", "for _ in range(active)", "for _ in range(active + 1)", "one too many"),
    mistake(
        "execute/experts.py",
        "_choose",
        "tally.divide(raised, tally.sum(raised, (-1,)))",
        "tally.divide(raised, raised.shape[-1])",
        "weights that do not add up to one",
    ),
)
"""Caught by verifying the examples, for they change what is counted, stored or shaped."""
