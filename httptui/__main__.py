"""`python -m httptui`: the same as the `httptui` command."""

import sys

from httptui.tui.command.entry import main

sys.exit(main())
