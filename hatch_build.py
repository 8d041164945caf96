"""Builds what a wheel has besides the modules: the compiled kernel, and the manual pages.

The kernel, klcli/core/kernel/kernel.c, is compiled where there is a compiler; without one the wheel is pure Python, and
slower. Everything is built in a temporary folder. A wheel holds the library inside the package, an editable
installation beside the packages (`klcli.core.kernel.library` finds both). KL_BUILD=pure compiles nothing; with
KL_BUILD=required a build that cannot compile fails.

The manual pages are made from docs/reference/commands.md, which holds what `kl COMMAND --help` prints (a test keeps it
so): importing the commands would need numpy to build a wheel.
"""

import os
import platform
import re
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
ON_X86 = {
    "baseline": (["-O2"], []),  # half as large; no processor runs it unless asked to, and without FMA it is slow anyway
    "avx2": (["-mavx2", "-mfma", "-mf16c"], ["/arch:AVX2"]),
    "avx512": (
        ["-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mfma", "-mf16c", "-mprefer-vector-width=512"],
        ["/arch:AVX512"],
    ),
}


class Build(BuildHookInterface):
    """The build hook of hatchling."""

    def initialize(self, version, build_data):
        if self.target_name != "wheel":
            return
        self._folder = tempfile.TemporaryDirectory()
        help_texts = Path(self.root, "docs/reference/commands.md").read_text(encoding="utf-8")
        for name, page in man_pages(help_texts, self.metadata.version).items():
            path = Path(self._folder.name, name)
            path.write_text(page, encoding="utf-8")
            build_data["shared_data"][str(path)] = f"share/man/man1/{name}"
        self._add_kernel(version, build_data)

    def _add_kernel(self, version, build_data):
        wanted = os.environ.get("KL_BUILD", "")
        if wanted == "pure":
            return
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
    sets = ON_X86 if platform.machine().lower() in ("x86_64", "amd64") else {"baseline": ([], [])}
    given = os.environ.get("CC", "").split()
    compiler = given or [
        shutil.which("cc") or shutil.which("clang") or shutil.which("gcc") or shutil.which("cl") or "cc"
    ]
    is_microsoft = Path(compiler[0]).stem.lower() == "cl"
    library = Path(folder, "klcli_kernel.dll" if os.name == "nt" else "klcli_kernel.so")
    objects = []
    for name, (gnu, microsoft) in sets.items():
        marks = [f"KL_SUFFIX=_{name}"]
        if name == "baseline":
            marks += ["KL_DETECTS", f"KL_SOURCE={zlib.crc32(Path(source).read_bytes())}u"]
        objects.append(str(Path(folder, f"{name}.obj")))
        if is_microsoft:
            words = [*MICROSOFT[:-1], *microsoft, *(f"/D{mark}" for mark in marks), "/c", str(source)]
            words.append(f"/Fo{objects[-1]}")
        else:
            words = [*GNU, *gnu, *extra, *(f"-D{mark}" for mark in marks), "-c", str(source)]
            words += ["-o", objects[-1]]
        subprocess.run([*compiler, *words], check=True, capture_output=True, text=True)
    linked = (
        [*MICROSOFT, f"/Fe{library}", *objects] if is_microsoft else ["-shared", *extra, "-o", str(library), *objects]
    )
    if os.name != "nt":
        linked += ["-lm"] if extra or sys.platform == "darwin" else ["-lm", "-s"]
    subprocess.run([*compiler, *linked], check=True, capture_output=True, text=True, cwd=folder)
    return library


def man_pages(text, version):
    """Returns the manual pages in roff by file name, such as kl-compute.1, of a document with the help of all commands.

    See man-pages(7) for the sections, and man(7) for the macros.
    """
    helps = dict(re.findall(r"^```console\n\$ (kl(?: \w+)?) --help\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    commands = dict(_entries(helps["kl"].partition("\nCommands:\n")[2].partition("\n\n")[0]))
    pages = {"kl.1": _page("kl", "How different are two distributions?", helps["kl"], version, commands)}
    for name, summary in commands.items():
        pages[f"kl-{name}.1"] = _page(f"kl {name}", summary, helps[f"kl {name}"], version, commands)
    return pages


def _page(command, summary, text, version, commands):
    """Returns one page; `text` is what --help prints."""
    name = command.replace(" ", "-")
    usage, _, rest = text.partition("\n\n")
    words = re.sub(r"\s+", " ", usage).removeprefix(f"Usage: {command} ")
    lines = [
        f'.TH "{name.upper()}" 1 "" "klcli {version}" "klcli manual"',
        ".SH NAME", f"{_roff(name)} \\- {_roff(summary)}",
        ".SH SYNOPSIS", f"\\fB{_roff(command)}\\fR {_roff(words)}", ".SH DESCRIPTION",
    ]  # fmt: skip
    options = []
    for block in rest.rstrip().split("\n\n"):
        title = re.match(r"(\w+):\n", block)
        if title is None:
            lines += _paragraph(block)
        elif title[1] != "Commands":
            options += [f".SS {title[1]}"] if title[1] != "Options" else []
            for flags, meaning in _entries(block[title.end() :]):
                options += [".TP", f"\\fB{_roff(flags)}\\fR", _roff(meaning)]
    lines += [".SH OPTIONS", *options]
    if command == "kl":
        lines.append(".SH COMMANDS")
        for each, meaning in commands.items():
            lines += [".TP", f"\\fBkl\\-{each}\\fR(1)", _roff(meaning)]
    others = ", ".join(
        f"\\fB{_roff(each)}\\fR(1)" for each in ["kl", *(f"kl-{each}" for each in commands)] if each != name
    )
    return "\n".join([*lines, ".SH SEE ALSO", others, ""])


def _paragraph(block):
    """Returns a paragraph of help; one of examples, which begin with a command, keeps its lines."""
    lines = [line[2:] for line in block.split("\n")]
    if re.match(r"(kl|cat|tail|eval|for|find) ", lines[0]):
        return [".PP", ".RS 4", ".nf", *map(_roff, lines), ".fi", ".RE"]
    return [".PP", _roff(_joined(block))]


def _entries(block):
    """Yields the terms of a list of help and what they mean, each on one line."""
    for entry in re.split(r"^  (?=\S)", block, flags=re.MULTILINE)[1:]:
        # a long term stands on a line of its own
        term, _, meaning = entry.partition("  " if "  " in entry.split("\n")[0] else "\n")
        yield term.strip(), _joined(meaning)


def _joined(text):
    """Returns the text on one line; help breaks lines at hyphens, too."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w-)\n\s*", "", text)).strip()


def _roff(text):
    """Returns the text with everything escaped that roff would read as markup."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
