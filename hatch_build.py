"""Compiles klcli/core/kernel/kernel.c where there is a compiler; without one the wheel is pure Python, and slower.

Everything is built in a temporary folder. A wheel holds the library inside the package, an editable installation
beside the packages (`klcli.core.kernel.library` finds both). KL_BUILD=pure compiles nothing; with KL_BUILD=required a
build that cannot compile fails.
"""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zlib
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GNU = ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-fvisibility=hidden"]
MICROSOFT = ["/nologo", "/std:c11", "/O2", "/fp:precise", "/LD"]
SETS = {
    "baseline": ([], []),
    "avx2": (["-mavx2", "-mfma"], ["/arch:AVX2"]),
    "avx512": (
        ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"],
        ["/arch:AVX512"],
    ),
}


class Kernel(BuildHookInterface):
    """The build hook of hatchling."""

    def initialize(self, version, build_data):
        wanted = os.environ.get("KL_BUILD", "")
        if self.target_name != "wheel" or wanted == "pure":
            return
        self._folder = tempfile.TemporaryDirectory()
        try:
            library = build(Path(self.root, "klcli/core/kernel/kernel.c"), Path(self._folder.name))
        except (OSError, subprocess.CalledProcessError) as error:
            if wanted == "required":
                raise RuntimeError(getattr(error, "stderr", None) or error) from error
            return
        inside = "" if version == "editable" else "klcli/core/kernel/"
        kind = "force_include_editable" if version == "editable" else "force_include"
        build_data[kind][str(library)] = inside + library.name
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")

    def finalize(self, version, build_data, artifact_path):
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def build(source, folder, extra=()):
    """Returns the path of the library, compiled into the folder.

    Raises:
        OSError, subprocess.CalledProcessError: There is no compiler, or it fails.
    """
    names = list(SETS) if platform.machine().lower() in ("x86_64", "amd64") else ["baseline"]
    given = os.environ.get("CC", "").split()
    compiler = given or [
        shutil.which("cc") or shutil.which("clang") or shutil.which("gcc") or shutil.which("cl") or "cc"
    ]
    is_microsoft = Path(compiler[0]).stem.lower() == "cl"
    library = Path(folder, "klcli_kernel.dll" if os.name == "nt" else "klcli_kernel.so")
    objects = []
    for name in names:
        marks = [f"KL_SUFFIX=_{name}"]
        if name == "baseline":
            marks += ["KL_DETECTS", f"KL_SOURCE={zlib.crc32(Path(source).read_bytes())}u"]
        objects.append(str(Path(folder, f"{name}.obj")))
        if is_microsoft:
            words = [*MICROSOFT[:-1], *SETS[name][1], *(f"/D{mark}" for mark in marks), "/c", str(source)]
            words.append(f"/Fo{objects[-1]}")
        else:
            words = [*GNU, *SETS[name][0], *extra, *(f"-D{mark}" for mark in marks), "-c", str(source)]
            words += ["-o", objects[-1]]
        subprocess.run([*compiler, *words], check=True, capture_output=True, text=True)
    linked = (
        [*MICROSOFT, f"/Fe{library}", *objects] if is_microsoft else ["-shared", *extra, "-o", str(library), *objects]
    )
    if os.name != "nt":
        linked += ["-lm"] if extra or sys.platform == "darwin" else ["-lm", "-s"]
    subprocess.run([*compiler, *linked], check=True, capture_output=True, text=True, cwd=folder)
    return library
