"""``python -m convcost``."""

import sys

from convcost.cli import main

sys.exit(main())
