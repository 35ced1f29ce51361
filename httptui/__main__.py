"""`python -m httptui`: the same as the `httptui` command."""

import sys

from httptui.tui.cli.entry import main

sys.exit(main())
