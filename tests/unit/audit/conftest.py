"""Lets the tests here import the network beside them: under ``importlib`` mode nothing is on the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
