import math
import sys

import pytest

from klcli.errors import ExitCode, MissingPackage
from klcli.support.optional_package import need


def test_returns_the_module():
    assert need("math", extra="x", purpose="counting") is math
    assert need("os.path", extra="x", purpose="counting").__name__ in ("posixpath", "ntpath")


@pytest.mark.parametrize("module", ["no_such_package", "no_such_package.inside"])
def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(module):
    with pytest.raises(MissingPackage, match="reading tea leaves needs the package 'no_such_package'") as caught:
        need(module, extra="tea", purpose="reading tea leaves")
    assert caught.value.hint == "pip install 'klcli[tea]'"
    assert caught.value.exit_code == ExitCode.USAGE
    assert caught.value.__cause__ is None


def test_a_package_that_misses_one_of_its_own_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_package") as caught:
        need("half_installed", extra="x", purpose="counting")
    assert not isinstance(caught.value, MissingPackage)


def test_a_missing_package_exits_with_2(kl, monkeypatch, tmp_path):
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    result = kl("compute", path, path)
    assert (result.code, result.out) == (2, "")
    assert "kl: hint: pip install 'klcli[parquet]'" in result.err


@pytest.mark.parametrize(("module", "package"), [("scipy.special", "scipy"), ("backports.zstd", "backports.zstd")])
def test_a_package_is_named_as_pip_knows_it(module, package, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, module.partition(".")[0], None)
    with pytest.raises(MissingPackage, match=f"needs the package '{package}', which") as caught:
        need(module, purpose="counting")
    assert caught.value.hint == f"pip install {package}"


@pytest.mark.parametrize("command", ["compute", "rows", "matrix", "batch"])
@pytest.mark.parametrize(("name", "package"), [("q.parquet", "pyarrow"), ("q.csv.zst", "backports.zstd")])
def test_a_missing_package_names_the_file_that_needs_it(kl, monkeypatch, tmp_path, command, name, package):
    if package == "backports.zstd" and sys.version_info >= (3, 14):
        pytest.skip("it is part of Python")
    for module in (package, f"{package}.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "p.csv").write_text("a,b\n1,2\n" if command == "rows" else "a,1\nb,2\n")
    (tmp_path / name).write_bytes(b"PAR1" if package == "pyarrow" else b"\x28\xb5\x2f\xfd")
    result = kl(command, tmp_path / "p.csv", tmp_path / name)
    assert result.code == (3 if command == "batch" else 2)
    assert f"{tmp_path / name}: reading " in result.out + result.err
    assert f"needs the package '{package}'" in result.out + result.err
