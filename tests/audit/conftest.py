"""Lets the tests here import ``planting`` beside them, and ``mutation`` and the small network of other tests.

Under ``importlib`` mode nothing is on the path.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent / "mutants"), str(HERE.parent / "unit" / "audit")]
