"""How results look: one table model, one renderer per format, and formulas as text.

Called, it is the public function: ``convcost.report(model)`` is ``convcost.api.report(model)``.
"""

from convcost._callable import make_callable

make_callable(__name__)
