"""Records the outputs of today: `python -m tests.goldens.record [--freeze] [--whole DIR]`.

`--freeze` takes them for the baseline, too.  `--whole DIR` records nothing, but writes every output into a folder,
long ones as well: made by two versions, such folders are compared with `diff -r`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.goldens.frozen import cases, outputs_of
from tests.goldens.store import BASELINE, changed, freeze, intended, record, unlisted, write_whole


def main() -> None:
    """Make all outputs, and record or write them."""
    parser = argparse.ArgumentParser(prog="python -m tests.goldens.record", description=__doc__)
    parser.add_argument("--freeze", action="store_true", help="take them for the baseline")
    parser.add_argument("--whole", type=Path, metavar="DIR", help="write them into this folder instead")
    options = parser.parse_args()
    found: dict[str, str] = {}
    for case in cases():
        found |= outputs_of(case)
        print(case.name, flush=True)
    if options.whole is not None:
        write_whole(found, options.whole.resolve())
        return
    record(found)
    if options.freeze or not BASELINE.exists():
        freeze()
    for name in unlisted(changed(), intended()):
        print(f"not listed in intended.toml: {name}")


if __name__ == "__main__":
    main()
