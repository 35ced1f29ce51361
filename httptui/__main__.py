"""`python -m httptui`: the same as the `httptui` command."""

import sys

from tui.command.main import main

sys.exit(main())
