"""Mistakes in the other rules."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

LINEAR: tuple[Mistake, ...] = (
    mistake(
        "rules/linear.py", "LinearRule.output", "*x[axis + 1 :]", "*x[axis:]", "the axis of the features is kept too"
    ),
    mistake(
        "rules/linear.py", "LinearRule.parameters", "op.out if op.bias else 0", "op.out", "a bias that was switched off"
    ),
    mistake(
        "rules/linear.py",
        "LinearRule.parameters",
        "product((op.out,",
        "product((x[0], op.out,",
        "weights times the batch",
    ),
    mistake(
        "rules/linear.py",
        "LinearRule.counts",
        "product((*out, _features(op, x)))",
        "product((op.out, _features(op, x)))",
        "one row, whatever the batch and the other axes",
    ),
    mistake(
        "rules/linear.py", "LinearRule.counts", "product(out) if op.bias", "op.out if op.bias", "a bias once an output"
    ),
    mistake("rules/linear.py", "_features", "product(x[1:])", "x[1]", "only the channels of an image are features"),
    mistake("rules/linear.py", "_features", "x[axis_of(op, x, op.axis)]", "x[1]", "channels for the chosen axis"),
)

POOL: tuple[Mistake, ...] = (
    mistake("rules/pool.py", "MaxPoolRule.valid", "_seen_real", "_seen", "padding is compared as if it were real"),
    mistake(
        "rules/pool.py",
        "MaxPoolRule.counts",
        "_seen(op, inputs[0])",
        "_seen(op, inputs[0]) - product(_slid(op, inputs[0]))",
        "k - 1 comparisons of k elements",
    ),
    mistake(
        "rules/pool.py",
        "AvgPoolRule.counts",
        "div=product(_slid(op, inputs[0]))",
        "div=product(inputs[0])",
        "a division for each input element",
    ),
    mistake(
        "rules/pool.py",
        "AvgPoolRule.valid",
        ", div=product(_slid(op, inputs[0]))",
        "",
        "the division of the mean is lost",
    ),
    mistake("rules/pool.py", "_norm", "pow=elements + product(out)", "pow=elements", "the root is forgotten"),
    mistake("rules/pool.py", "_norm", "abs=elements, pow=elements", "abs=seen, pow=seen", "a power for each window"),
    mistake(
        "rules/pool.py",
        "GlobalAvgPoolRule.output",
        "*(1 for _ in spatial(op, x))",
        "1, 1",
        "images only: two spatial axes",
    ),
    mistake(
        "rules/pool.py",
        "GlobalAvgPoolRule.counts",
        "div=product(self.output(op, x))",
        "div=x[1]",
        "the division forgets the batch",
    ),
    mistake(
        "rules/pool.py",
        "_held_together",
        "*held, *x[:2]",
        "*x[2:], *x[:2]",
        "windows that never overlap",
    ),
    mistake(
        "rules/pool.py", "_held", "n + windows - math.gcd(int(n), int(windows))", "n + windows - 1", "coprime extents"
    ),
    mistake(
        "rules/pool.py",
        "UpsampleRule.counts",
        "(*out[: axis + 1], *x[axis + 1 :])",
        "out",
        "every pass works on the final image",
    ),
    mistake("rules/pool.py", "UpsampleRule.counts", "mul=2 * made", "mul=made", "one product for two neighbours"),
    mistake(
        "rules/pool.py",
        "PadRule.output",
        "op.padding[:rank], op.padding[rank:]",
        "op.padding[::2], op.padding[1::2]",
        "amounts read axis by axis",
    ),
    mistake("rules/pool.py", "_seen", "*op.kernel, *_slid", "*op.kernel[::-1][:1] * 2, *_slid", "a square window"),
)

NORM: tuple[Mistake, ...] = (
    mistake("rules/norm.py", "BatchNormRule.parameters", "running=2 * c", "running=c", "a mean and no variance"),
    mistake(
        "rules/norm.py",
        "BatchNormRule.parameters",
        "(op.scale + op.shift) * c",
        "2 * c",
        "a scale or shift that was switched off",
    ),
    mistake(
        "rules/norm.py",
        "BatchNormRule.counts",
        "elements + 2 * c, sqrt=c",
        "elements + 2 * x[0] * c, sqrt=c",
        "folding once a sample",
    ),
    mistake("rules/norm.py", "BatchNormRule.counts", "mul=elements + c", "mul=elements", "folding is free"),
    mistake(
        "rules/norm.py",
        "LayerNormRule.parameters",
        "2 * product(x[axis] for axis in axes_of(op, x, op.axes))",
        "2 * x[1]",
        "affine parameters of channels, whatever the axes",
    ),
    mistake(
        "rules/norm.py", "LayerNormRule.counts", "if axis not in axes", "if axis in axes", "elements a row for rows"
    ),
    mistake(
        "rules/norm.py",
        "GroupNormRule.counts",
        "product((x[0], op.groups))",
        "op.groups",
        "groups of one sample of the batch",
    ),
    mistake(
        "rules/norm.py", "GroupNormRule.parameters", "2 * channels(op, inputs[0])", "2 * op.groups", "affine a group"
    ),
    mistake("rules/norm.py", "InstanceNormRule.counts", "product(x[:2])", "x[1]", "the rows forget the batch"),
    mistake("rules/norm.py", "InstanceNormRule.parameters", "if op.affine else 0", "", "affine although it is off"),
    mistake(
        "rules/norm.py",
        "LocalResponseNormRule.valid",
        "(size - 1) // 2, size // 2",
        "size // 2, size // 2",
        "the window of an even size reaches as far to both sides",
    ),
    mistake(
        "rules/norm.py",
        "L2NormRule.counts",
        "product((x[0], *x[2:]))",
        "product(x[:2])",
        "a norm over the places of a channel",
    ),
    mistake(
        "rules/norm.py",
        "ScaleRule.parameters",
        "channels(op, inputs[0])",
        "product(inputs[0][1:])",
        "a factor for each element",
    ),
    mistake("rules/norm.py", "ScaleRule.parameters", "1 + op.shift", "2", "a term that was switched off"),
    mistake("rules/norm.py", "ScaleRule.counts", "elements if op.shift else 0", "0", "the term is free"),
    mistake(
        "rules/norm.py", "ScaleRule.counts", "product(inputs[0])", "product(inputs[0][1:])", "elements of one sample"
    ),
    mistake(
        "rules/norm.py", "_normalise", "div=elements + 2 * rows", "div=elements + rows", "a mean without its division"
    ),
    mistake("rules/norm.py", "_normalise", "(3 + affine) * elements", "(2 + affine) * elements", "a sum is forgotten"),
    mistake("rules/norm.py", "_respond", "summed + elements", "summed", "the term k is free"),
)

ACTIVATION: tuple[Mistake, ...] = (
    mistake("rules/activation.py", "", "_SIGMOID = Counts(add=2,", "_SIGMOID = Counts(add=1,", "the negation is free"),
    mistake(
        "rules/activation.py", "", "Relu6: Counts(cmp=2)", "Relu6: Counts(cmp=1)", "one comparison clamps both ends"
    ),
    mistake("rules/activation.py", "", "Silu: _SIGMOID + Counts(mul=1)", "Silu: _SIGMOID", "the gate of swish"),
    mistake("rules/activation.py", "", "Gelu: Counts(mul=3,", "Gelu: Counts(mul=2,", "one of two constants is folded"),
    mistake(
        "rules/activation.py",
        "",
        "HardSwish: _HARD_SIGMOID + Counts(mul=1)",
        "HardSwish: _SIGMOID + Counts(mul=1)",
        "the soft one",
    ),
    mistake(
        "rules/activation.py",
        "PReluRule.parameters",
        "1 if op.shared else channels(op, inputs[0])",
        "channels(op, inputs[0])",
        "a shared slope",
    ),
    mistake(
        "rules/activation.py", "SoftmaxRule.counts", "add=2 * elements", "add=elements", "the maximum is not subtracted"
    ),
    mistake(
        "rules/activation.py",
        "SoftmaxRule.counts",
        "div=elements",
        "div=elements // inputs[0][op.axis]",
        "one division a row",
    ),
    mistake(
        "rules/activation.py",
        "MaxoutRule.output",
        "(x[0], out, *x[2:])",
        "(x[0], op.pieces, *x[2:])",
        "pieces for what is left",
    ),
    mistake(
        "rules/activation.py",
        "MaxoutRule.counts",
        "cmp=product(inputs[0])",
        "cmp=product(self.output(Maxout(2), *inputs))",
        "a comparison for each output",
    ),
    mistake("rules/activation.py", "_each", "* product(x)", "* product(x[1:])", "elements of one sample"),
)

MERGE: tuple[Mistake, ...] = (
    mistake("rules/agreement.py", "steps", "made: Dim = 0", "made = product(inputs[0])", "the first is added to zero"),
    mistake("rules/agreement.py", "steps", "made +=", "made =", "two tensors are assumed"),
    mistake("rules/agreement.py", "steps", "range(2, len(inputs) + 1)", "range(2, len(inputs))", "the last factor"),
    mistake("rules/agreement.py", "steps", "inputs[:last]", "inputs", "every product works on the final extents"),
    mistake("rules/merge.py", "AddRule.counts", "add=", "mul=", "a product for a sum"),
    mistake(
        "rules/merge.py", "ConcatRule.output", "joined += x[axis]", "joined = x[axis]", "the last extent for the sum"
    ),
    mistake(
        "rules/merge.py", "ConcatRule.output", "axis_of(op, inputs[0], op.axis)", "1", "channels, whatever the axis"
    ),
    mistake("rules/merge.py", "MatMulRule.output", "left[0], right[1]", "right[1], left[0]", "columns before rows"),
    mistake("rules/merge.py", "MatMulRule.counts", "(*self.output(op, *inputs), ", "(*inputs[0][-2:], ", "one matrix"),
    mistake("rules/merge.py", "MatMulRule.counts", "(_, terms), _ =", "(terms, _), _ =", "rows for terms"),
    mistake("rules/merge.py", "_matrices", "transposed=op.transpose_right", "transposed=op.transpose_left", "the left"),
    mistake("rules/merge.py", "_matrix", "if transposed", "if not transposed", "transposed where it is not asked for"),
    mistake("rules/agreement.py", "repeated", "if agreed == 1:", "if agreed == 0:", "the gate first, the image second"),
)

RESHAPE: tuple[Mistake, ...] = (
    mistake("rules/reshape.py", "FlattenRule.output", "product(x[1:])", "product(x)", "the batch is flattened too"),
    mistake(
        "rules/reshape.py", "ReshapeRule.output", "product(x[1:])", "product(x)", "the batch goes into what is left"
    ),
    mistake(
        "rules/reshape.py",
        "ReshapeRule.output",
        "left if extent == -1",
        "known if extent == -1",
        "what is known for what is left",
    ),
    mistake(
        "rules/reshape.py",
        "TransposeRule.output",
        "(x[axis] for axis in op.order)",
        "(x[op.order.index(axis) + 1] for axis in axes)",
        "the inverse permutation",
    ),
    mistake(
        "rules/reshape.py",
        "SplitRule.output",
        "sizes[0 if op.parts else op.index]",
        "sizes[0]",
        "always the first part",
    ),
    mistake("rules/reshape.py", "SplitRule.output", "*x[axis + 1 :]", "*x[2:]", "the channels, whatever the axis"),
    mistake(
        "rules/reshape.py",
        "ChannelShuffleRule.output",
        "return x",
        "return (x[0], op.groups, channels(op, x) // op.groups, *x[2:])",
        "the shape between the two reshapes",
    ),
)
