"""`python -m jupyter_prod`."""

from __future__ import annotations

import sys

from jupyter_prod.cli.main import main

sys.exit(main())
