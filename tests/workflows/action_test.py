#!/usr/bin/env python3
"""examples/github-action/run, as the action calls it: what it ends with, and what it leaves for the job.

    action_test.py WHOGOES
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import HTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from loopback import Api

WHOGOES = str(pathlib.Path(sys.argv.pop(1)).resolve())
ASK = "python3 -c 'import os, sys, urllib.request, urllib.error\ntry: urllib.request.urlopen(os.environ[\"API_URL\"] + sys.argv[1])\n" \
      "except urllib.error.HTTPError: pass' "


class Action(unittest.TestCase):
    def setUp(self):
        self.api = HTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(scratch.name)
        self.addCleanup(scratch.cleanup)
        self.addCleanup(self.api.server_close)
        self.addCleanup(self.api.shutdown)

    def run_action(self, command, **inputs):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "RUNNER_TEMP": str(self.folder),
                       "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                       "WHOGOES_PROGRAM": WHOGOES, "UPSTREAM": f"http://127.0.0.1:{self.api.server_port}", "TEST_COMMAND": command,
                       "FAIL_ON": "error", "LISTEN": "127.0.0.1:0", "CONFIG": "", "ALLOW_EMPTY": "false", **inputs}
        done = subprocess.run([ROOT / "examples/github-action/run"], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    def left(self, name):
        return (self.folder / name).read_text() if (self.folder / name).exists() else ""

    def test_a_bare_401_fails_a_run_whose_tests_pass(self):
        status, said = self.run_action(ASK + "/refused")
        self.assertEqual(status, 1, said)
        self.assertIn("::error::", said)
        self.assertIn("unauthorized-without-challenge", said)
        self.assertIn("::group::What was refused, and why", said)
        self.assertIn("no-credentials", self.left("summary"))
        log = self.left("output").removeprefix("log=").strip()
        self.assertIn('"auth.failure"', pathlib.Path(log).read_text())

    def test_what_an_api_says_is_no_command_to_the_runner(self):
        _, said = self.run_action(ASK + "/refused")
        lines = said.splitlines()
        told = next(line for line in lines if line.startswith("::stop-commands::"))
        word = told.removeprefix("::stop-commands::")
        self.assertGreaterEqual(len(word), 32)
        record = next(number for number, line in enumerate(lines) if "GET  /refused" in line)
        self.assertLess(lines.index(told), record)
        self.assertGreater(lines.index(f"::{word}::"), record)

    def test_a_run_without_a_fault_passes(self):
        status, said = self.run_action(ASK + "/fine")
        self.assertEqual(status, 0, said)
        self.assertNotIn("::error::", said)

    def test_a_cause_can_be_what_fails(self):
        for fail_on, wanted in ("no-credentials", 1), ("token-expired", 0):
            with self.subTest(fail_on):
                status, said = self.run_action(ASK + "/refused", FAIL_ON=fail_on)
                self.assertEqual(status, wanted, said)

    def test_the_tests_own_failure_stays_one(self):
        status, said = self.run_action(ASK + "/fine\nexit 7")
        self.assertEqual(status, 7, said)
        self.assertIn("::error::", said)
        # A step of GitHub's ends at its first failing line, and so does this.
        self.assertEqual(self.run_action(ASK + "/fine\nfalse\ntrue")[0], 1)

    def test_a_program_that_is_not_there_is_said(self):
        status, said = self.run_action("true", WHOGOES_PROGRAM="whogoes-of-nobody")
        self.assertEqual(status, 3)
        self.assertIn("install whogoes in an earlier step", said)

    def test_a_run_without_a_request_fails_unless_that_is_meant(self):
        for allow, wanted in ("false", 1), ("true", 0):
            with self.subTest(allow):
                status, said = self.run_action("true", ALLOW_EMPTY=allow)
                self.assertEqual(status, wanted, said)
        status, said = self.run_action("true", ALLOW_EMPTY="yes")
        self.assertEqual(status, 2)
        self.assertIn("allow-empty is true or false", said)

    def test_no_configuration_is_none_even_where_one_lies_about(self):
        (self.folder / "whogoes.yaml").write_text("listn: 1\n")
        status, said = self.run_action(ASK + "/refused", FAIL_ON="token-expired")
        self.assertEqual(status, 0, said)
        self.assertIn("no-credentials", self.left("summary"))

    def test_a_configuration_is_taken(self):
        config = self.folder / "ours.yaml"
        config.write_text("listn: 1\n")
        status, said = self.run_action("true", CONFIG=str(config))
        self.assertNotEqual(status, 0)
        self.assertIn("listn", said)


if __name__ == "__main__":
    unittest.main()
