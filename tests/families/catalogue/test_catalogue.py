"""A family stands in the file of its name, and is one file: its class, its closed form, and nothing elsewhere."""

import json
import subprocess
import sys
from math import log
from pathlib import Path

import pytest

from klcli.families import catalogue
from klcli.families.catalogue import CLOSED_FORMS, FAMILIES

FILES = {path.stem for path in Path(catalogue.__file__).parent.glob("*.py")} - {"__init__"}
WITHOUT_A_NAME = {"generalized_gamma", "empirical"}  # the base of ten families, and data

POWER_FUNCTION = '''
"""The power function distribution on (0, 1)."""

from klcli.families.ball_arithmetic.differences import itakura_saito
from klcli.families.ball_arithmetic.functions import log
from klcli.families.closed_forms.closed_form import closed_form
from klcli.families.family.domain import POSITIVE, Parameter
from klcli.families.family.family import Family, family
from klcli.families.family.tail import Growth


@family("power_function", aliases=("powerlaw",))
class PowerFunction(Family):
    title = "a power of a uniform"
    parameters = (Parameter("a", POSITIVE),)
    support = "0 < x < 1"

    def bounds(self):
        return 0.0, 1.0

    def log_density(self, x):
        return log(self.a) + (self.a - 1.0) * log(x)

    def quantile(self, u):
        return u ** (1 / float(self.a.value))

    def growth(self, end):
        return Growth("logarithmic", float(self.a.value) - 1 if end == "low" else 0.0)


@closed_form(
    PowerFunction, PowerFunction, formula="{q.a}/{p.a} - 1 - log({q.a}/{p.a})", source="by integration", is_stable=True
)
def _power_function(p, q):
    return itakura_saito(q.a, p.a)
'''


@pytest.fixture
def kl_with_power_function(tmp_path):
    (tmp_path / "power_function.py").write_text(POWER_FUNCTION, encoding="utf-8")
    code = "import sys, power_function; from klcli.cli.main import main; sys.exit(main(sys.argv[1:]))"

    def run(*words):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_new_family_in_one_file_is_compared_by_its_closed_form(kl_with_power_function):
    found = kl_with_power_function("compute", "power_function(2)", "powerlaw(a=3)", "-m", "forward_kl", "-f", "json")
    assert found["measures"]["forward_kl"] == pytest.approx(log(2 / 3) + 1 / 2, rel=4e-15)
    assert (found["method"], found["source"]) == ("closed form", "by integration")


def test_a_new_family_in_one_file_is_compared_with_every_other_by_quadrature(kl_with_power_function):
    # beta(2, 1) is the same distribution
    found = kl_with_power_function("compute", "power_function(3)", "beta(2, 1)", "-m", "forward_kl", "-f", "json")
    assert found["method"] == "quadrature"
    assert found["measures"]["forward_kl"] == pytest.approx(log(3 / 2) + 2 / 3 - 1, rel=1e-12)


def test_a_new_family_in_one_file_is_listed(kl_with_power_function):
    families = kl_with_power_function("list", "families", "-f", "json")["families"]
    assert "power_function" in [each["name"] for each in families]
    forms = kl_with_power_function("list", "closed_forms", "-f", "json")["closed_forms"]
    assert [each["formula"] for each in forms if each["name"] == each["to"] == "power_function"] == [
        "q.a/p.a - 1 - log(q.a/p.a)"
    ]


@pytest.mark.parametrize("name", FAMILIES.names())
def test_a_family_stands_in_the_file_of_its_name(name):
    assert FAMILIES.lookup(name).__module__ == f"klcli.families.catalogue.{name}"


def test_every_file_of_the_catalogue_registers_its_family():
    assert set(FAMILIES.names()) == FILES - WITHOUT_A_NAME


@pytest.mark.parametrize(("p", "q"), CLOSED_FORMS)
def test_a_closed_form_stands_in_the_file_of_one_of_its_families(p, q):
    form = CLOSED_FORMS[p, q]
    homes = {function.__module__ for function in (form.evaluate, form.in_float64) if function is not None}
    shared = "klcli.families.closed_forms."
    assert all(home.startswith(shared) or home.rpartition(".")[2] in (p, q) for home in homes)
