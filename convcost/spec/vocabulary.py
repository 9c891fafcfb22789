"""The words of the spec language: which keys an item can have, with which arguments, and the words that are values.

Ops come from their registry; what is added here is shorthand: ``depthwise``, ``pointwise`` and ``separable`` stand for
convolutions, and a ``norm`` and an ``activation`` are arguments of what they follow.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from convcost.ops import (
    ACTIVATIONS,
    MERGES,
    NORMS,
    OPS,
    REQUIRED,
    Argument,
    Conv,
    Input,
    Linear,
    LocalResponseNorm,
    Op,
    Scale,
    TransposedConv,
)
from convcost.records import Record
from convcost.symbols.expr import FUNCTIONS, RESERVED, near_miss
from convcost.symbols.expr.language import quoted

NONE: Final = "none"
PADDINGS: Final = ("same", "valid", "half")
MODIFIERS: Final = ("name", "from", "if", "repeat", "first", "share")
INPUT: Final = "input"
"""The name of the one input that has no other."""
TABLE, SWITCH, PATH = "table", "switch", "path"
CONTAINERS: Final = (TABLE, SWITCH, PATH)
PATHS: Final = "paths"
"""The key of a merge's paths where it has arguments, too."""

_VALUE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TENSOR_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*(/[\w.-]+)*", re.ASCII)
MAX_NAME: Final = 200

NORM_OPS: Final[dict[str, type[Op]]] = {
    **{op.name.removesuffix("_norm"): op for op in NORMS if op not in {LocalResponseNorm, Scale}},
    **{op.name: op for op in NORMS if op is not Scale},
}
"""Norms by the words of ``norm:``: batch or batch_norm, layer, group, instance, ..."""
ACTIVATION_OPS: Final[dict[str, type[Op]]] = {op.name: op for op in ACTIVATIONS}

NORM = Argument("norm", "none, batch, layer, group, instance, or one norm with its arguments", NONE)
ACTIVATION = Argument("activation", "none, the name of an activation, or one activation with its arguments", NONE)
_FOLLOWED: Final = {"norm": NORM, "activation": ACTIVATION}


class Form(Record):
    """One key that stands for ops.

    Attributes
    ----------
    op : type of Op
        What it is made of.
    arguments : mapping of str to Argument
        What can be written, by name.
    defaults : tuple of str
        The arguments that the ``defaults:`` of a document apply to.
    joins : bool
        Whether it takes several tensors and is written with paths.
    required : tuple of str
        The arguments that must be written.
    """

    name: str
    op: type[Op]
    arguments: Mapping[str, Argument]
    defaults: tuple[str, ...] = ()
    joins: bool = False
    doc: str = ""
    required: tuple[str, ...] = ()


class Words(NamedTuple):
    """The words that make sense in a place, and a hint for one that is none of them."""

    words: Collection[str]
    hint: str = ""


@cache
def words_of(argument: Argument) -> Words:
    """Return the words that an argument can be.

    >>> words_of(Conv.arguments()["bias"])
    Words(words=('true', 'false'), hint='true or false')
    """
    words: Mapping[str, Collection[str]] = {
        "flag": ("true", "false"),
        "padding": PADDINGS,
        "norm": (NONE, *NORM_OPS),
        "activation": (NONE, *ACTIVATION_OPS),
        "choice": argument.choices,
        "word": argument.choices,
    }
    here = words.get(argument.type, ())
    return Words(
        here, " or ".join(here) if argument.type in {"flag", "choice", "word"} else argument.doc if here else ""
    )


def written_arguments(op: type[Op]) -> dict[str, Argument]:
    """Return the arguments of an op that a spec can write."""
    return {name: argument for name, argument in op.arguments().items() if argument.type != "internal"}


def _op_form(op: type[Op]) -> Form:
    arguments = written_arguments(op)
    joins = op in MERGES
    defaults: tuple[str, ...] = ()
    if op in (Conv, TransposedConv):
        arguments |= _FOLLOWED
        defaults = ("padding", "bias", "norm", "activation")
    elif op is Linear:
        arguments |= _FOLLOWED
    elif "kernel" in arguments and "padding" in arguments:
        defaults = ("padding",)
    doc = (op.__doc__ or "").split("\n", 1)[0]
    return Form(op.name, op, arguments, defaults, joins, doc, _required(arguments))


def _required(arguments: Mapping[str, Argument]) -> tuple[str, ...]:
    return tuple(name for name, argument in arguments.items() if argument.default is REQUIRED)


def _shorthand(name: str, doc: str, arguments: dict[str, Argument]) -> Form:
    defaults = tuple(name for name in ("padding", "bias", *_FOLLOWED) if name in arguments or name in _FOLLOWED)
    return Form(name, Conv, arguments | _FOLLOWED, defaults, doc=doc, required=_required(arguments))


