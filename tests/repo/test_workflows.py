"""The public CI: it may do no more than it must, runs only what is pinned, and calls only what the Makefile has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from environment import ROOT, missing

yaml = pytest.importorskip("yaml")

WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
EVERY_WORKFLOW = pytest.mark.parametrize("name", WORKFLOWS)
PINNED = re.compile(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$")
MAY_WRITE = {  # jobs that may change something outside; they run no code of the repository
    ("site", "publish"): {"pages", "id-token"},
    ("term", "keep"): {"contents", "actions"},
    ("release", "publish"): {"contents"},
}


def text(name):
    return WORKFLOWS[name].read_text(encoding="utf-8")


def jobs(name):
    return yaml.safe_load(text(name))["jobs"]


def steps(name):
    return [step for job in jobs(name).values() for step in job["steps"]]


REPOSITORY = "${{ github.server_url }}/${{ github.repository }}"
HERE = {"NNFROMSCRATCH_REPOSITORY": f"{REPOSITORY}/tree/${{{{ github.ref_name }}}}"}  # launch links lead to this branch or tag
PAGES = "${{ steps.pages.outputs.base_url }}"
DUTIES = {  # what starts each workflow, and what it must run, with which variables
    "tests": (
        {"push": {"branches": ["main"]}, "pull_request": None},
        {".ci/run": {}, "make test": {}, ".ci/package": {"NUMPY": "${{ matrix.numpy }}"}},
    ),
    "weekly": ({"schedule": [{"cron": "17 4 * * 1"}], "workflow_dispatch": None}, {".ci/run": {}, "make links": {}}),
    "site": (
        {"workflow_run": {"workflows": ["tests"], "types": ["completed"], "branches": ["main"]}, "workflow_dispatch": None},
        {"make book": {"NNFROMSCRATCH_REPOSITORY": REPOSITORY, "NNFROMSCRATCH_SITE": PAGES}},
    ),
    "term": (
        {"push": {"tags": ["term-*"], "branches": ["term-*"]}},
        {"make tidy coursework": HERE, "make book": HERE | {"NNFROMSCRATCH_SITE": f"{PAGES}/${{{{ github.ref_name }}}}"}},
    ),
    "release": ({"push": {"tags": ["v*"]}}, {".ci/run": {}, "make dist zip pdf epub": HERE}),
}


@EVERY_WORKFLOW
def test_each_workflow_does_its_duty(name):
    starts, runs = DUTIES[name]
    assert yaml.safe_load(text(name))[True] == starts  # YAML takes the key `on` for a truth value
    for command, variables in runs.items():
        environments = [
            job.get("env", {}) | step.get("env", {})
            for job in jobs(name).values()
            for step in job["steps"]
            if re.search(rf"^(bash )?{re.escape(command)}\b", step.get("run", ""), re.MULTILINE)
        ]
        assert any(variables.items() <= environment.items() for environment in environments), command


@EVERY_WORKFLOW
def test_actions_are_pinned_to_a_commit_and_say_which_version_that_is(name):
    lines = [line.strip().removeprefix("- ") for line in text(name).splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert len(lines) == sum("uses" in step for step in steps(name))
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_each_action_is_used_in_one_version():
    used = {line.strip().removeprefix("- ") for name in WORKFLOWS for line in text(name).splitlines() if "uses:" in line}
    actions = [line.partition("@")[0] for line in used]
    assert sorted(actions) == sorted(set(actions))


@EVERY_WORKFLOW
def test_permissions_are_the_least(name):
    assert yaml.safe_load(text(name))["permissions"] == {"contents": "read"}
    for job, content in jobs(name).items():
        writes = {what for what, how in content.get("permissions", {}).items() if how != "read"}
        assert writes == MAY_WRITE.get((name, job), set()), job
        if writes:
            assert not any("checkout" in step.get("uses", "") or "make " in step.get("run", "") for step in content["steps"]), job


@EVERY_WORKFLOW
def test_jobs_end_and_leave_no_key_behind(name):
    assert all(0 < job["timeout-minutes"] <= 90 for job in jobs(name).values())
    for step in steps(name):
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "a value from outside belongs into env, where it is no code"


@EVERY_WORKFLOW
def test_what_it_makes_can_be_made(name):
    rules = re.findall(r"^([\w./ -]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    lines = [line.split() for step in steps(name) for line in step.get("run", "").splitlines()]
    called = {target for words in lines if words and words[0] == "make" for target in words[1:]}
    assert called <= targets


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
    assert published("exit 1")[0] != 0, "the list of releases is not to be had"
    assert published(FAKE_GH.replace("download)", "download) exit 1 ;; x)"))[0] != 0, "a term is not to be had"


@pytest.mark.parametrize(("passed", "code", "output"), [("abc", 0, "commit=abc\n"), ("", 1, "")])
def test_the_site_is_built_from_a_state_that_has_passed_the_tests_or_not_at_all(tmp_path, monkeypatch, passed, code, output):
    said = tmp_path / "output"
    said.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(said))
    asked = '*"--workflow tests.yml --branch main --event push --status success --limit 1 "*'
    assert (
        run_step(
            "site",
            "The newest state that has passed the tests",
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
    assert yaml.safe_load(text("tests"))["name"] == "tests" == WORKFLOWS["tests"].stem


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


def test_a_term_s_site_is_kept_and_a_mended_one_takes_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TERM_NAME", "term-2027-spring")
    for content in ("first", "mended"):
        (tmp_path / "site.tar.gz").write_text(content)
        assert run_step("term", "Keep the site as a file of the term's release", tmp_path, {"gh": FAKE_RELEASES}) == 0
        assert (tmp_path / "site-term-2027-spring").read_text() == content


RUN_EVERYTHING = [
    (name, job)
    for name in WORKFLOWS
    for job, content in jobs(name).items()
    if any(step.get("run") == "bash .ci/run" for step in content["steps"])
]
EVERYTHING = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "job"), RUN_EVERYTHING)
def test_what_runs_everything_has_the_pythons_and_the_rights_for_it(name, job, tmp_path):
    [setup] = [step for step in jobs(name)[job]["steps"] if "actions/setup-python" in step.get("uses", "")]
    *others, default = setup["with"]["python-version"].split()  # the last one is what `python3` means
    assert (ROOT / "runtime.txt").read_text(encoding="utf-8").strip() == f"python-{default}"
    assert others == re.findall(r"\$\(first ([\d.]+)", EVERYTHING)
    assert run_step(name, "Debian's packages that the checks need", tmp_path, {"sudo": 'echo "$@" >> called'}) == 0
    called = (tmp_path / "called").read_text()
    assert " bubblewrap " in called and "sysctl --ignore --write kernel.apparmor_restrict_unprivileged_userns=0\n" in called


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


def test_actionlint():
    program = shutil.which("actionlint", path=str(Path(sys.executable).parent)) or shutil.which("actionlint")
    if program is None:
        missing("actionlint", "It comes with requirements/test.txt.")
    run = subprocess.run([program, *WORKFLOWS.values()], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
