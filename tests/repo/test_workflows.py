"""The shell in the workflows and in .ci/run does what it should. (`make check` runs actionlint and zizmor on the workflows.)"""

import os
import re
import subprocess
import sys

import pytest

from environment import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the runners' shell is that of Linux")
yaml = pytest.importorskip("yaml")

EVERYTHING = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def jobs(name):
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))["jobs"]


def steps(name):
    return [step for job in jobs(name).values() for step in job.get("steps", [])]


@pytest.mark.parametrize("name", ["bug-for-the-museum", "mistake", "unclear"])
def test_github_can_read_the_issue_forms(name):
    """A colon followed by a space, without quotes, is enough to make a form invalid; GitHub then does not offer it."""
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8"))
    assert form["name"] and form["description"] and all(part["attributes"]["label"] for part in form["body"])


def test_every_job_of_the_tests_waits_for_the_quick_one():
    assert {job.get("needs") for name, job in jobs("tests").items() if name != "quick"} == {"quick"}


def test_the_runner_has_the_pythons_that_the_script_looks_for():
    [setup] = [step for step in steps("everything") if "actions/setup-python" in step.get("uses", "")]
    *others, default = setup["with"]["python-version"].split()  # the last one is what `python3` means
    assert (ROOT / "runtime.txt").read_text(encoding="utf-8").strip() == f"python-{default}"
    assert others == re.findall(r"\$\(first ([\d.]+)", EVERYTHING)


def test_the_runner_has_npm_and_the_script_uses_it_without_a_way_out():
    [setup] = [step for step in steps("everything") if "actions/setup-node" in step.get("uses", "")]
    assert re.fullmatch(r"actions/setup-node@[0-9a-f]{40}", setup["uses"])
    assert "\nmake .venv-npm/stamp\n" in EVERYTHING


def run_step(name, title, folder, programs=None):
    """Run a step's commands in a folder as GitHub's runners do, with these programs (as shell scripts) before all others."""
    [step] = [step for step in steps(name) if step.get("name") == title]
    for program, script in (programs or {}).items():
        path = folder / "programs" / program
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    environment = os.environ | {"PATH": f"{folder / 'programs'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["bash", "-e", "-c", step["run"]], cwd=folder, env=environment, capture_output=True, text=True).returncode


def test_a_broken_link_fails_the_weekly_run_and_so_does_a_list_that_is_not_there(tmp_path):
    def found():
        [title] = [step["name"] for step in steps("weekly") if step.get("name", "").startswith("No link is broken")]
        return run_step("weekly", title, tmp_path)

    [written] = re.findall(r"mv \S+ (\S+links\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert found() != 0
    (tmp_path / written).parent.mkdir()
    (tmp_path / written).write_text("")  # every address answered
    assert found() == 0
    (tmp_path / written).write_text("index.md:1: [redirected with Found] https://example.org to https://example.org/broken\n")
    assert found() == 0
    refused = "".join(
        f"index.md:2: [broken] https://example.org/{code}: {code} Client Error: Words for url: https://example.org/{code}\n"
        for code in (403, 429)
    )
    (tmp_path / written).write_text(refused)
    assert found() == 0
    for gone in ("404 Client Error: Not Found for url: https://example.org/403", "Name or service not known", "Anchor '403' not found"):
        (tmp_path / written).write_text(f"{refused}index.md:2: [broken] https://example.org/gone: {gone}\n")
        assert found() != 0, gone


FAKE_GH = """case "$2" in
list) echo "site-term-2027-spring site-term-2027-autumn" ;;
download) mkdir made && echo "$3" > made/index.html && tar -czf "$7" -C made . && rm -r made ;;
esac"""


def test_the_terms_come_below_the_newest_site_and_without_all_of_them_nothing_is_published(tmp_path):
    def published(gh):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "_build" / "html").mkdir(parents=True)
        (folder / "_build" / "html" / "index.html").write_text("newest")
        code = run_step("site", "Put the frozen terms below it", folder, {"gh": gh})
        return code, {path.parent.name: path.read_text().strip() for path in folder.glob("_build/html/**/index.html")}

    whole = {"html": "newest", "term-2027-spring": "site-term-2027-spring", "term-2027-autumn": "site-term-2027-autumn"}
    assert published(FAKE_GH) == (0, whole)
    assert published("exit 1")[0] != 0, "the list of releases is not available"
    assert published(FAKE_GH.replace("download)", "download) exit 1 ;; x)"))[0] != 0, "a term is not available"


@pytest.mark.parametrize(("passed", "code", "output"), [("abc", 0, "commit=abc\n"), ("", 1, "")])
def test_the_site_is_built_from_a_commit_that_has_passed_the_tests_or_not_at_all(tmp_path, monkeypatch, passed, code, output):
    said = tmp_path / "output"
    said.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(said))
    asked = '*"--workflow tests.yml --branch main --event push --status success --limit 1 "*'
    assert (
        run_step(
            "site",
            "The newest commit that has passed the tests",
            tmp_path,
            {"gh": f'case "$*" in {asked}) echo {passed} ;; *) exit 2 ;; esac'},
        )
        == code
    )
    assert said.read_text() == output
    build = jobs("site")["build"]
    [checkout] = [step for step in build["steps"] if "actions/checkout" in step.get("uses", "")]
    assert checkout["with"]["ref"] == "${{ steps.tested.outputs.commit }}"
    assert build["if"] == "github.event_name == 'workflow_dispatch' || github.event.workflow_run.conclusion == 'success'"


