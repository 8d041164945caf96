"""Prints the values of KL_KERNEL to test here; with `sanitized FOLDER`, compiles a kernel that watches its memory."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SANITIZERS = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def kernels() -> list[str]:
    """Returns numpy, and each instruction set but the best, which the other tests use."""
    os.environ.pop("KL_KERNEL", None)
    from klcli.core.kernel.library import SETS, kernel

    best = kernel()
    return ["numpy", *(SETS[: SETS.index(best.name)] if best else [])] if best else []


if __name__ == "__main__":
    if sys.argv[1:2] == ["sanitized"]:
        sys.path.insert(0, str(ROOT))
        from hatch_build import build

        build(ROOT / "klcli/core/kernel/kernel.c", Path(sys.argv[2]), SANITIZERS)
    else:
        print(*kernels())