def _forms() -> dict[str, Form]:
    forms = {name: _op_form(op) for name, op in OPS.items() if op is not Input}
    conv = Conv.arguments()
    window = {name: conv[name] for name in ("kernel", "stride", "padding", "dilation")}
    multiplier = Argument("dim", "output channels for each input channel", 1)
    shorthands = (
        _shorthand(
            "depthwise",
            "Convolution of each channel by itself: as many groups as input channels.",
            {**window, "multiplier": multiplier, "bias": conv["bias"]},
        ),
        _shorthand(
            "pointwise",
            "Convolution with a kernel of ones.",
            {name: conv[name] for name in ("out", "stride", "groups", "bias")},
        ),
        _shorthand(
            "separable",
            "Depthwise convolution, then pointwise convolution, each with its norm and activation.",
            {**window, "multiplier": multiplier, "out": conv["out"], "bias": conv["bias"]},
        ),
    )
    return forms | {form.name: form for form in shorthands}


FORMS: Final[dict[str, Form]] = _forms()
SPATIAL: Final = frozenset(
    form.name
    for form in FORMS.values()
    if any(argument.type in {"size", "padding"} for argument in form.op.arguments().values())
)
"""Forms that work on channels and space."""
KEYS: Final = frozenset({*FORMS, *CONTAINERS, *MODIFIERS, INPUT})
NAMES: Final = KEYS - {form.name for form in FORMS.values() if form.joins or form.required}
"""Keys that no tensor can be named by: in the place of a path, a word that needs more to be an item is a name."""
LITERAL: Final = frozenset({"word", "text"})
"""Types of arguments that stand for themselves and are no expressions."""

WORDS: Final = frozenset(
    {
        *PADDINGS,
        NONE,
        *NORM_OPS,
        *ACTIVATION_OPS,
        *(
            word
            for form in FORMS.values()
            for argument in form.arguments.values()
            if argument.type not in LITERAL
            for word in argument.choices
        ),
    }
)
"""Names that stand for themselves in expressions."""
ANY: Final = Words(WORDS)
"""What makes sense where it is not known what a value is for."""


def value_name_problem(name: str) -> str:
    """Return why a hyperparameter, let, argument or column cannot have this name; empty if it can."""
    if not _VALUE_NAME.fullmatch(name) or len(name) > MAX_NAME:
        return "names are letters, digits and _, and begin with a letter"
    if name in RESERVED or name in FUNCTIONS:
        return f"{quoted(name)} is a word of the expression language"
    return f"{quoted(name)} is a word that stands for itself" if name in WORDS else ""


def tensor_name_problem(name: str) -> str:
    """Return why a layer or input cannot have this name; empty if it can."""
    if not _TENSOR_NAME.fullmatch(name) or len(name) > MAX_NAME:
        return "names are letters, digits, _ - and ., begin with a letter, and / stands between scopes"
    return f"{quoted(name)} is an op or a key of the language" if name in NAMES else ""


def block_name_problem(name: str) -> str:
    """Return why a block cannot have this name; empty if it can."""
    if name in KEYS:
        return f"{quoted(name)} is an op or a key of the language"
    return tensor_name_problem(name) or ("/ stands between scopes" if "/" in name else "")


SYNONYMS: Final = {
    "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "convolution": "conv", "dwconv": "depthwise",
    "depthwise_conv": "depthwise", "separable_conv": "separable", "deconv": "transposed_conv",
    "conv_transpose": "transposed_conv", "dense": "linear", "fc": "linear", "gemm": "linear", "max_pool": "maxpool",
    "avg_pool": "avgpool", "gap": "global_avgpool", "global_pool": "global_avgpool", "bn": "batch_norm",
    "lrn": "local_response_norm", "swish": "silu", "hswish": "hard_swish", "hsigmoid": "hard_sigmoid",
    "interpolate": "resize", "cat": "concat", "sum": "add", "multiply": "mul",
    "subtract": "sub", "divide": "div", "pow": "power", "pixel_shuffle": "depth_to_space", "clamp": "clip",
    "pixel_unshuffle": "space_to_depth", "max_pool_global": "global_maxpool", "rmsnorm": "rms_norm",
    "residual": "add", "sequential": PATH,
    "bmm": "matmul", "batch_matmul": "matmul", "self_attention": "attention", "multi_head_attention": "attention",
    "scaled_dot_product_attention": "attention", "moe": "experts", "mixture_of_experts": "experts",
    "layer_scale": "scale", "roi_align": "crop", "roi_pool": "crop", "crop_and_resize": "crop",
    "filters": "out", "channels": "out", "output": "out", "out_channels": "out", "kernel_size": "kernel",
    "strides": "stride", "pad": "padding", "units": "out", "features": "out", "use_bias": "bias",
    "normalization": "norm", "act": "activation", "rate": "dilation", "depth_multiplier": "multiplier",
}  # fmt: skip
"""What other tools call things, for hints."""


def hint_for(word: str, candidates: Iterable[str]) -> str:
    """Return a hint for a word that is not in the language: what other tools mean by it, or the nearest word."""
    known = list(candidates)
    meant = SYNONYMS.get(word.lower())
    return f"did you mean {meant!r}?" if meant in known else near_miss(word, known)
