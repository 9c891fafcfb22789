"""The reference of ops is written by the program: formulas come from the rules on symbols, figures from a run.

``pytest tests/docs --update-golden`` writes the page anew; look at the difference before committing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc, getdoc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convcost.cost import CONVENTIONS
from convcost.counts import PRIMITIVES, Counts
from convcost.execute import EXECUTORS, Executed, execute_op
from convcost.ops import (
    ACTIVATIONS,
    ARITHMETIC,
    CONNECTED,
    CONVOLUTIONS,
    MERGES,
    MOVES,
    NORMS,
    OPS,
    OTHERS,
    POOLS,
    RECURRENT,
    REGIONS,
    REQUIRED,
    Argument,
    Input,
    Op,
)
from convcost.report.derivation import formula
from convcost.rules import rule_of
from convcost.rules.activation import ELEMENT
from convcost.spec import limits as limits_of_specs
from convcost.spec.document import DOCUMENT
from convcost.spec.hyperparameters import FIELDS
from convcost.spec.library import BLOCK, DEFAULTS, LIBRARY
from convcost.spec.vocabulary import CONTAINERS, FORMS, MODIFIERS, PATHS
from convcost.symbols.expr import FUNCTIONS, language
from convcost.symbols.floordiv import free_symbol
from convcost.verify.examples import EXAMPLES, Example

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGE = REFERENCE / "ops.md"

HEAD = """\
# Ops

This page is written by the program. Formulas are what the rules return for symbols, figures are what the executor
measured.

Tensors are N × C × H × W: batch, channels, height, width. On 1-D and 3-D data the spatial axes are as many. The output
of a layer that slides a window is H′ × W′. Every op is written in a spec as `name: {argument: value}`;
[the spec language](spec.md) says how.

Counts are of primitive operations, those on padding included (*all*). Where a layer has padding of its own, *valid*
excludes operations with a padding element. An addition to an accumulator that starts at zero counts. A subtraction is an
`add`, a maximum, a minimum or another comparison a `cmp`, a reciprocal a `div`, a floor or ceiling a `round`.
Transcendental functions are one primitive each, whatever their evaluation takes.

