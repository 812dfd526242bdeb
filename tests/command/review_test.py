#!/usr/bin/env python3
"""Where the review page is and what its key is: what a start says on a terminal and elsewhere,
`whogoes review`, the key from run to run, and who comes without it.

    review_test.py WHOGOES
"""
import json
import os
import pathlib
import pty
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])
HINT = "(for its key run `whogoes review`)"


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, expected {wanted!r}")


class Place:
    """A user's folders, and what is run there."""

    def __init__(self, folder):
        self.folder = folder
        self.state = folder / "state" / "whogoes"
        self.env = dict(os.environ, XDG_STATE_HOME=str(folder / "state"), LC_ALL="C.UTF-8", TZ="XST-3")
        self.env.pop("WHOGOES_ADMIN_TOKEN", None)

    def run(self, *words, **env):
        done = subprocess.run([WHOGOES, *words], env=dict(self.env, **env), cwd=self.folder, capture_output=True,
                              text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    @contextmanager
    def proxy(self, *flags, admin=None, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **env):
        """Yields the admin port; `ended` then holds what was said."""
        admin = admin or free_port()
        words = [WHOGOES, "-u", f"http://127.0.0.1:{free_port()}", "-l", f"127.0.0.1:{free_port()}", "--admin", f"127.0.0.1:{admin}"]
        process = subprocess.Popen([*words, *flags], env=dict(self.env, **env), cwd=self.folder, stderr=stderr, stdout=stdout, text=True)
        self.said = ""
        try:
            expect("ready", self.run("health", "--wait", "20s", "--admin", f"127.0.0.1:{admin}")[0], 0)
            yield admin
        finally:
            process.terminate()
            self.said = process.communicate(timeout=20)[1] or ""
            expect("exit status", process.returncode, 0)

    def review(self, admin, *words, **env):
        return self.run("review", "--admin", f"127.0.0.1:{admin}", *words, **env)


def the_key_is_the_same_from_run_to_run(place):
    with place.proxy() as admin:
        code, address, complaint = place.review(admin)
        expect("review", (code, complaint), (0, ""))
        expect("address", address.split("#k=")[0], f"http://127.0.0.1:{admin}/")
        expect("length", len(address.strip().split("#k=")[1]), 32)
    with place.proxy(admin=admin):
        expect("again", place.review(admin), (0, address, ""))
    expect("mode", stat.S_IMODE((place.state / "admin.key").stat().st_mode), 0o600)
    os.chmod(place.state / "admin.key", 0o644)
    with place.proxy(admin=admin):
        expect("once more", place.review(admin)[1], address)
    expect("mode, mended", stat.S_IMODE((place.state / "admin.key").stat().st_mode), 0o600)
    with place.proxy(WHOGOES_ADMIN_TOKEN="a-key-that-was-chosen") as other:
        expect("chosen", place.review(other)[1], f"http://127.0.0.1:{other}/#k=a-key-that-was-chosen\n")
    expect("left behind", [file.name for file in place.state.glob("admin-*")], [])


def no_state_folder_no_key_that_stays(place):
    env = {"XDG_STATE_HOME": "/proc/nowhere"}
    with place.proxy(**env) as admin:
        code, out, complaint = place.review(admin, **env)
        expect("review", (code, out), (1, ""))
        expect("says why", "has left no key of its page here" in complaint, True)
        expect("401", refusal(admin), "the key is missing: it was printed when whogoes started. Send it as Authorization: Bearer <key>")


def refusal(admin, key=None):
    fields = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{admin}/api/v1/events", headers=fields), timeout=20).close()
    except urllib.error.HTTPError as error:
        with error:
            expect("status", error.code, 401)
            return json.load(error)["message"]
    raise AssertionError("it was let in")


def who_comes_without_the_key_is_told_where_it_is(place):
    with place.proxy() as admin:
        expect("wrong", refusal(admin, "wrong"),
               f"this is not the key of this whogoes: `whogoes review` prints it, and it lies in $XDG_STATE_HOME/whogoes/admin-{admin}.token. "
               "Send it as Authorization: Bearer <key>")
    with place.proxy(WHOGOES_ADMIN_TOKEN="a-key-that-was-chosen") as admin:
        expect("chosen", "WHOGOES_ADMIN_TOKEN" in refusal(admin), True)


def a_pipe_gets_the_address_and_no_key(place):
    with place.proxy() as admin:
        page = f"http://127.0.0.1:{admin}/ {HINT}"
    records = [json.loads(line) for line in place.said.splitlines()]
    expect("records alone, the page in the first", page in records[0]["msg"], True)
    expect("no key", "#k=" in place.said, False)
    for flags in (["--log-output", "whogoes.log"], ["--log-output", "stdout"], ["--log-output", "stdout", "--log-format", "pretty"], ["--log-format", "pretty"]):
        with place.proxy(*flags) as admin:
            page = f"review: http://127.0.0.1:{admin}/ {HINT}\n"
        expect(f"{flags}: said", place.said.count(page), 1)
        expect(f"{flags}: no key", "#k=" in place.said, False)
    expect("no key in the file", "#k=" in (place.folder / "whogoes.log").read_text(), False)


def a_terminal_gets_the_key(place):
    for flags in ([], ["--log-output", "whogoes.log"], ["--log-format", "json"]):
        mine, its = pty.openpty()
        with place.proxy("--color", "never", *flags, stderr=its) as admin:
            os.close(its)
            said = os.read(mine, 65536).decode()
            while "#k=" not in said:
                said += os.read(mine, 65536).decode()
            expect(f"{flags}: said", place.review(admin)[1].strip() in said, True)
            expect(f"{flags}: the zone of a console", "times: UTC+03:00" in said, flags == [])
        os.close(mine)


def times_are_local_or_utc(place):
    (place.folder / "utc.yaml").write_text("log: {time: utc}\n")
    for flags, zone in ([], "   times: UTC+03:00   "), (["-c", "utc.yaml"], None):
        with place.proxy("--log-format", "pretty", *flags):
            pass
        expect(f"{flags}: zone", "times: " in place.said if zone is None else zone in place.said, zone is not None)


def review_that_finds_nobody_names_who_is_there(place):
    gone = free_port()
    with place.proxy() as admin:
        code, out, complaint = place.review(gone)
        expect("nobody", (code, out), (1, ""))
        expect("the other", complaint.endswith(f"; try `whogoes review --admin 127.0.0.1:{admin}`\n"), True)
    expect("nobody at all", "try" in place.review(gone)[2], False)


def the_browser_is_given_a_file_and_no_key_in_its_arguments(place):
    tools = place.folder / "tools"
    tools.mkdir()
    (tools / "xdg-open").write_text(f'#!/bin/sh\necho "$@" >{place.folder}/asked\ncat "$1" >{place.folder}/shown\n')
    (tools / "xdg-open").chmod(0o755)
    with place.proxy() as admin:
        code, address, complaint = place.review(admin, "--open", PATH=f"{tools}:{os.environ['PATH']}")
        expect("opened", (code, complaint), (0, ""))
        file = place.state / f"review-{admin}.html"
        expect("arguments", (place.folder / "asked").read_text(), f"{file}\n")
        expect("leads there", f"0;url={address.strip()}" in (place.folder / "shown").read_text(), True)
        expect("mode", stat.S_IMODE(file.stat().st_mode), 0o600)
        code, again, complaint = place.review(admin, "--open", PATH="/nowhere")
        expect("no browser", (code, again), (1, address))
        expect("says so", "no browser could be opened" in complaint, True)


def main():
    for check in (the_key_is_the_same_from_run_to_run, no_state_folder_no_key_that_stays, who_comes_without_the_key_is_told_where_it_is,
                  a_pipe_gets_the_address_and_no_key, a_terminal_gets_the_key, times_are_local_or_utc,
                  review_that_finds_nobody_names_who_is_there, the_browser_is_given_a_file_and_no_key_in_its_arguments):
        with tempfile.TemporaryDirectory() as folder:
            check(Place(pathlib.Path(folder)))
        print(f"ok: {check.__name__.replace('_', ' ')}")


main()