def test_a_term_is_built_only_of_notebooks_that_fetch_its_own_package(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "notebook").write_text("HOME = main\n")
    subprocess.run(["git", "-C", tmp_path, "add", "notebook"], check=True)
    title = "The notebooks fetch the package of this tag or branch"
    assert run_step("term", title, tmp_path, {"make": '[ "$*" = "tidy coursework" ]'}) == 0, "tidy changes nothing"
    assert run_step("term", title, tmp_path, {"make": "exit 1"}) != 0
    assert run_step("term", title, tmp_path, {"make": "echo HOME = main@term > notebook"}) != 0


FAKE_RELEASES = """case "$2" in
view) test -f "$3" ;;
create) test ! -f "$3" && touch "$3" ;;
upload) test -f "$3" && { test ! -s "$3" || test "$5" = --clobber; } && cp "$4" "$3" ;;
esac"""


def test_a_term_s_site_is_kept_and_a_fixed_one_takes_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TERM_NAME", "term-2027-spring")
    for content in ("first", "fixed"):
        (tmp_path / "site.tar.gz").write_text(content)
        assert run_step("term", "Keep the site as a file of the term's release", tmp_path, {"gh": FAKE_RELEASES}) == 0
        assert (tmp_path / "site-term-2027-spring").read_text() == content


def test_each_python_that_the_package_promises_is_tested_with_the_oldest_numpy_and_with_the_newest():
    promises = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pythons = re.findall(r"Python :: (3\.\d+)", promises)
    [oldest] = re.findall(r'"numpy>=([\d.]+)"', promises)
    legs = [(leg["python"], leg["numpy"].partition("==")) for leg in jobs("tests")["other-numpy"]["strategy"]["matrix"]["include"]]
    assert [(python, equal) for python, (_, equal, _) in legs] == [(python, equal) for python in pythons for equal in ("==", "")]
    assert legs[0][1][2] == f"{oldest}.*"


def test_a_python_is_taken_where_it_works_and_else_the_one_that_runs_everything(tmp_path):
    def found():
        function = re.search(r"^first\(\).*?^}$", EVERYTHING, re.MULTILINE | re.DOTALL)[0]
        environment = os.environ | {"PYTHON": "python3", "HOME": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
        run = subprocess.run(["bash", "-euc", f"{function}\nfirst 3.99 3.98"], env=environment, capture_output=True, text=True)
        return run.stdout.strip()

    def there(path, code):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\nexit {code}\n")
        path.chmod(0o755)

    assert found() == "python3"
    there(tmp_path / "python3.98", 0)
    assert found() == "python3.98"
    there(tmp_path / "python3.99", 127)  # a shim of pyenv, of a version that is not switched on
    assert found() == "python3.98"
    there(own := tmp_path / ".pyenv" / "versions" / "3.99.1" / "bin" / "python", 0)
    assert found() == str(own)
