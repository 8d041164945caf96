"""What other tools run of kl, run the way that they do: the GitHub Action, the pre-commit hook, GitLab's snippet."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, ROOT

from docs import DOCUMENTS
from klcli import __version__

yaml = pytest.importorskip("yaml")

pytestmark = pytest.mark.documentation

BINARIES = Path(sys.executable).parent


@pytest.fixture
def checkout(tmp_path):
    """A repository of a user, with a manifest and its files."""
    for path in (ROOT / "sample_data").iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "kl.toml").unlink()
    return tmp_path


def snippets():
    """The YAML of the page on CI, by the heading above it."""
    _, *sections = DOCUMENTS["docs/how-to/ci.md"].read_text(encoding="utf-8").split("\n## ")
    found = ((section.partition("\n")[0], section.partition("```yaml\n")[2]) for section in sections)
    return {heading: yaml.safe_load(block.split("```")[0]) for heading, block in found if block}


def run(command, folder, **environment):
    path = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT | {"PATH": path} | environment, capture_output=True, text=True, check=False
    )


def as_github_runs(step, folder, inputs, **environment):
    """Runs a step of a composite action: its expressions replaced, its script in a file, bash as GitHub calls it."""
    own = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], value)
        for name, value in step.get("env", {}).items()
    }
    assert step["shell"] == "bash"
    assert "${{" not in step["run"]
    script = folder.parent / "step.sh"
    script.write_text(step["run"])
    return run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], folder, **own, **environment)


def action():
    found = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert found["runs"]["using"] == "composite"
    return found


@pytest.fixture
def compare(checkout, tmp_path_factory):
    """The second step of the action, after the first; that one, which installs from the network, is run by .ci/run."""
    temporary = tmp_path_factory.mktemp("runner")
    (temporary / "kl" / "bin").mkdir(parents=True)
    (temporary / "kl" / "bin" / "kl").symlink_to(BINARIES / "kl")
    _, step = action()["runs"]["steps"]

    def run_step(arguments, command=None):
        command = command or action()["inputs"]["command"]["default"]
        summary = temporary / "summary.md"
        done = as_github_runs(
            step,
            checkout,
            {"command": command, "arguments": arguments},
            RUNNER_TEMP=str(temporary),
            GITHUB_STEP_SUMMARY=str(summary),
        )
        return done, summary.read_text() if summary.exists() else ""

    return run_step


def test_the_action_fails_the_step_annotates_and_sums_up(compare, checkout):
    done, summary = compare("pairs.csv --report junit=kl.xml")
    assert done.returncode == 1, done.stderr
    assert "::error file=coin_biased.csv,title=kl%3A exceeded%3A coin::forward_kl = 1.61446 > 0.1 nats" in done.stderr
    assert summary.startswith("**kl batch**, pairs.csv: 4 pairs: 3 ok, 1 exceeded\n")
    assert (checkout / "kl.xml").read_text().count("<failure ") == 1


def test_the_action_compares_the_columns_of_two_tables(compare, checkout):
    rows = [f"{'ab'[row % 2]},{row % 7}" for row in range(400)]
    (checkout / "old.csv").write_text("\n".join(["kind,size", *rows]) + "\n")
    (checkout / "new.csv").write_text("\n".join(["kind,size", *(row.replace("b,", "c,") for row in rows)]) + "\n")
    done, summary = compare("old.csv new.csv", "drift")
    assert done.returncode == 1, done.stderr
    assert "kind" in summary
    assert "::error " in done.stderr
    assert compare("old.csv old.csv", "drift")[0].returncode == 0


@pytest.mark.parametrize(
    "arguments", ["pairs.csv --fail-above 2", "die_fair.csv die_wolf.csv", "\n  pairs.csv\n  --fail-above 2\n"]
)
def test_the_action_passes_where_every_limit_is_kept(compare, arguments):
    done, summary = compare(arguments)
    assert done.returncode == 0, done.stderr
    assert " exceeded" not in summary


def test_the_arguments_of_the_action_are_words_and_never_commands(compare, checkout):
    (checkout / "with space.csv").write_bytes((checkout / "die_fair.csv").read_bytes())
    done, _ = compare("die_fair.csv 'with space.csv' \"with space.csv\" -m 'forward_kl'")
    assert done.returncode == 3  # the same name twice
    done, _ = compare("die_fair.csv $(touch\\ injected) `touch` ';touch injected'")
    assert done.returncode == 3
    assert not (checkout / "injected").exists()


def test_patterns_in_the_arguments_of_the_action_are_files(compare, checkout):
    for name in ("run 1.csv", "run[2].csv"):
        (checkout / name).write_bytes((checkout / "die_wolf.csv").read_bytes())
    found = {
        arguments: re.findall(r"\d+ pairs?: \d+ ok", compare(arguments)[1])[-1:]
        for arguments in ("die_fair.csv run*.csv", "die_fair.csv 'run '*.csv", "die_fair.csv 'run[2].csv'")
    }
    assert list(found.values()) == [["2 pairs: 2 ok"], ["1 pair: 1 ok"], ["1 pair: 1 ok"]]
    assert compare("die_fair.csv 'run*.csv'")[0].returncode == 3  # in quotes, it is the name of a file
    assert compare("die_fair.csv 'run")[0].returncode == 1
    assert "arguments: no closing quotation" in compare("die_fair.csv 'run")[0].stderr


def test_kl_drift_takes_patterns_itself_in_the_action(compare, checkout):
    for name in ("a", "b"):
        (checkout / f"part_{name}.csv").write_text("size\n" + "\n".join(str(row % 7) for row in range(400)) + "\n")
    done, summary = compare("part_a.csv part_*.csv", "drift")
    assert done.returncode == 0, done.stderr
    assert "1 column: 1 ok" in summary


def test_the_action_takes_the_inputs_that_the_documents_give():
    (step,) = snippets()["GitHub Actions"]
    assert step["with"].keys() <= action()["inputs"].keys()
    assert all(name in step["with"] for name, each in action()["inputs"].items() if each.get("required"))
    assert step["uses"].startswith("klcli/klcli@v")


def test_the_documents_give_the_version_of_the_package():
    version = f"v{__version__}"
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__
    assert snippets()["GitHub Actions"][0]["uses"].endswith(version)
    assert snippets()["pre-commit"][0]["rev"] == version


def test_the_hook_runs_its_entry_with_the_documented_arguments(checkout):
    hook, drift = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (repository,) = snippets()["pre-commit"]
    (configured,) = repository["hooks"]
    assert configured["id"] == hook["id"]
    program = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    words = [*shlex.split(hook["entry"]), *hook.get("args", configured["args"])]
    assert words[0] in program
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    # tables are text and binary: pre-commit tags Parquet, .npy and .gz as binary
    assert all(not each.keys() & {"types", "types_or", "exclude_types"} for each in (hook, drift))
    assert run(words, checkout).returncode == 1
    (checkout / "kl.toml").write_text("[limits]\nforward_kl = 2\n")
    (checkout / "pairs.csv").write_text("p,q\ncoin_fair.csv,coin_biased.csv\n")
    assert run(words, checkout).returncode == 0
    assert (drift["language"], drift["pass_filenames"]) == ("python", False)
    (checkout / "old.csv").write_text("size\n" + "\n".join(str(row % 7) for row in range(400)) + "\n")
    assert run([*shlex.split(drift["entry"]), "old.csv", "old.csv"], checkout).returncode == 0


def test_the_script_for_gitlab_leaves_the_report_that_it_names(checkout):
    job = snippets()["GitLab CI"]["distributions"]
    install, *script = job["script"]
    assert install == "pip install klcli"
    done = run(["bash", "-eo", "pipefail", "-c", "\n".join(script)], checkout)
    assert done.returncode == 1
    assert (checkout / job["artifacts"]["reports"]["junit"]).read_text().count("<testcase ") == 4
    assert job["artifacts"]["when"] == "always"


def test_every_python_of_the_classifiers_is_tested_on_every_system():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = [found[1] for each in project["classifiers"] if (found := re.search(r"Python :: (3\.\d+)$", each))]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    matrices = [job["strategy"]["matrix"] for job in workflow["jobs"].values()]
    assert [matrix["python"] for matrix in matrices] == [promised] * len(matrices)


def test_the_settings_of_this_project_are_no_settings_of_kl(kl):
    rows = json.loads(kl("batch", "--show-config", "-f", "json").out)["settings"]
    assert {row["from"] for row in rows} == {"default"}