Never counted: moving data, finding out where data is, and what is known before the network runs. `mult_adds` in a
[convention](conventions.md) are operations of `conv`, `transposed_conv`, `linear`, `experts`, `matmul`, `einsum`,
`attention`, `lstm`, `gru` and `rnn` only.
"""

FAMILIES: Mapping[str, tuple[type[Op], ...]] = {
    "Convolutions and fully connected layers": (*CONVOLUTIONS, *CONNECTED),
    "Recurrent layers": RECURRENT,
    "Pooling": POOLS,
    "Regions": REGIONS,
    "Normalisation": NORMS,
    "Activations": ACTIVATIONS,
    "Arithmetic": ARITHMETIC,
    "Joining tensors": MERGES,
    "Moving elements": MOVES,
    "Stored tensors, and what is not known": OTHERS,
}

SHORTHANDS = {
    "depthwise": "A `conv` with `groups` = C and `out` = C · `multiplier`.",
    "pointwise": "A `conv` with a kernel of ones.",
    "separable": "A `depthwise`, then a `pointwise`; two layers, each with the norm and the activation.",
}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "conv": {"out": "out", "groups": "groups", "bias": True},
    "transposed_conv": {"out": "out", "groups": "groups", "bias": True},
    "linear": {"out": "out"},
    "experts": {"experts": "experts", "active": "active", "hidden": "hidden", "out": "out"},
    "crop": {"size": ("size_h", "size_w"), "count": "count"},
    "attention": {"heads": "heads"},
    "maxpool": {"dilation": 1},
    "adaptive_avgpool": {"output": (1, 1)},
    "upsample": {"factor": (2, 2), "mode": "linear"},
    "pad": {"padding": ("top", "left", "bottom", "right")},
    "group_norm": {"groups": "groups"},
    "channel_shuffle": {"groups": "groups"},
    "maxout": {"pieces": 2},
    "reshape": {"shape": (-1, "H")},
    "transpose": {"order": (2, 3, 1)},
    "split": {"index": 0, "parts": 2},
    "adaptive_maxpool": {"output": (1, 1)},
    "unary": {"function": "exp"},
    "affine": {"factor": 2, "term": 1},
    "clip": {"min": 0, "max": 6},
    "reduce": {"function": "mean", "axes": (2, 3)},
    "compare": {"relation": "less"},
    "einsum": {"equation": "chw,kc->khw"},
    "resize": {"output": ("H′", "W′"), "mode": "linear"},
    "slice": {"axis": 2, "start": 1},
    "gather": {"axis": 1, "indices": (0, 2)},
    "expand": {"shape": ("C", "H", "W")},
    "tile": {"repeats": (1, 2, 3)},
    "depth_to_space": {"block": 2},
    "space_to_depth": {"block": 2},
    "embedding": {"entries": "entries", "width": "width"},
    "lstm": {"hidden": "hidden"},
    "gru": {"hidden": "hidden"},
    "rnn": {"hidden": "hidden"},
    "parameter": {"shape": ("C", "H", "W")},
    "unknown": {"op": "TopK", "shape": ("C", "H", "W")},
}
"""How the ops that need arguments are shown: the name of a symbol, or a value."""

SHOWN_FOR = {
    "conv": "with a bias",
    "transposed_conv": "with a bias",
    "linear": "with a bias, without `axis`",
    "maxpool": "with a dilation of 1",
    "adaptive_avgpool": "for an output of 1 × 1",
    "upsample": "for a factor of 2, linear",
    "maxout": "for 2 pieces",
    "reshape": "for a shape of [-1, H]",
    "transpose": "for an order of [2, 3, 1]",
    "split": "for one of 2 parts",
    "experts": "without biases, the gate without noise",
    "crop": "on images",
    "local_response_norm": "for a size of 5",
    "layer_norm": "for axes [1]",
    "scale": "without `shift`",
    "add": "for 2 tensors",
    "concat": "for 2 tensors of C and C₂ channels",
    "mul": "for N × C × 1 × 1 times N × C × H × W",
    "matmul": "for N × C × H × W times N × C × W × L",
    "attention": "for a query of N × C × H × W, a key of N × C × L and a value of N × C₂ × L",
    "pad": "for the amounts top, left, bottom, right",
    "adaptive_maxpool": "for an output of 1 × 1",
    "unary": "for exp",
    "affine": "with a factor and a term",
    "clip": "with both bounds",
    "gelu": "by erf",
    "rms_norm": "for axes [-1]",
    "log_softmax": "for axis 1",
    "reduce": "for the mean over axes 2 and 3",
    "argmax": "for axis 1",
    "sub": "for N × 1 × H × W and N × C × 1 × W",
    "div": "for two tensors of one shape",
    "maximum": "for 2 tensors",
    "minimum": "for 2 tensors",
    "power": "for two tensors of one shape",
    "compare": "for two tensors of one shape",
    "where": "for three tensors of one shape",
    "einsum": 'for "chw,kc->khw" on N × C × H × W and N × L × C',
    "resize": "for an output of H′ × W′, linear",
    "slice": "of axis 2 from 1 on",
    "gather": "for 2 places of axis 1",
    "expand": "for N × 1 × H × 1 to C × H × W",
    "tile": "for repeats of [1, 2, 3]",
    "depth_to_space": "for a block of 2",
    "space_to_depth": "for a block of 2",
    "embedding": "for an input of N × L",
    "lstm": "of one layer, forward, on N × L × C",
    "gru": "of one layer, forward, on N × L × C",
    "rnn": "of one layer, forward, on N × L × C",
    "parameter": "for one sample",
    "unknown": "for an output of C × H × W",
}

EVERY_STEP = "nothing; every step of the formula is."

NOT_COUNTED = {
    "conv": "gathering what a window sees; connections that the groups leave out; under *valid*, products with padding.",
    "transposed_conv": "zeros that an implementation by ordinary convolution puts between the input's elements; under "
    "*valid*, products that land where the padding cuts.",
    "linear": "making one vector of the input.",
    "experts": "which places an expert runs on; the noise and the losses that balance the load, which are training.",
    "maxpool": "remembering where the maximum was; under *valid*, comparisons with padding.",
    "avgpool": "finding out the divisor; under *valid*, additions of padding.",
    "lppool": "under *valid*, additions of padding, which has no power to be taken of.",
    "global_avgpool": "finding out the divisor.",
    "adaptive_avgpool": "finding out where the windows begin and end, and the divisors.",
    "crop": "choosing the boxes, non-maximum suppression included; finding out where the places of a region lie, and the "
    "weights of the interpolation.",
    "batch_norm": "updating the running statistics, which is training. Not folded into a convolution before it.",
    "layer_norm": EVERY_STEP,
    "group_norm": EVERY_STEP,
    "instance_norm": "running statistics: there are none.",
    "local_response_norm": "the constant α / size; under *valid*, channels that do not exist.",
    "l2norm": EVERY_STEP,
    "hard_sigmoid": "the constants 1/6 and 1/2.",
    "hard_swish": "the constants 1/6 and 1/2.",
    "gelu": "the constants 1/2 and 1/√2, and how erf is evaluated.",
    "softmax": EVERY_STEP,
    "upsample": "the weights of the interpolation, which are constants; copying.",
    "dropout": "training, in which it drops elements.",
    "identity": "there is nothing to count.",
    "concat": "moving the elements, which is all it does.",
    "matmul": "transposing, which moves elements.",
    "global_maxpool": "remembering where the maximum was.",
    "adaptive_maxpool": "finding out where the windows begin and end.",
    "clip": EVERY_STEP,
    "celu": "the constants α and 1/α.",
    "selu": "the constants λ and α.",
    "unary": "how the function is evaluated: it is one primitive.",
    "affine": "storing the constants: they are no parameters.",
    "reduce": "finding out the divisor of a mean; a power of 2 is a product.",
    "argmax": "where the maximum is: that comes with finding it.",
    "einsum": "putting the axes in another order; letters of extent 1 are letters.",
    "sub": "repeating an extent of 1.",
    "div": "repeating an extent of 1.",
    "maximum": "repeating an extent of 1.",
    "minimum": "repeating an extent of 1.",
    "power": "repeating an extent of 1; how a power is evaluated.",
    "compare": "repeating an extent of 1.",
    "where": "moving the elements that are chosen, which is all it does.",
    "resize": "the weights of the interpolation, which are constants; copying.",
    "embedding": "moving the vectors, which is all it does.",
    "lstm": "how the functions are evaluated. In `mult_adds`, products with the weights count, those inside a cell do not.",
    "gru": "how the functions are evaluated. In `mult_adds`, products with the weights count, those inside a cell do not.",
    "rnn": "how tanh is evaluated.",
    "parameter": "there is nothing to count.",
    "unknown": "all of it: it is not known.",
    "attention": "projections, which are layers of their own; the root √(D / heads), a constant; under *valid*, masked pairs.",
}

MOVES_ONLY = "moving the elements, which is all it does."
TRANSCENDENTAL = ("exp", "log", "tanh", "erf")


def letters(op: type[Op]) -> dict[str, str]:
    """Return how symbols are written, in the order of a product."""
    names = ["N", "C", "C₂", "H", "W", "H′", "W′", "out", "K_h", "K_w", "s_h", "s_w", "d_h", "d_w"]
    names += ["top", "left", "bottom", "right", "groups", "L", "heads", "experts", "active", "hidden"]
    names += ["count", "size_h", "size_w", "entries", "width"]
    return {name: name for name in names}


def symbol(name: str) -> Any:
    return free_symbol(name, integer=True)


def sample(op: type[Op]) -> Op:
    """Return an op whose extents are symbols."""
    given = dict(SAMPLES.get(op.name, {}))
    known = op.arguments()
    if "kernel" in known:
        given |= {"kernel": ("K_h", "K_w"), "stride": ("s_h", "s_w"), "padding": ("top", "left", "bottom", "right")}
        if "dilation" in known and "dilation" not in given:
            given["dilation"] = ("d_h", "d_w")
    literal = {"choice", "word", "text"}
    return op(**{name: value if known[name].type in literal else symbolic(value) for name, value in given.items()})


def symbolic(value: Any) -> Any:
    if isinstance(value, str):
        return symbol(value)
    return tuple(map(symbolic, value)) if isinstance(value, tuple) else value


def shapes(op: type[Op]) -> tuple[tuple[Any, ...], ...]:
    n, c, h, w = (symbol(name) for name in "NCHW")
    if op.name == "mul":
        return ((n, c, 1, 1), (n, c, h, w))
    if op.name == "concat":
        return ((n, c, h, w), (n, symbol("C₂"), h, w))
    if op.name == "matmul":
        return ((n, c, h, w), (n, c, w, symbol("L")))
    if op.name == "attention":
        return ((n, c, h, w), (n, c, symbol("L")), (n, symbol("C₂"), symbol("L")))
    if op.name == "sub":
        return ((n, 1, h, w), (n, c, 1, w))
    if op.name == "einsum":
        return ((n, c, h, w), (n, symbol("L"), c))
    if op.name == "expand":
        return ((n, 1, h, 1),)
    if op.name == "embedding":
        return ((n, symbol("L")),)
    if op in RECURRENT:
        return ((n, symbol("L"), c),)
    if op.inputs == 0:
        return ()
    return ((n, c, h, w),) * (op.inputs or 2 if op in MERGES else 1)


def formulas(op: type[Op]) -> Iterator[tuple[str, str]]:
    """Yield (quantity, formula) of the output, the parameters and the counts of an op on symbols."""
    example, inputs, written = sample(op), shapes(op), letters(op)
    rule = rule_of(example)
    output = rule.output(example, *inputs)
    yield "output", " × ".join(bracketed(formula(extent, written)) for extent in output)
    slides = "kernel" in op.arguments()
    places = {output[2]: symbol("H′"), output[3]: symbol("W′")} if slides else {}
    parameters = rule.parameters(example, *inputs)
    for role, meaning in (
        ("weight", "weights"),
        ("bias", "biases"),
        ("affine", "scales, shifts, slopes"),
        ("running", "running statistics"),
    ):
        value = getattr(parameters, role)
        if value != 0:
            yield meaning, formula(value, written)
    for primitive, count in rule.counts(example, *inputs).items():
        yield f"`{primitive}`", formula(count.xreplace(places), written)


def bracketed(text: str) -> str:
    return f"({text})" if " + " in text or " - " in text else text


def documented(of: Any) -> str:
    """Return a docstring as Markdown, without its examples."""
    text = cleandoc(getdoc(of) or "").split("\nExamples\n")[0].strip()
    return text.replace("*", "\\*").replace("``", "`")


def default(argument: Argument) -> str:
    if argument.default is REQUIRED:
        return "required"
    if argument.default is None:
        return "absent"
    if isinstance(argument.default, bool):
        return f"`{str(argument.default).lower()}`"
    if isinstance(argument.default, tuple):
        return f"`[{', '.join(map(str, argument.default))}]`"
    return f"`{argument.default}`"


def arguments(known: Mapping[str, Argument]) -> Iterator[str]:
    shown = {name: argument for name, argument in known.items() if argument.type != "internal"}
    if shown:
        yield "| argument | default | |"
        yield "|---|---|---|"
        for name, argument in shown.items():
            choices = f" ({', '.join(f'`{choice}`' for choice in argument.choices)})" if argument.choices else ""
            yield f"| `{name}` | {default(argument)} | {argument.doc}{choices} |"
    else:
        yield "It has no arguments."


def not_counted(op: type[Op]) -> str:
    if op.name in NOT_COUNTED:
        return NOT_COUNTED[op.name]
    if op in MOVES:
        return MOVES_ONLY
    functions = [name for name in TRANSCENDENTAL if op in ELEMENT and ELEMENT[op][name]]
    return f"how {functions[0]} is evaluated: it is one primitive." if functions else EVERY_STEP


def written_op(op: Op) -> str:
    """Write an op as a spec would."""
    given = []
    for name, argument in op.arguments().items():
        value = getattr(op, name)
        if argument.type == "internal" or value in (argument.default, None) or _is_default(value, argument.default):
            continue
        text = f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
        text = f'"{text}"' if argument.type == "text" else text
        given.append(f"{name}: {text.lower() if isinstance(value, bool) else text}")
    return f"{op.name}: {{{', '.join(given)}}}" if given else op.name


def _is_default(value: Any, default: Any) -> bool:
    return isinstance(value, tuple) and not isinstance(default, tuple) and set(value) == {default}


EXAMPLES_OF = {op: [example for example in EXAMPLES if type(example.op) is op] for op in EXECUTORS}
"""By op, apart from those that cannot be run."""


def measured(example: Example) -> Executed:
    """Run an example."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape, dtype=np.float32) for shape in example.inputs]
    return execute_op(example.op, *arrays)[1]


