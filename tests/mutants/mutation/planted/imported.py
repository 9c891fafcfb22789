"""Mistakes in the ops that imported networks need: rules, executors, and values that no count can tell."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

RULES: tuple[Mistake, ...] = (
    mistake("rules/elementwise.py", "", '"neg": Counts(add=1)', '"neg": Counts(mul=1)', "a product by minus one"),
    mistake("rules/elementwise.py", "", '"sign": Counts(add=1, cmp=2)', '"sign": Counts(cmp=1)', "a sign in one step"),
    mistake("rules/elementwise.py", "", "Compare: Counts(cmp=1)", "Compare: Counts(add=1)", "a difference is compared"),
    mistake("rules/elementwise.py", "AffineRule.counts", "op.factor is None", "op.term is None", "the term for both"),
    mistake(
        "rules/elementwise.py",
        "PairRule.counts",
        "steps(op, inputs)",
        "product(inputs[0])",
        "the first tensor, whatever is repeated",
    ),
    mistake("rules/reduce.py", "", '"mean": Counts(div=1)', '"mean": Counts(mul=1)', "a mean by a constant factor"),
    mistake("rules/reduce.py", "", '"prod": Counts(mul=1)', '"prod": Counts(add=1)', "a product as a sum"),
    mistake("rules/reduce.py", "", "Counts(add=2, cmp=1, exp=1)", "Counts(add=1, cmp=1, exp=1)", "no subtraction"),
    mistake(
        "rules/reduce.py",
        "ReduceRule.counts",
        "product(self.output(op, *inputs))",
        "product(inputs[0])",
        "a mean is divided element by element",
    ),
    mistake("rules/reduce.py", "_without", "1 if axis in axes", "1 if axis not in axes", "the other axes are joined"),
    mistake("rules/resample.py", "", '"cubic": 4', '"cubic": 3', "three elements of a cubic"),
    mistake("rules/resample.py", "ResizeRule.counts", "*x[axis:]", "*out[axis:]", "every pass works on the final size"),
    mistake("rules/resample.py", "ResizeRule.counts", "*out[:axis]", "*x[:axis]", "passes on the size that was"),
    mistake("rules/resample.py", "ResizeRule.counts", "add=products", "add=made", "one addition for all elements"),
    mistake("rules/resample.py", "", '"nearest": 0', '"nearest": 1', "copying is multiplied"),
    mistake("rules/layout.py", "SliceRule.output", "ceil_div(", "(lambda a, b: a // b)(", "the last part is left out"),
    mistake("rules/layout.py", "GatherRule.output", "len(op.indices)", "len(set(op.indices))", "each place once"),
    mistake("rules/layout.py", "TileRule.output", "extent * times", "times", "one place each"),
    mistake(
        "rules/layout.py",
        "DepthToSpaceRule.output",
        "product([block] * len(extents))",
        "block * block",
        "two axes are assumed",
    ),
    mistake(
        "rules/layout.py",
        "SpaceToDepthRule.output",
        "product([block] * len(extents))",
        "block * block",
        "two axes are assumed",
    ),
    mistake("rules/embedding.py", "EmbeddingRule.parameters", "op.entries * op.width", "op.entries", "one each"),
    mistake("rules/embedding.py", "EmbeddingRule.output", "*inputs[0], ", "*inputs[0][:-1], ", "an axis is lost"),
    mistake("rules/parameter.py", "ParameterRule.parameters", "if op.trainable", "if True", "constants are trained"),
    mistake("rules/parameter.py", "ParameterRule.parameters", "product(op.shape)", "op.shape[0]", "the first extent"),
    mistake("rules/einsum.py", "EinsumRule.counts", "sums + accumulated", "accumulated", "sums before are free"),
    mistake("rules/einsum.py", "EinsumRule.counts", "sums + accumulated", "sums + products", "every product is added"),
    mistake(
        "rules/einsum.py",
        "EinsumRule.counts",
        "(made & other) | ((made | other) & later)",
        "made | other",
        "all letters at once",
    ),
    mistake("rules/einsum.py", "EinsumRule.counts", "made = met & later", "made = met", "letters never end"),
    mistake("rules/einsum.py", "EinsumRule.output", "equation.output", "sorted(equation.output)", "letters in order"),
    mistake("rules/recurrent.py", "", "Lstm: 4, Gru: 3", "Lstm: 3, Gru: 4", "a gru taken for an lstm"),
    mistake("rules/recurrent.py", "_weights", "op.hidden * (directions + 1)", "2 * op.hidden", "one direction below"),
    mistake("rules/recurrent.py", "_weights", "(op.layers - 1)", "op.layers", "a layer too many"),
    mistake("rules/recurrent.py", "RecurrentRule.parameters", "2 * GATES", "GATES", "one bias, as in Keras"),
    mistake("rules/recurrent.py", "RecurrentRule.counts", "product(x[:2])", "x[0]", "one step"),
    mistake("rules/recurrent.py", "", "mul=3, add=7, div=3", "mul=2, add=7, div=3", "a gate is forgotten"),
    mistake("rules/norm.py", "RmsNormRule.counts", "add=elements + rows", "add=elements", "no ε"),
    mistake("rules/norm.py", "RmsNormRule.parameters", "product(x[axis]", "2 * product(x[axis]", "a shift, too"),
    mistake("rules/activation.py", "", "_ELU + Counts(mul=1),\n    Selu", "_ELU,\n    Selu", "celu as elu"),
    mistake("rules/activation.py", "", "GELU_BY_TANH = Counts(mul=6", "GELU_BY_TANH = Counts(mul=5", "x² is at hand"),
    mistake("rules/activation.py", "ClipRule.counts", "len(bounds)", "2", "both bounds, given or not"),
    mistake("rules/activation.py", "LogSoftmaxRule.counts", "log=rows", "log=elements", "a logarithm each"),
    mistake(
        "rules/pool.py", "AdaptiveMaxPoolRule.counts", "_held_together(op, inputs[0])", "product(inputs[0])", "once"
    ),
)

EXECUTOR: tuple[Mistake, ...] = (
    mistake("execute/elementwise.py", "_sign", "tally.subtract(", "np.subtract(", "past the tally"),
    mistake("execute/elementwise.py", "affine", "op.term is None", "op.factor is None", "one flag for both"),
    mistake("execute/elementwise.py", "maximum", "layer.tally.maximum", "np.maximum", "past the tally"),
    mistake("execute/elementwise.py", "power", "layer.tally.power", "layer.tally.multiply", "a product for a power"),
    mistake("execute/elementwise.py", "", '"log": Tally.log', '"log": Tally.exp', "exp for log"),
    mistake(
        "execute/reduce.py", "_mean", "tally.divide(total, float", "total / (float", "the division bypasses the tally"
    ),
    mistake("execute/reduce.py", "", '"prod": Tally.prod', '"prod": Tally.sum', "a sum for a product"),
    mistake("execute/reduce.py", "reduce", "keep=op.keep", "keep=True", "axes that should go stay"),
    mistake(
        "execute/reduce.py", "argmax", "tally.max(x, op.axis).shape", "x.max(op.axis, keepdims=True).shape", "free"
    ),
    mistake("execute/reduce.py", "cumsum", "layer.tally.cumsum(x", "layer.tally.cumsum(x[:1]", "the first sample"),
    mistake("execute/resample.py", "resize", "np.arange(size) * extent // size", "np.arange(extent)", "unchanged"),
    mistake("execute/resample.py", "_cubic", "range(-1, 3)", "range(-1, 2)", "three elements of a cubic"),
    mistake("execute/resample.py", "_mix", "tally.multiply(nearest, along)", "nearest * along", "past the tally"),
    mistake("execute/resample.py", "_mix", "size = len(weights[0][0])", "size = x.shape[axis]", "the extent that was"),
    mistake("execute/resample.py", "resize", "start=2)", "start=1)", "channels are resampled"),
    mistake("execute/layout.py", "slice_", "slice(start, stop, op.step)", "slice(start, stop)", "every place"),
    mistake("execute/layout.py", "slice_", "cut[op.axis]", "cut[1]", "channels, whatever the axis"),
    mistake("execute/layout.py", "gather", "layer.op.axis)", "1)", "channels, whatever the axis"),
    mistake(
        "execute/layout.py", "tile", "(1, *layer.op.repeats)", "(2, *layer.op.repeats)", "the batch is repeated, too"
    ),
    mistake("execute/layout.py", "space_to_depth", "0, *blocks, 1, *places", "0, 1, *places, *blocks", "no channels"),
    mistake("execute/embedding.py", "embedding", "np.take(table, places, 0)", "table[places[0]]", "one sample"),
    mistake("execute/parameter.py", "parameter", "if op.trainable else", "if True else", "constants are trained"),
    mistake("execute/einsum.py", "_joined", "if ending else tally.multiply(x, y)", "", "products alone are added, too"),
    mistake("execute/einsum.py", "_summed", "tally.sum(x, axes)", "x.sum(axes, keepdims=True)", "sums are free"),
    mistake("execute/einsum.py", "einsum", "letters + later", "letters + later + made", "nothing is summed before"),
    mistake(
        "execute/einsum.py", "einsum", "for letter in output)", "for letter in sorted(output))", "letters in order"
    ),
    mistake("execute/recurrent.py", "Cell.recall", "if self.biases else a", "if False else a", "one bias, as in Keras"),
    mistake("execute/recurrent.py", "_run", "range(op.layers)", "range(1)", "one layer"),
    mistake("execute/recurrent.py", "_run", "(False, True)}", "(False,)}", "one direction for both"),
    mistake("execute/recurrent.py", "_lstm", "kept = tally.multiply(", "kept = tally.add(", "a gate adds"),
    mistake("execute/recurrent.py", "_gru", "tally.subtract(1.0, z)", "1.0 - z", "past the tally"),
    mistake("execute/norm.py", "rms_norm", "tally.add(mean, float(op.epsilon))", "mean", "no ε"),
    mistake("execute/activation.py", "log_softmax", "tally.log(", "tally.exp(", "exp for log"),
    mistake("execute/activation.py", "clip", "if op.min is not None", "if op.max is not None", "one flag for both"),
    mistake("execute/activation.py", "_elu", "if inverse is not None:", "if inverse is None:", "elu taken for celu"),
)

VALUES: tuple[Mistake, ...] = (
    mistake("execute/elementwise.py", "where", "!= 0, left, right)", "!= 0, right, left)", "the wrong one"),
    mistake("execute/elementwise.py", "_sign", '"greater", x, 0.0', '"less", x, 0.0', "no sign at all"),
    mistake("execute/elementwise.py", "", '"floor": Tally.floor', '"floor": Tally.ceil', "up for down"),
    mistake("execute/elementwise.py", "", '"sin": Tally.sin', '"sin": lambda tally, x: tally.sin(-x)', "another sign"),
    mistake("execute/arithmetic.py", "", '"less": np.less,', '"less": np.greater,', "greater for less"),
    mistake("execute/reduce.py", "_mean", "x.size // total.size", "x.size", "the mean of the whole batch"),
    mistake("execute/reduce.py", "_logsumexp", "tally.add(most, ", "tally.subtract(most, ", "the maximum is lost"),
    mistake("execute/reduce.py", "argmax", ".argmax(", ".argmin(", "the least"),
    mistake("execute/resample.py", "_cubic", "-0.75", "-0.5", "another cubic"),
    mistake("execute/resample.py", "resize", "np.arange(size) + 0.5", "np.arange(size) + 0.25", "off the centre"),
    mistake("execute/resample.py", "_linear", "1 - distance", "distance", "the farther one weighs more"),
    mistake("execute/resample.py", "_corners", "extent - 1.0", "extent - 2.0", "short of the last element"),
    mistake("execute/layout.py", "depth_to_space", 'mode == "dcr"', 'mode == "crd"', "the other mode"),
    mistake(
        "execute/layout.py", "space_to_depth", "0, *blocks, 1, *places", "0, 1, *blocks, *places", "channels first"
    ),
    mistake("execute/embedding.py", "embedding", "np.floor(", "np.ceil(", "the next vector"),
    mistake("execute/recurrent.py", "_lstm", "i, f, g, o =", "f, i, g, o =", "gates in another order"),
    mistake("execute/recurrent.py", "_gru", "r, z = np.split", "z, r = np.split", "gates in another order"),
    mistake("execute/recurrent.py", "_gru", "tally.multiply(z, h)", "tally.multiply(z, n)", "the state is forgotten"),
    mistake("execute/recurrent.py", "_run", "-1 if backward else 1", "1", "forward, whatever the direction"),
    mistake("execute/pool.py", "adaptive_maxpool", "tally.max(seen", "tally.min(seen", "the least"),
    mistake("execute/pool.py", "pad", "op.mode)", '"edge")', "edges are reflected"),
    mistake("execute/norm.py", "rms_norm", "x.size // total.size", "x.size", "the mean of the whole batch"),
    mistake("execute/activation.py", "gelu", "x), 0.044715)", "x), 0.44715)", "a constant ten times too large"),
    mistake("execute/activation.py", "selu", "1.0507009873554805", "1.6732632423543772", "α for λ"),
    mistake("execute/activation.py", "_softplus", "tally.maximum(x, 0.0)", "tally.minimum(x, 0.0)", "below zero"),
    mistake(
        "execute/activation.py", "celu", "float(1 / layer.op.alpha)", "float(layer.op.alpha)", "a factor for a divisor"
    ),
)
