#!/usr/bin/env python3
"""What the shells that are installed offer for a line of whogoes; bash always, zsh and fish where they are there.

    completions_test.py WHOGOES FOLDER        FOLDER: what the build made for the shells
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import shells

whogoes, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
FILES = ["our-api.yaml", "keys.json"]


def program(*words):
    return subprocess.run([whogoes, *words], capture_output=True, text=True, check=True).stdout


def ids(kind):
    return {row["id"] for row in json.loads(program("causes", "-o", "json")) if row["kind"] == kind}


def verbs():
    rows = program("--help").split("Subcommands:\n")[1].split("\n\n")[0].split("\n")
    return {row.split()[0] for row in rows}


CAUSES, RULES = ids("cause"), ids("rule")
SEVERITIES = {"info", "warning", "error"}

# (the line, what is offered: exactly these, or at least those in a tuple's first and none of its second)
ROWS = [
    ("whogoes ", verbs() | {"help"}),
    ("whogoes ch", {"check"}),
    ("whogoes help li", {"lint"}),
    ("whogoes --log-f", {"--log-format"}),
    ("whogoes --log-format ", {"auto", "json", "pretty"}),
    ("whogoes --color=al", {"always"}),
    ("whogoes -u :3000 --color ", {"auto", "always", "never"}),
    ("whogoes --challenge ", {"bearer", "basic", "mcp"}),
    ("whogoes -u ", set()),
    ("whogoes -c our", {"our-api.yaml"}),
    ("whogoes run --config our", {"our-api.yaml"}),
    ("whogoes --fail-on ", CAUSES | RULES | SEVERITIES),
    ("whogoes causes ", CAUSES | RULES),
    ("whogoes causes token-exp", {"token-expired"}),
    ("whogoes causes -o ", {"text", "json", "markdown"}),
    ("whogoes lint -o ", {"text", "json", "sarif", "junit", "github"}),
    ("whogoes lint --fail-on non", {"none"}),
    ("whogoes lint --", ({"--fail-on", "--insecure", "--header", "--help"}, {"--listen", "--cause"})),
    ("whogoes check --", ({"--upstream", "--config", "--help"}, {"--insecure"})),
    ("whogoes simulate of", {"off"}),
    ("whogoes simulate ", CAUSES | {"off"}),
    ("whogoes log --rule ", RULES),
    ("whogoes log --cause token-expired,no-cred", {"no-credentials"}),
    ("whogoes log --by ", {"cause", "route", "path", "token", "method", "status", "client", "event", "rule"}),
    ("whogoes log st", {"stats"}),
    ("whogoes explain --keys ke", {"keys.json"}),
    ("whogoes dialects ", {"show", "test"}),
    ("whogoes dialects show github-o", {"github-oauth"}),
    ("whogoes dialects test our", {"our-api.yaml"}),
    ("whogoes -u :3000 -- cat our", {"our-api.yaml"}),
    ("whogoes -u :3000 -- dircolor", {"dircolors"}),
]


def spelled(shell, line, offered):
    """Without what a shell puts in front of a word that it has already: fish --flag=, and all but zsh "one,"."""
    last = line.split(" ")[-1]
    for sign in "=", ",":
        if sign in last:
            offered = {word.removeprefix(last.rpartition(sign)[0] + sign) for word in offered}
    # A dash alone is offered where standard input will do, the short form of a flag beside its long one.
    return {word for word in offered if not (word.startswith("-") and not word.startswith("--"))}


def flaw(shell, line, wanted, offered):
    least, banned = wanted if isinstance(wanted, tuple) else (wanted, offered - wanted)
    if least <= offered and not banned & offered:
        return None
    return f"{shell}: {line!r}: lacks {sorted(least - offered)[:5]}, has {sorted(banned & offered)[:5]}"


def main():
    failed = []
    with tempfile.TemporaryDirectory() as where:
        for name in FILES:
            (pathlib.Path(where) / name).touch()
        for shell, ask in shells.there().items():
            for line, wanted in ROWS:
                failed.append(flaw(shell, line, wanted, spelled(shell, line, ask(folder, line, where))))
            # The same look finds what is wrong.
            offered = spelled(shell, "whogoes ch", ask(folder, "whogoes ch", where))
            for wrong in {"checks"}, set(), ({"check"}, {"check"}):
                if flaw(shell, "whogoes ch", wrong, offered) is None:
                    failed.append(f"{shell}: {wrong} passes for {offered}")
    failed = [row for row in failed if row]
    print("\n".join(failed + [f"completions: {len(ROWS)} lines in {', '.join(shells.there())}, {len(failed)} wrong"]))
    return bool(failed)


sys.exit(main())