def counts_text(counts: Counts) -> str:
    return ", ".join(f"{counts[name]:,} `{name}`" for name in PRIMITIVES if counts[name]) or "nothing"


def example_lines(example: Example) -> Iterator[str]:
    seen = measured(example)
    inputs = " and ".join("×".join(map(str, shape)) for shape in example.inputs)
    on = f" on {inputs}" if inputs else ""
    yield f"Measured: `{written_op(example.op)}`{on} gives {'×'.join(map(str, seen.shape))}"
    stored = seen.trainable + seen.running
    parts = [f"{seen.trainable:,} trained values" if seen.trainable else ""]
    parts.append(f"{seen.running:,} running statistics" if seen.running else "")
    yield f"and stores {' and '.join(filter(None, parts)) if stored else 'nothing'}. *All*: {counts_text(seen.all)}."
    if seen.valid != seen.all:
        yield f"*Valid*: {counts_text(seen.valid)}."


def entry(op: type[Op]) -> Iterator[str]:
    yield f"### `{op.name}`"
    yield ""
    yield documented(op)
    yield ""
    # the rule of elementwise activations is a table, and what only moves costs nothing: the formulas below say all
    silent = op in ELEMENT or not rule_of(sample(op)).counts(sample(op), *shapes(op))
    yield "" if silent else f"Costs. {documented(type(rule_of(sample(op))))}"
    yield ""
    note = f", {SHOWN_FOR[op.name]}" if op.name in SHOWN_FOR else ""
    yield f"| quantity | formula{note} |"
    yield "|---|---|"
    for quantity, text in formulas(op):
        yield f"| {quantity} | {text} |"
    yield ""
    yield f"Not counted: {not_counted(op)}"
    yield ""
    yield from arguments(FORMS[op.name].arguments)
    yield ""
    yield from (line for example in EXAMPLES_OF.get(op, ())[:1] for line in example_lines(example))
    yield ""


