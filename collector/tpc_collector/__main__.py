"""`python -m tpc_collector` is the command `tpc-collector`."""

import sys

from .cli import main

sys.exit(main())
