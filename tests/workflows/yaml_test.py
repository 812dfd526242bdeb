#!/usr/bin/env python3
"""The workflows and the action are what GitHub reads, and call scripts that are there. Ends with 77 where no YAML reader is.

    yaml_test.py ROOT
"""
import os
import pathlib
import re
import sys

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed")
    sys.exit(77)

ROOT = pathlib.Path(sys.argv[1])
# What is named here is made by scripts of the project; a workflow holds no work of its own.
SCRIPT = re.compile(r"(?<![\w./-])((?:tests|examples|proxy|\.ci)/[\w./-]+)")

# They enter roots, make namespaces of their own and build an image, which a container as it comes forbids its root.
PRIVILEGED = re.compile(r"\.ci/run|tests/package/run|proxy/package/build|tests/run --(?:all|only \S*package)")
LONGEST_MIN = 90  # 40 are the aim, on two processors: what takes longer than this hangs


def load(text):
    # YAML 1.1 reads the key `on` as true.
    document = yaml.safe_load(text)
    if isinstance(document, dict) and True in document:
        document["on"] = document.pop(True)
    return document


def step_flaws(step, where):
    flaws = []
    if ("uses" in step) == ("run" in step):
        flaws.append(f"{where}: a step wants either uses or run")
    if "uses" in step and not re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]):
        flaws.append(f"{where}: {step['uses']} is an action of strangers, or has no version")
    for script in SCRIPT.findall(step.get("run", "")):
        path = ROOT / script
        if not path.exists():
            flaws.append(f"{where}: {script} is not there")
        elif path.suffix == "" and not os.access(path, os.X_OK):
            flaws.append(f"{where}: {script} cannot be run")
    # What an event brings is a stranger's text: it reaches a shell through the environment alone.
    if "${{" in step.get("run", ""):
        flaws.append(f"{where}: an expression inside a script")
    return flaws


def container_options(job):
    container = job.get("container")
    return container.get("options", "").split() if isinstance(container, dict) else []


def workflow_flaws(document, where):
    flaws = [f"{where}: no {key}" for key in ("name", "on", "permissions", "jobs") if not document.get(key)]
    if document.get("permissions") != {"contents": "read"}:
        flaws.append(f"{where}: a workflow may read, and a job says what more it needs")
    for name, job in (document.get("jobs") or {}).items():
        at = f"{where}: {name}"
        flaws += [f"{at}: no {key}" for key in ("runs-on", "steps") if key not in job]
        needs = job.get("needs", [])
        flaws += [f"{at}: needs {other}, which is no job" for other in ([needs] if isinstance(needs, str) else needs) if other not in document["jobs"]]
        if not 0 < job.get("timeout-minutes", 0) <= LONGEST_MIN:
            flaws.append(f"{at}: no limit, or one of more than {LONGEST_MIN} minutes")
        if any(PRIVILEGED.search(step.get("run", "")) for step in job.get("steps", [])) and "--privileged" not in container_options(job):
            flaws.append(f"{at}: a script that needs a privileged container")
        for number, step in enumerate(job.get("steps", []), 1):
            flaws += step_flaws(step, f"{at}: step {number}")
    return flaws


def action_flaws(document, folder):
    flaws = [f"action: no {key}" for key in ("name", "description", "inputs", "runs") if not document.get(key)]
    if document["runs"].get("using") != "composite":
        flaws.append("action: not composite")
    script = (folder / "run").read_text()
    for step in document["runs"]["steps"]:
        flaws += step_flaws(step, "action")
        if "run" in step and "shell" not in step:
            flaws.append("action: a step of a composite action names its shell")
        given = set(re.findall(r"inputs\.([\w-]+)", str(step.get("env", {}))))
        flaws += [f"action: the input {name} goes nowhere" for name in set(document["inputs"]) ^ given]
        read = set(re.findall(r"\$\{([A-Z_]+)", script)) - {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP"}
        flaws += [f"action: {name} is not what its script reads" for name in set(step.get("env", {})) ^ read]
    return flaws


def all_flaws(change=lambda name, text: text):
    flaws, seen = [], 0
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        flaws += workflow_flaws(load(change(path.name, path.read_text())), path.name)
        seen += 1
    action = ROOT / "examples/github-action/action.yml"
    flaws += action_flaws(load(change("action.yml", action.read_text())), action.parent)
    return flaws if seen >= 2 else [*flaws, "fewer than two workflows"]


SPOILED = [
    ("ci.yml", "run: tests/run", "run: tests/rum", "tests/rum is not there"),
    ("ci.yml", "actions/checkout@v4", "someone/checkout@main", "an action of strangers"),
    ("ci.yml", "contents: read", "contents: write", "may read"),
    ("ci.yml", "needs: tests", "needs: test", "which is no job"),
    ("ci.yml", "options: --privileged", "options: --tty", "everything: a script that needs a privileged container"),
    ("release.yml", "options: --privileged", "options: --tty", "packages: a script that needs a privileged container"),
    ("ci.yml", "run: tests/run", "run: tests/run --only dev,package", "tests: a script that needs a privileged container"),
    ("ci.yml", "timeout-minutes: 90", "timeout-minutes: 350", "more than 90 minutes"),
    ("release.yml", '"$GITHUB_REF_NAME" -P', "${{ github.ref_name }} -P", "an expression inside a script"),
    ("action.yml", "inputs.fail-on", "inputs.fail", "the input fail"),
    ("action.yml", "LISTEN:", "LISTENS:", "LISTENS is not what its script reads"),
    ("action.yml", "shell: bash", "# no shell", "names its shell"),
]


def main():
    flaws = all_flaws()
    for name, old, new, complaint in SPOILED:
        spoiled = all_flaws(lambda file, text: text.replace(old, new) if file == name else text)
        if not any(complaint in flaw for flaw in spoiled):
            flaws.append(f"{name} with {new!r} passes")
    print("\n".join([*flaws, f"workflows: {len(flaws)} flaws"]))
    return bool(flaws)


sys.exit(main())