def page() -> str:
    lines = [HEAD]
    for family, ops in FAMILIES.items():
        lines += [f"## {family}", ""]
        for op in ops:
            lines += entry(op)
    lines += ["## Shorthands", "", "These keys stand for convolutions. Their costs are those of `conv`.", ""]
    for name, text in SHORTHANDS.items():
        lines += [f"### `{name}`", "", text, "", *arguments(FORMS[name].arguments), ""]
    text = "\n".join(line.rstrip() for line in "\n".join(lines).splitlines())
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def test_the_page_of_ops_is_up_to_date(request):
    text = page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "pytest tests/docs --update-golden writes the page anew"


def test_every_op_and_shorthand_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in FORMS if f"### `{name}`\n" not in text] == []
    assert sum(map(len, FAMILIES.values())) == len([op for op in OPS.values() if op is not Input])


@pytest.mark.parametrize("op", [op for ops in FAMILIES.values() for op in ops], ids=lambda op: op.name)
def test_counts_of_zero_are_said_to_move_only(op):
    if op not in EXECUTORS or not measured(EXAMPLES_OF[op][0]).all:
        assert not_counted(op).startswith(("moving", "training", "there is nothing", "the weights", "all of it"))


def test_the_headline_counts_what_the_page_says():
    counted = {op.name for convention in CONVENTIONS.values() for op in convention.tariff}
    assert counted == {
        "conv",
        "transposed_conv",
        "linear",
        "experts",
        "matmul",
        "einsum",
        "attention",
        "lstm",
        "gru",
        "rnn",
    }


