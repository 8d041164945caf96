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
    with pytest.raises(MissingPackage, match=f"reading tea leaves needs the package '{module}'") as caught:
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
