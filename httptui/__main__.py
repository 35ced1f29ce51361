"""`python -m httptui`: the same as the `httptui` command."""

import sys

from tui.command.entry import main

sys.exit(main())
