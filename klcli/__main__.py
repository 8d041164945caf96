"""python -m klcli."""

import sys

from klcli.cli import main

if __name__ == "__main__":
    sys.exit(main())
