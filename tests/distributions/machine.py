"""A machine that is none: tests/install sees its os-release, its packages and its tools, and asks them for packages."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAIN = "bash env sed awk tr head sort grep cat mktemp rm dirname tail paste".split()

# What each fake does. $FAKE is a folder: "installed" and "candidates" have a name and a version a line.
FAKES = {
    "dpkg-query": 'version=$(awk -v n="${!#}" \'$1 == n { print $2 }\' "$FAKE/installed")\n'
                  '[ -n "$version" ] && printf "installed %s" "$version"',
    "dpkg": '[ "$1" = --compare-versions ] || exit 2\n'
            '[ "$(printf "%s\\n" "$2" "$4" | sort -V | head -n 1)" = "$4" ]',
    "apt-cache": 'printf "  Candidate: %s\\n" "$(awk -v n="$2" \'$1 == n { print $2 }\' "$FAKE/candidates" | grep . || echo "(none)")"',
    # What is "in_the_way" it takes away, unless it is told not to, or asked (-s) what it would do.
    "apt-get": 'echo "apt-get $*" >>"$FAKE/asked"\n[ ! -e "$FAKE/broken" ] || { echo "E: no route"; exit 100; }\n'
               'case " $* " in\n*" update "*) ;;\n*" -s "*) sed "s/.*/Remv & [1.0]/" "$FAKE/in_the_way" ;;\n'
               '*" --no-remove "*) [ ! -s "$FAKE/in_the_way" ] || { echo "E: Packages need to be removed but remove is disabled."; exit 100; } ;;\n'
               '*) : >"$FAKE/in_the_way" ;;\nesac',
    "dnf": 'echo "dnf $*" >>"$FAKE/asked"',
    "rpm": 'grep -q "^${!#} " "$FAKE/installed"',
    "id": "echo 1000",
    # Nothing of the real machine is touched: the package tools alone are run.
    "sudo": 'shift\nwhile [[ $1 == *=* ]]; do shift; done\ncase $1 in apt-get | dnf) exec "$@" ;; test) exit 1 ;; *) cat >/dev/null ;; esac',
}


class Machine:
    def __init__(self, release, tools, installed=(), candidates=(), in_the_way=(), broken=False):
        self._folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._folder.name)
        (self.path / "bin").mkdir()
        for name in PLAIN:
            (self.path / "bin" / name).symlink_to(shutil.which(name))
        for name in [*tools, "id"]:
            fake = self.path / "bin" / name
            fake.write_text(f"#!{shutil.which('bash')}\n{FAKES[name]}\n")
            fake.chmod(0o755)
        if release is not None:
            (self.path / "os-release").write_text(release)
        (self.path / "installed").write_text("".join(f"{row}\n" for row in installed))
        (self.path / "candidates").write_text("".join(f"{row}\n" for row in candidates))
        (self.path / "in_the_way").write_text("".join(f"{name}\n" for name in in_the_way))
        (self.path / "asked").touch()
        if broken:
            (self.path / "broken").touch()

    def install(self, *groups, **environment):
        """(exit status, what it said, what it asked the package tool for)"""
        done = subprocess.run([ROOT / "tests/install", *groups], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={"PATH": str(self.path / "bin"), "FAKE": str(self.path), "OS_RELEASE": str(self.path / "os-release"),
                                   "TMPDIR": os.fspath(self.path), **environment})
        return done.returncode, done.stdout + done.stderr, (self.path / "asked").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()
