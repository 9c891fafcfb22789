"""Every op has a rule, an op without one is an error, and rules cost nothing to import."""

import subprocess
import sys

import pytest

from convcost.errors import UnsupportedError
from convcost.ops import OPS, Op
from convcost.rules import RULES, rule_of


@pytest.mark.parametrize("name", sorted(OPS))
def test_every_op_has_a_rule(name):
    assert OPS[name] in RULES


def test_an_op_without_a_rule_is_an_error_that_names_it():
    class Sieve(Op):
        name = "sieve"

    with pytest.raises(UnsupportedError) as error:
        rule_of(Sieve())
    assert str(error.value) == "E601 no rule says what the op 'sieve' costs"


def test_numbers_need_neither_sympy_nor_numpy():
    program = (
        "import sys; from convcost.ops import Conv; from convcost.rules import rule_of\n"
        "op = Conv((3, 3), 8, stride=2, padding='same', bias=True); rule = rule_of(op)\n"
        "rule.output(op, (1, 3, 17, 18)), rule.parameters(op, (1, 3, 17, 18)), rule.valid(op, (1, 3, 17, 18))\n"
        "print(sorted({'sympy', 'numpy', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