def test_the_limits_of_the_spec_language_are_those_of_the_program():
    shown = set(
        re.findall(r"[\d,⁰-⁹¹²³]+", (REFERENCE / "spec.md").read_text(encoding="utf-8").partition("## Limits")[2])
    )
    limits = {
        name: value
        for module in (limits_of_specs, language)
        for name, value in vars(module).items()
        if name.startswith("MAX_") and name not in {"MAX_BYTES", "MAX_NUMBER"}
    }
    assert {name for name, value in limits.items() if f"{value:,}" not in shown} == set()
    assert "16 MiB" in (REFERENCE / "spec.md").read_text(encoding="utf-8")
    assert (limits_of_specs.MAX_BYTES, language.MAX_NUMBER) == (16 * 2**20, 10**15)


def test_every_word_of_the_spec_language_is_in_its_reference():
    text = (REFERENCE / "spec.md").read_text(encoding="utf-8")
    words = {
        *DOCUMENT,
        *LIBRARY,
        *BLOCK,
        *FIELDS,
        *DEFAULTS,
        *MODIFIERS,
        *CONTAINERS,
        PATHS,
        *FUNCTIONS,
        *language.EXTENTS,
    }
    assert {word for word in words if not re.search(rf"`{word}\b", text)} - {PATHS} == set()
    assert f"{PATHS}: [" in text
