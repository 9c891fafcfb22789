"""Mistakes in the rest of the executor: the other families, and what all of them compute through."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

LINEAR: tuple[Mistake, ...] = (
    mistake("execute/linear.py", "linear", "x.shape[0], -1)", "x.shape[0] * x.shape[1], -1)", "channels as samples"),
    mistake("execute/linear.py", "linear", "features = x.shape[-1]", "features = x.shape[1]", "channels for features"),
    mistake("execute/linear.py", "linear", "if op.bias:", "if True:", "a bias that was switched off"),
    mistake(
        "execute/linear.py",
        "linear",
        "y = tally.add(y, weights.bias(op.out), out=y)",
        "y += weights.bias(op.out)",
        "the bias bypasses the tally",
    ),
    mistake("execute/linear.py", "linear", "np.moveaxis(y, -1, op.axis)", "y", "the features stay last"),
    mistake(
        "execute/linear.py", "linear", "tally.matmul(x, kernel.T)", "tally.matmul(x[:1], kernel.T)", "the first sample"
    ),
)

NORM: tuple[Mistake, ...] = (
    mistake(
        "execute/norm.py",
        "batch_norm",
        "weights.factor(channels) if op.scale else 1.0",
        "weights.factor(channels)",
        "a scale that was switched off",
    ),
    mistake(
        "execute/norm.py",
        "batch_norm",
        "channels = x.shape[1]",
        "channels = x.shape[-1]",
        "the last axis for the channels",
    ),
    mistake(
        "execute/norm.py",
        "batch_norm",
        "term = tally.subtract(shift, tally.multiply(mean, factor))",
        "term = shift - mean * factor",
        "folding bypasses the tally",
    ),
    mistake("execute/norm.py", "_normalise", "tally.add(variance, float(epsilon))", "variance", "no ε"),
    mistake(
        "execute/norm.py",
        "_normalise",
        "tally.divide(tally.sum(tally.multiply(distance, distance), axes), elements)",
        "tally.sum(tally.multiply(distance, distance), axes)",
        "a sum of squares for the variance",
    ),
    mistake(
        "execute/norm.py",
        "layer_norm",
        "extent if axis in axes else 1",
        "extent if axis == 1 else 1",
        "affine parameters of channels, whatever the axes",
    ),
    mistake("execute/norm.py", "group_norm", "tuple(range(2, groups.ndim))", "(2,)", "groups without their places"),
    mistake("execute/norm.py", "instance_norm", "tuple(range(2, x.ndim))", "(2,)", "rows for images"),
    mistake("execute/norm.py", "_affine", "tally.multiply(y, factor)", "y * factor", "the scale bypasses the tally"),
    mistake(
        "execute/norm.py",
        "local_response_norm",
        "(before, 0, op.size - 1 - before, 0)",
        "(before, 0, before, 0)",
        "an even size reaches as far to both sides",
    ),
    mistake(
        "execute/norm.py",
        "local_response_norm",
        ", share=windows.share(tap)",
        "",
        "channels that do not exist count as real",
    ),
    mistake(
        "execute/norm.py",
        "l2_norm",
        "tally.multiply(x, x), (1,)",
        "tally.multiply(x, x), (2,)",
        "a norm over the height",
    ),
    mistake("execute/norm.py", "scale", "weights.term(x.shape[1])", "weights.term(1)", "one term for all channels"),
    mistake("execute/norm.py", "scale", "if op.shift else y", "", "a term that was switched off"),
    mistake(
        "execute/norm.py", "scale", "weights.factor(x.shape[1])", "weights.factor(x.shape[-1])", "factors of columns"
    ),
    mistake("execute/norm.py", "scale", "y = tally.multiply(x, along", "y = tally.divide(x, along", "a quotient"),
)

ACTIVATION: tuple[Mistake, ...] = (
    mistake(
        "execute/activation.py",
        "relu6",
        "layer.tally.minimum(layer.tally.maximum(x, 0.0), 6.0)",
        "layer.tally.maximum(x, 0.0)",
        "ReLU for ReLU6",
    ),
    mistake("execute/activation.py", "prelu", "1 if op.shared else x.shape[1]", "x.shape[1]", "a shared slope"),
    mistake(
        "execute/activation.py",
        "leaky_relu",
        "tally.multiply(x, float(op.slope))",
        "x * float(op.slope)",
        "the slope bypasses the tally",
    ),
    mistake("execute/activation.py", "sigmoid_of", "tally.subtract(0.0, x)", "-x", "the negation bypasses the tally"),
    mistake(
        "execute/activation.py",
        "hard_swish",
        "_hard_sigmoid(x, 1 / 6, 0.5, layer.tally)",
        "sigmoid_of(x, layer.tally)",
        "swish for hard swish",
    ),
    mistake(
        "execute/activation.py",
        "gelu",
        "tally.erf(tally.multiply(x, 1 / math.sqrt(2)))",
        "tally.tanh(tally.multiply(x, 1 / math.sqrt(2)))",
        "the approximation by tanh",
    ),
    mistake(
        "execute/activation.py",
        "softmax",
        "tally.exp(tally.subtract(x, tally.max(x, op.axis)))",
        "tally.exp(x)",
        "without the maximum",
    ),
    mistake(
        "execute/activation.py",
        "maxout",
        "x.reshape(x.shape[0], -1, op.pieces, *x.shape[2:])",
        "x.reshape(x.shape[0], op.pieces, -1, *x.shape[2:])",
        "pieces outputs",
    ),
)

MERGE: tuple[Mistake, ...] = (
    mistake(
        "execute/merge.py",
        "one_after_the_other",
        "reduce(step, others, made)",
        "reduce(step, others[:1], made)",
        "two tensors are assumed",
    ),
    mistake("execute/merge.py", "add", "layer.tally.add", "np.add", "sums bypass the tally"),
    mistake(
        "execute/merge.py",
        "one_after_the_other",
        "made, *others = arrays",
        "made, others = np.zeros_like(arrays[0]), arrays",
        "the first is added to zero",
    ),
    mistake("execute/merge.py", "mul", "layer.tally.multiply", "layer.tally.add", "a sum for a product"),
    mistake(
        "execute/merge.py",
        "one_after_the_other",
        "made, *others = arrays",
        "*others, made = arrays",
        "from the last to the first",
    ),
    mistake(
        "execute/merge.py",
        "matmul",
        "left.swapaxes(-1, -2) if layer.op.transpose_left else left",
        "left",
        "a transposition is forgotten",
    ),
    mistake(
        "execute/merge.py",
        "matmul",
        "right.swapaxes(-1, -2) if layer.op.transpose_right",
        "right.swapaxes(-1, -2) if layer.op.transpose_left",
        "one flag for both",
    ),
    mistake("execute/merge.py", "matmul", "layer.tally.matmul(left, right)", "left @ right", "past the tally"),
    mistake("execute/merge.py", "concat", "axis=layer.op.axis", "axis=1", "channels, whatever the axis"),
    mistake(
        "execute/merge.py", "concat", "np.concatenate(arrays,", "np.concatenate(arrays[:2],", "two tensors are assumed"
    ),
)

RESHAPE: tuple[Mistake, ...] = (
    mistake("execute/reshape.py", "flatten", "x.shape[0], -1", "x.shape[0] * x.shape[1], -1", "channels as samples"),
    mistake("execute/reshape.py", "reshape", "*layer.op.shape", "*layer.op.shape[::-1]", "extents from the back"),
    mistake(
        "execute/reshape.py",
        "transpose",
        "0, *layer.op.order",
        "0, *np.argsort(layer.op.order) + 1",
        "the inverse permutation",
    ),
    mistake(
        "execute/reshape.py", "split", "list(accumulate(layer.op.sizes))", "list(layer.op.sizes)", "sizes for ends"
    ),
    mistake(
        "execute/reshape.py",
        "split",
        "layer.op.axis)[layer.op.index]\n    if",
        "layer.op.axis)[0]\n    if",
        "the first part",
    ),
    mistake("execute/reshape.py", "channel_shuffle", ".reshape(x.shape)", "", "the shape between the two reshapes"),
)

MACHINERY: tuple[Mistake, ...] = (
    mistake(
        "execute/tally.py",
        "Tally.valid",
        "total.get(primitive, 0) + real",
        "total.get(primitive, 0) + times",
        "valid is all",
    ),
    mistake("execute/tally.py", "Tally.subtract", '"add"', '"mul"', "the wrong primitive"),
    mistake("execute/tally.py", "Tally._each", "result.size", "len(result)", "the first extent for the elements"),
    mistake(
        "execute/tally.py", "Tally.sum", '"add", x.size', '"add", x.size - result.size', "k - 1 additions of k terms"
    ),
    mistake("execute/tally.py", "Tally.max", '"cmp", x.size', '"cmp", result.size', "outputs for inputs"),
    mistake("execute/tally.py", "Tally._products", "left.shape[-1]", "left.shape[-2]", "rows for terms"),
    mistake(
        "execute/tally.py",
        "Tally._products",
        'self.count("add", times, share)',
        'self.count("add", times)',
        "sums on padding",
    ),
    mistake(
        "execute/weights.py", "Weights._allocate", "values.size", "len(values)", "the first extent for the elements"
    ),
    mistake("execute/weights.py", "Weights.mean", '"running"', '"affine"', "statistics are trained"),
    mistake("execute/weights.py", "Weights.factor", '"affine"', '"weight"', "a scale for a weight"),
    mistake(
        "execute/_executor.py",
        "evidence",
        "sum(x.size for x in arrays)",
        "arrays[0].size if arrays else 0",
        "the first input",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "_sum(bare, 0.0, *input_shapes, plain=plain)",
        "_sum(bare, 1.0, *input_shapes, plain=plain)",
        "the border contributes to valid products",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "padding=(0,) * (2 * rank)",
        "padding=kept.padding",
        "the probe sees the kept part only",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "case Conv():\n            bare = op.replaced(bias=False)",
        "case Conv():\n            bare = op",
        "the bias is summed too",
    ),
    mistake(
        "execute/runner.py",
        "_run",
        "evidence(arrays, output,",
        "evidence(arrays, arrays[0],",
        "the input's shape for the output's",
    ),
)
