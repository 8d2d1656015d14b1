"""run.py: what it decides, without installing anything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import run
from tests.conftest import ROOT


@pytest.fixture
def checkout(tmp_path):
    for name in run.LOCKS:
        (tmp_path / name).write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def venv(tmp_path):
    python = tmp_path / "env" / run.PYTHON_IN_VENV
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path / "env"


def started(calls, code=0):
    """Stand in for subprocess.run: note the command and end with a code."""

    def note(command, **options):
        calls.append((list(map(str, command)), options))
        return subprocess.CompletedProcess(command, code)

    return note


def test_only_the_standard_library_is_imported():
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_script_stays_short():
    assert len((ROOT / "run.py").read_text(encoding="utf-8").splitlines()) <= 250


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_recent_python_is_accepted(version):
    run.check_python(version)


@pytest.mark.parametrize("version", [(3, 8, 10), (3, 10, 19), (2, 7, 18)])
def test_old_python_is_refused_in_french(version):
    with pytest.raises(run.RunError, match=r"Il faut Python 3\.11 .* version \d\.\d+\.\nÀ faire"):
        run.check_python(version)


def test_bound_is_that_of_the_package():
    requires = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={".".join(map(str, run.MIN_PYTHON))}"' in requires


@pytest.mark.parametrize("changed", [*run.LOCKS, "pyproject.toml"])
def test_stamp_follows_what_is_installed(checkout, changed):
    before = run.wanted_stamp(checkout)
    assert run.wanted_stamp(checkout) == before
    (checkout / changed).write_text("other", encoding="utf-8")
    after = run.wanted_stamp(checkout)
    assert after.splitlines()[0] == before.splitlines()[0]
    assert after.splitlines()[1] != before.splitlines()[1]


def test_stamp_names_the_base_python_and_the_place(checkout, monkeypatch):
    tied_to = run.wanted_stamp(checkout).splitlines()[0]
    assert str(checkout) in tied_to
    monkeypatch.setattr(sys, "base_prefix", "elsewhere")
    assert run.wanted_stamp(checkout).splitlines()[0] != tied_to


def test_states_of_an_environment(checkout, venv):
    wanted = f"{run.wanted_stamp(checkout)}\n{run.LOCK_NAME}"
    tied_to, contents, lock = wanted.split("\n")
    assert run.state(checkout / "none", wanted) == "absent"
    assert run.state(venv, wanted) == "unusable"  # not ours, or stopped while being created
    run.write_stamp(venv, tied_to)
    assert run.state(venv, wanted) == "unfinished"
    run.write_stamp(venv, f"{tied_to}\nother contents\n{lock}")
    assert run.state(venv, wanted) == "unfinished"
    run.write_stamp(venv, f"{tied_to}\n{contents}")  # from before there were several locks
    assert run.state(venv, wanted) == "unfinished"
    run.write_stamp(venv, f"another Python\n{contents}\n{lock}")
    assert run.state(venv, wanted) == "unusable"
    run.write_stamp(venv, wanted)
    assert run.state(venv, wanted) == "ready"
    assert [path.name for path in venv.glob("*stamp*")] == [run.STAMP_NAME]
    (venv / run.PYTHON_IN_VENV).unlink()
    assert run.state(venv, wanted) == "unusable"


@pytest.mark.parametrize("installed", run.LOCKS)
@pytest.mark.parametrize("asked", run.LOCKS)
def test_a_larger_environment_serves_the_verbs_that_need_less(checkout, venv, installed, asked):
    made_from = run.wanted_stamp(checkout)
    run.write_stamp(venv, f"{made_from}\n{installed}")
    order = list(run.LOCKS)
    enough = order.index(installed) >= order.index(asked)
    assert run.state(venv, f"{made_from}\n{asked}") == ("ready" if enough else "unfinished")


def test_each_verb_installs_its_lock_once_and_says_its_size(checkout, venv, monkeypatch, capsys):
    steps = []
    (checkout / run.LOCK_NAME).write_text("uv==1 \\\n    --hash=sha256:00\n", encoding="utf-8")
    monkeypatch.setattr(run, "ROOT", checkout)
    monkeypatch.setattr(run, "VENV", venv)
    monkeypatch.setattr(run, "install", lambda label, command: steps.append((label, command[-1])))
    run.write_stamp(venv, run.wanted_stamp(checkout).splitlines()[0])
    installed = []
    for verb in ("report", "data", "report", "lab", "report", "test", "report", "lab", "bench"):
        steps.clear()
        run.ensure_environment(run.VERBS[verb][2])
        installed.append([name for _, name in steps if name in run.LOCKS])
        assert (not steps) == ("à jour" in capsys.readouterr().out)
        assert [label for label, name in steps if name in run.LOCKS] == [
            run.LOCKS[name] for name in installed[-1]
        ]
    report, lab, test = run.LOCKS
    assert installed == [[report], [], [], [lab], [], [test], [], [], []]
    assert [re.search(r"environ (\d) Go", label)[1] for label in run.LOCKS.values()] == list("112")


def test_an_interrupted_enlargement_leaves_an_environment_to_finish(checkout, venv, monkeypatch):
    (checkout / run.LOCK_NAME).write_text("uv==1 \\\n    --hash=sha256:00\n", encoding="utf-8")
    monkeypatch.setattr(run, "ROOT", checkout)
    monkeypatch.setattr(run, "VENV", venv)
    run.write_stamp(venv, f"{run.wanted_stamp(checkout)}\n{run.LOCK_NAME}")

    def stop(_label, _command):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "install", stop)
    with pytest.raises(KeyboardInterrupt):
        run.ensure_environment(run.TEST)
    for lock in run.LOCKS:
        assert run.state(venv, f"{run.wanted_stamp(checkout)}\n{lock}") == "unfinished"


def test_uv_block_of_the_lock():
    lock = (ROOT / run.LOCK_NAME).read_text(encoding="utf-8")
    first, *hashes = run.uv_block(lock).splitlines()
    assert first.startswith("uv==")
    assert hashes
    assert all(line.startswith("    --hash=sha256:") for line in hashes)
    assert run.uv_block(lock) in lock
    assert not hashes[-1].endswith("\\")


@pytest.mark.parametrize("lock", ["", "uv==1.0\n", "xuv==1 \\\n    --hash=sha256:00\n"])
def test_lock_without_a_hashed_uv_is_refused(lock):
    with pytest.raises(run.RunError, match="ne contient pas uv"):
        run.uv_block(lock)


def test_browser_lookup_order(tmp_path):
    asked, on_path, usual = (tmp_path / name for name in ("asked", "chrome", "usual"))
    for file in (asked, usual):
        file.touch()
    places = [str(tmp_path / "absent"), str(usual)]
    which = {"google-chrome": str(on_path)}.get
    env = {"CPTS_GEO_BROWSER": str(asked)}
    assert run.find_browser(env, which, places) == asked
    assert run.find_browser({}, which, places) == on_path
    assert run.find_browser({}, {}.get, places) == usual
    assert run.find_browser({}, {}.get, []) is None
    assert run.find_browser({"CPTS_GEO_BROWSER": ""}, which, places) == on_path


def test_chromium_comes_first_on_path():
    assert run.find_browser({}, lambda command: f"bin/{command}", []) == Path("bin/chromium")


def test_browser_asked_for_but_absent_is_an_error(tmp_path):
    with pytest.raises(run.RunError, match="CPTS_GEO_BROWSER"):
        run.find_browser({"CPTS_GEO_BROWSER": str(tmp_path / "x")}, lambda _: "chromium", [])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, ["Usage", *run.VERBS]),
        (["--help"], 0, ["Usage", *run.VERBS]),
        (["deploy"], 1, ["Verbe inconnu : deploy", "À faire", *run.VERBS]),
    ],
)
def test_command_line_without_a_known_verb(capsys, arguments, code, words):
    assert run.main(arguments) == code
    shown = "".join(capsys.readouterr())
    assert [word for word in words if word not in shown] == []


def test_unknown_verb_on_the_real_command_line(tmp_path):
    command = [sys.executable, str(ROOT / "run.py"), "deploy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("verb", "arguments", "tail", "cwd"),
    [
        (
            "report",
            ["a b", "--output", "x"],
            ["cpts_geo", "report", "a b", "--output", "x"],
            None,
        ),
        ("data", [], ["cpts_geo", "data", "build"], None),
        ("test", ["-k", "names"], ["-m", "pytest", "-k", "names"], ROOT),
        ("lab", ["--no-browser"], ["jupyterlab", "notebooks", "--no-browser"], ROOT),
        ("bench", [], ["-m", "benchmarks.run_benchmarks"], ROOT),
    ],
)
def test_arguments_are_passed_through(monkeypatch, verb, arguments, tail, cwd):
    calls = []
    monkeypatch.setattr(run, "ensure_environment", lambda _lock: None)
    monkeypatch.setattr(subprocess, "run", started(calls, code=7))
    assert run.main([verb, *arguments]) == 7
    [(command, options)] = calls
    assert command[0] == run.PYTHON
    assert command[-len(tail) :] == tail
    assert options["cwd"] == cwd


@pytest.mark.parametrize(("failing", "code"), [("", 0), ("ruff", 1), ("pytest", 1)])
def test_every_check_runs_and_any_failure_counts(monkeypatch, capfd, failing, code):
    ran = []

    def check(label, _command):
        ran.append(label)
        return int(bool(failing) and label.startswith(failing)), 0.1

    monkeypatch.setattr(run, "timed", check)
    monkeypatch.setattr(run, "ensure_browser", lambda: Path("chromium"))
    assert run.run_checks() == code
    assert ran == [name for name, _ in run.CHECKS]
    assert ran[-1] == "pytest"
    assert ("ÉCHEC" in capfd.readouterr().out) == bool(code)


def test_the_whole_suite_runs_in_parallel_and_what_is_asked_for_does_not():
    commands = dict(run.CHECKS)
    assert list(commands)[-1] == "pytest"
    assert "-n" in commands["pytest"]
    # A file shares what it builds: split over workers, each would build it again.
    assert commands["pytest"][commands["pytest"].index("--dist") + 1] == "loadfile"
    assert "-n" not in run.VERBS["test"][1]


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_missing_browser_fails_only_on_ci(monkeypatch, ci, code):
    monkeypatch.setattr(run, "timed", lambda _label, _command: (0, 0.0))
    monkeypatch.setattr(run, "ensure_browser", lambda: None)
    monkeypatch.setenv("CI", ci)
    assert run.run_checks() == code


def test_failed_step_says_what_to_do(monkeypatch, capsys):
    def fail(_lock):
        run.install("Étape", [sys.executable, "-c", "raise SystemExit(3)"])

    monkeypatch.setattr(run, "ensure_environment", fail)
    assert run.main(["report"]) == 1
    shown = capsys.readouterr().err
    assert "Échec de l'étape « Étape »" in shown
    assert [word for word in ("disque", "proxy", "reprendra") if word not in shown] == []


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "plein"), 1, "Refus du système"),
        (KeyboardInterrupt(), 130, "reprendra"),
    ],
)
def test_interruptions_end_without_a_traceback(monkeypatch, capsys, error, code, words):
    def stop(_lock):
        raise error

    monkeypatch.setattr(run, "ensure_environment", stop)
    assert run.main(["report"]) == code
    assert words in capsys.readouterr().err


def test_python_without_venv_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VENV", tmp_path / "none")
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(run.RunError, match="python3-venv"):
        run.ensure_environment()
