#!/usr/bin/env python3
"""proxy/package/build, with a compiler, an installer and a linker's list that are none: what it packs, and what it refuses to."""
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# `cmake --install … --prefix FOLDER` lays whatever stands in the file `compiled`.
FAKES = {
    "tests/install": "",
    "tests/build": "",
    "bin/cmake": 'folder=${!#}\nmkdir -p "$folder/bin"\ncp compiled "$folder/bin/whogoes"\nchmod +x "$folder/bin/whogoes"',
    "proxy/package/linked": '[ ! -e broken ] || exit 1\ncase $1 in sbom) echo "{}" ;; *) mkdir -p "$2"; touch "$2/THIRD-PARTY" "$2/LGPL-2.1" ;; esac',
}


class Build(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.out = self.root / "build/package"
        shutil.copytree(ROOT / "proxy/package", self.root / "proxy/package")
        for name in "CMakeLists.txt", "LICENSE":
            shutil.copy(ROOT / name, self.root)
        for name, text in FAKES.items():
            fake = self.root / name
            fake.parent.mkdir(exist_ok=True)
            fake.write_text(f"#!/bin/bash\nset -e\n{text}\n")
            fake.chmod(0o755)
        (self.root / "compiled").write_text("first")

    def build(self, *parts, status=0):
        done = subprocess.run([self.root / "proxy/package/build", *parts], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                              env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}", "GIT_CEILING_DIRECTORIES": str(self.root.parent)})
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, said)
        return said

    def packed(self):
        archive, = self.out.glob("*-linux-x64.tar.gz")
        with tarfile.open(archive) as files:
            return next(files.extractfile(member).read().decode() for member in files if member.name.endswith("/bin/whogoes"))

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.test", *words], cwd=self.root, capture_output=True, check=True)

    def test_a_part_is_made_of_the_binary_beside_it_wherever_it_stands_in_the_line(self):
        said = self.build("sbom", "npm", "binary")
        self.assertIn("linux-x64.tar.gz", said)
        self.assertEqual(self.packed(), "first")
        self.assertEqual(len((self.out / "SHA256SUMS").read_text().splitlines()), 4)
        self.build("npm")

    def test_without_a_binary_nothing_is_packed(self):
        self.assertIn("proxy/package/build binary npm", self.build("npm", status=1))

    def test_what_broke_off_is_not_packed(self):
        (self.root / "broken").touch()
        self.build("binary", status=1)
        (self.root / "broken").unlink()
        self.build("npm", status=1)
        self.build("binary", "npm")
        # Nor is what is there lost to it.
        (self.root / "compiled").write_text("second")
        (self.root / "broken").touch()
        self.build("binary", status=1)
        self.assertEqual((self.packed(), (self.out / "tree/bin/whogoes").read_text()), ("first", "first"))

    def test_a_new_binary_has_no_old_packages_beside_it(self):
        self.build("binary", "npm")
        (self.out / "whogoes_0.9.0-1_amd64.deb").touch()
        self.build("binary")
        self.assertEqual({file.name.split("-")[-1] for file in self.out.glob("whogoes*")}, {"x64.tar.gz"})

    @unittest.skipUnless(shutil.which("git"), "no git")
    def test_a_binary_of_another_commit_is_refused(self):
        (self.root / ".gitignore").write_text("build\ncompiled\n")
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "a")
        self.build("binary")
        self.build("npm")
        self.git("commit", "--allow-empty", "-qm", "b")
        said = self.build("npm", status=1)
        self.assertIn("is not of this checkout", said)
        self.assertIn("proxy/package/build binary npm", said)
        self.build("binary", "npm")
        for text in "changed", "changed again":
            (self.root / "LICENSE").write_text(text)
            self.assertIn("-dirty", self.build("npm", status=1))
            self.build("binary")
            self.build("npm")

    def test_a_binary_of_another_version_is_refused(self):
        self.build("binary")
        lists = self.root / "CMakeLists.txt"
        lists.write_text(lists.read_text().replace("whogoes VERSION ", "whogoes VERSION 1"))
        self.assertIn("is not of this checkout", self.build("npm", status=1))


if __name__ == "__main__":
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("packages are made on x86-64 Linux alone")
        sys.exit(77)
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
