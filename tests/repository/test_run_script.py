"""run.py: what it decides, without installing anything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

import run
from tests import run_checks
from tests.conftest import DEAR, ROOT
from tests.slow import SLOW


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
    run.write_stamp(venv, run.wanted_stamp(checkout).splitlines()[0])
    compiled = []
    monkeypatch.setattr(
        run, "install",
        lambda label, command: (
            steps.append((label, command[-1])), compiled.append("--compile-bytecode" in command)
        ),
    )  # fmt: skip
    installed = []
    for verb in ("report", "data", "report", "lab", "report", "test", "report", "lab", "bench"):
        steps.clear()
        run.ensure_environment(run.VERBS[verb][2])
        installed.append([name for _, name in steps if name in run.LOCKS])
        assert (not steps) == ("à jour" in capsys.readouterr().out)
        assert [label for label, name in steps if name in run.LOCKS] == [
            run.LOCKS[name] for name in installed[-1]
        ]
    # A report would compile what it loads: libraries are, as they are installed (but uv, by pip).
    assert compiled.count(True) == 2 * compiled.count(False)
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
        ("data", ["fetch", "x"], ["cpts_geo", "data", "fetch", "x"], None),
        ("check", ["a b.xlsx"], ["cpts_geo", "check", "a b.xlsx"], None),
        ("test", ["-k", "names"], ["-m", "pytest", "-k", "names"], ROOT),
        ("lab", ["--no-browser"], ["-m", "lab", "--no-browser"], ROOT),
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


@pytest.mark.parametrize("size", [[], ["--quick"], ["--full"]])
def test_sizes_of_the_checks_are_those_of_run_checks(monkeypatch, size):
    calls = []
    monkeypatch.setattr(run, "ensure_environment", lambda _lock: None)
    monkeypatch.setattr(subprocess, "run", started(calls, code=3))
    assert run.main(["test", *size]) == 3
    [(command, options)] = calls
    assert command == [run.PYTHON, "-m", "tests.run_checks", *size]
    assert (options["cwd"], options["check"]) == (ROOT, False)
    assert set(run_checks.SIZES) == {"", "--quick", "--full"}
    assert all(size in run.USAGE for size in run_checks.SIZES)


@pytest.fixture
def checked(monkeypatch):
    """Stand in for the checks: note what would run, fail where asked."""

    def call(*, failing="none", browser=True, size=""):
        ran = {}

        def check(label, command):
            ran[label] = command
            return int(label.startswith(failing)), 0.1

        monkeypatch.setattr(run_checks, "timed", check)
        monkeypatch.setattr(run_checks, "ensure_browser", lambda: browser)
        for name in ("CPTS_GEO_TESTS", "PYTHONDONTWRITEBYTECODE"):
            monkeypatch.setenv(name, "")
        return run_checks.run_checks(size), ran

    return call


@pytest.mark.parametrize(("failing", "code"), [("none", 0), ("ruff", 1), ("pytest", 1)])
@pytest.mark.parametrize("size", run_checks.SIZES)
def test_every_check_runs_and_any_failure_counts(checked, capfd, failing, code, size):
    found, ran = checked(failing=failing, size=size)
    assert found == code
    # Beside one another: the table keeps their order, pytest last.
    every = [*(name for name, _ in run_checks.CHECKS), "pytest"]
    assert sorted(ran) == sorted(every)
    shown = capfd.readouterr().out
    table = shown.partition("Bilan\n")[2]
    assert [name for name in re.findall("(?m)^  (.+?) {2,}", table) if name in every] == every
    assert ("ÉCHEC" in shown) == bool(code)
    assert ("Laissés de côté" in shown) == (size != "--full")


def test_sizes_leave_out_what_they_say_and_every_marker_exists(pytestconfig):
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    quick, usual, full = (run_checks.SIZES[size].without for size in ("--quick", "", "--full"))
    assert set(full) < set(usual) < set(quick) == set(DEAR) <= known
    assert "not browser and not notebook" in " ".join(run_checks.pytest_command("--quick"))
    assert "-m not full " in " ".join(run_checks.pytest_command(""))


def test_suites_run_in_parallel_and_what_is_asked_for_does_not():
    for size in run_checks.SIZES:
        assert "-n" in run_checks.pytest_command(size)
    assert "-n" not in run.VERBS["test"][1]


def test_slow_tests_are_all_there():
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    defined = set(re.findall(r"^def (test_\w+)", "\n".join(texts), re.MULTILINE))
    named = {name for name in SLOW if name.startswith("test_")}
    assert named - defined == set()
    assert len(named) > 50
    fixtures = [name.split("::") for name in SLOW if "::" in name]
    assert [f for f in fixtures if f"def {f[1]}(" not in (ROOT / f[0]).read_text("utf-8")] == []


@pytest.mark.parametrize(("arguments", "code"), [(["--rapide"], 2), (["--quick", "-k", "x"], 2)])
def test_sizes_take_no_other_argument(capsys, arguments, code):
    assert run_checks.main(arguments) == code
    assert "--quick" in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
@pytest.mark.parametrize("size", run_checks.SIZES)
def test_missing_browser_fails_only_on_ci(checked, monkeypatch, ci, code, size):
    monkeypatch.setenv("CI", ci)
    assert checked(browser=None, size=size)[0] == (0 if size == "--quick" else code)


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
