"""The rules, each a small declaration.

In their ratios M and N are input and output channels, K×K is the kernel and s the stride. They hold exactly where the
input is s times the output along each axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from convcost.errors import UsageError, one_of
from convcost.studies.rewrite.rule import Facts, Given, Rule, Setting, Settings, Template


def standard(facts: Facts) -> bool:
    """Tell whether a convolution is a standard one: one group."""
    return bool(facts.kernel) and facts.groups == 1


def wide(facts: Facts) -> bool:
    """Tell whether a convolution is a standard one with a kernel larger than 1."""
    return standard(facts) and facts.taps > 1


def depthwise_separable(facts: Facts, _: Settings) -> Fraction:
    """Return 1/N + 1/K²: Howard et al. 2017, arXiv:1704.04861, section 3.1."""
    return Fraction(1, facts.out) + Fraction(1, facts.taps)


def _standard_again(facts: Facts, _: Settings) -> Fraction:
    return Fraction(facts.taps * facts.out, facts.multiplier * (facts.taps + facts.out))


def _divided(facts: Facts, settings: Settings) -> str:
    groups = settings["groups"]
    for channels, which in ((facts.cin, "input"), (facts.out, "output")):
        if channels % groups:
            return f"{groups} groups do not divide {channels} {which} channels"
    return ""


def _narrow(facts: Facts, settings: Settings) -> str:
    return f"{facts.out} channels reduced by {settings['reduce']} are none" if facts.out < settings["reduce"] else ""


def _bottleneck(given: Given) -> Template:
    inside = {"kernel": "kernel", **given.strided("stride"), **given.window, "out": "middle", **given.followers}
    return Template(
        {"middle": f"floor(out/{given.settings['reduce']})"},
        [
            ("pointwise", {"out": "middle", **given.followers}),
            ("conv", inside),
            ("pointwise", {"out": "out", **given.followers}),
        ],
    )


def _bottleneck_ratio(facts: Facts, settings: Settings) -> Fraction:
    m, n, b = facts.cin, facts.out, facts.out // settings["reduce"]
    return Fraction(prod(facts.stride) * m * b + facts.taps * b * b + b * n, facts.taps * m * n)


def _square(facts: Facts, _: Settings) -> str:
    return "" if facts.square else "only a square kernel with one stride for both axes is split"


def _spatial(given: Given) -> Template:
    def along(place: int) -> dict[str, str]:
        def axis(text: str, other: str) -> str:
            return f"[{text}, {other}]" if place == 0 else f"[{other}, {text}]"

        padding = {"padding": axis(given.amount, "0")} if given.amount else {}
        strided = given.strided(axis("stride", "1"))
        return {"kernel": axis("kernel", "1"), **strided, **given.window, **padding, "out": "out", **given.followers}

    return Template({}, [("conv", along(0)), ("conv", along(1))])


def _spatial_ratio(facts: Facts, _: Settings) -> Fraction:
    k = facts.kernel[0]
    return Fraction(facts.stride[0], k) + Fraction(facts.out, k * facts.cin)


def _shared(facts: Facts, settings: Settings) -> str:
    ratio = settings["ratio"]
    return f"{facts.out} channels are no multiple of {ratio}" if facts.out % ratio else ""


def _ghost(given: Given) -> Template:
    ratio, cheap = given.settings["ratio"], given.settings["cheap"]
    kernel = {"kernel": "kernel"} if given.key == "conv" else {}
    primary = {**kernel, **given.strided("stride"), **given.window, "out": f"out/{ratio}", **given.followers}
    more = {"multiplier": str(ratio - 1)} if ratio > 2 else {}
    ghosts = {"kernel": str(cheap), "padding": "same", **more, **given.followers}
    return Template({}, [(given.key, primary), ("concat", [None, ("depthwise", ghosts)])])


def _ghost_ratio(facts: Facts, settings: Settings) -> Fraction:
    ratio, cheap = settings["ratio"], settings["cheap"] ** len(facts.kernel)
    return Fraction(1, ratio) + Fraction((ratio - 1) * cheap, ratio * facts.taps * facts.cin)


def _kernel_ratio(facts: Facts, settings: Settings) -> Fraction | None:
    if facts.kind == "separable":
        return None
    return Fraction(settings["kernel"] ** len(facts.kernel), facts.taps)


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "standard-to-separable",
            "a standard convolution becomes a depthwise and a pointwise one",
            "separable",
            ("conv",),
            wide,
            key="separable",
            one=("groups",),
            ratio="1/N + 1/K²",
            value=depthwise_separable,
        ),
        Rule(
            "separable-to-standard",
            "a separable convolution becomes a standard one",
            "standard",
            ("separable",),
            key="conv",
            drop=("multiplier",),
            ratio="K²·N/(K² + N)",
            value=_standard_again,
        ),
        Rule(
            "standard-to-grouped",
            "a standard convolution gets groups",
            "grouped",
            ("conv", "pointwise"),
            standard,
            _divided,
            (Setting("groups", "groups of channels, which divide input and output channels", least=2),),
            one=("groups",),
            sets=True,
            ratio="1/groups",
            value=lambda _, settings: Fraction(1, settings["groups"]),
        ),
        Rule(
            "standard-to-bottleneck",
            "a standard convolution becomes pointwise, the same on fewer channels, pointwise",
            "bottlenecked",
            ("conv",),
            wide,
            _narrow,
            (Setting("reduce", "output channels over those in the middle", 4),),
            one=("groups",),
            template=_bottleneck,
            ratio="(s²·M·B + K²·B² + B·N)/(K²·M·N) with B = ⌊N/reduce⌋",
            value=_bottleneck_ratio,
        ),
        Rule(
            "standard-to-spatial",
            "a standard K×K convolution becomes K×1, then 1×K",
            "spatially_separable",
            ("conv",),
            wide,
            _square,
            one=("groups",),
            template=_spatial,
            by_axis=True,
            ratio="s/K + N/(K·M)",
            value=_spatial_ratio,
        ),
        Rule(
            "standard-to-ghost",
            "a standard convolution makes a part of the channels, depthwise ones the others",
            "ghost",
            ("conv", "pointwise"),
            standard,
            _shared,
            (
                Setting("ratio", "channels over those that the convolution makes", 2, 2),
                Setting("cheap", "kernel of the depthwise convolution", 3),
            ),
            one=("groups",),
            template=_ghost,
            ratio="1/ratio + (ratio - 1)·cheap²/(ratio·K²·M)",
            value=_ghost_ratio,
        ),
        Rule(
            "kernel",
            "a convolution gets another kernel",
            "kernel",
            ("conv", "depthwise", "separable"),
            lambda facts: facts.taps > 1,
            settings=(Setting("kernel", "extent of the kernel along each axis"),),
            sets=True,
            ratio="kernel²/K²",
            value=_kernel_ratio,
        ),
        Rule("argument", "calls of blocks get other arguments", "other", (), sets=True, free=True),
    )
}
"""The rules by name."""


def rule_named(name: str) -> Rule:
    """Return a rule.

    Raises
    ------
    UsageError
        E830 for one that there is not.
    """
    if name not in RULES:
        raise UsageError("E830", f"there is no rule {name!r}", hint=one_of(name, RULES))
    return RULES[name]
