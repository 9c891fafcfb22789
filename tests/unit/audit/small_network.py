"""A network that is small enough to be counted by hand, and tables of it."""

from convcost.claims import Row, Table
from convcost.claims.printed import read
from convcost.model import loads
from convcost.studies.audit import audit_table

SPEC = """\
convcost: 1
name: small
hyperparameters:
  alpha:   {default: 1, choices: [1, 1/2]}
  size:    {default: 8, choices: [8, 16, 24]}
  classes: 10
presets:
  large: {size: 32}
  half:  {alpha: 1/2}
let:
  w(c): floor(alpha*c)
input: [3, size, size]
defaults: {padding: same, bias: false, norm: batch, activation: relu}
layers:
  - conv: {kernel: 3, out: w(5)}
  - maxpool: {kernel: 3, stride: 2}
  - conv: {kernel: 3, out: 7, bias: true, norm: none}
  - global_avgpool
  - linear: {out: 6, bias: true}
  - linear: {out: classes, bias: true}
"""
"""Layer by layer, at the defaults (8 × 8, then 4 × 4):

conv1    3·5·9 = 135 weights, 135·64 = 8640 products, of which (3·8 − 2)²·15 = 7260 are not on padding;
         5 channels of a batch norm, 5·64 = 320 elements of it and of the activation
maxpool  16·5 windows of 9: 720 elements
conv2    5·7·9 = 315 weights, 7 biases, 315·16 = 5040 products, of which (3·4 − 2)²·35 = 3500 are not on padding;
         7·16 = 112 elements with a bias and an activation
avgpool  112 elements
linear1  42 weights and products, 6 biases
linear2  60 weights and products, 10 biases: 6 and 1 a class
"""

PRODUCTS = 8640 + 5040 + 42 + 60
PARAMS = 135 + 10 + 315 + 7 + 42 + 6 + 60 + 10


def small():
    return loads(SPEC)


def table(*rows, **stated):
    """Return a table; a row is what stands behind the name of the spec, and figures as text."""
    return Table(
        "Table 1",
        tuple(
            Row(f"row {i}", at, {metric: read(text) for metric, text in figures.items()})
            for i, (at, figures) in enumerate(rows)
        ),
        **stated,
    )


def audited(*rows, **stated):
    return audit_table(table(*rows, **stated), model=small())


def finding(at="", **figures):
    """Audit a table of one figure."""
    (found,) = audited((at, figures)).findings
    return found


def keys(found):
    """Return the names of the steps of an explanation, accepted or not."""
    return [step.key for step in found.explanation.candidate.steps] if found.explanation else []
