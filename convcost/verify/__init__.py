"""Verification: the rules held against the executor, layer by layer; the only package that sees both.

Called, it is the public function: ``convcost.verify(model)`` is ``convcost.api.verify(model)``.
"""

from convcost._callable import make_callable
from convcost.verify.check import LayerVerdict, Mismatch, Verdict, check
from convcost.verify.network import Verification, verify, verify_op

__all__ = ["LayerVerdict", "Mismatch", "Verdict", "Verification", "check", "verify", "verify_op"]

make_callable(__name__)
