"""A machine that is none: tests/install sees its os-release, its packages and its tools, and asks them for packages."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAIN = "bash env sed awk tr head sort grep cat mktemp rm dirname tail paste true test mv tee chmod".split()

# What is "in_the_way" it takes away, unless it is told not to, or asked (-s) what it would do. What it "brings" are services,
# and what the machine's policy was by then stays in "policy". One that "kills" ends who called it.
APT_GET = '''
echo "apt-get $*" >>"$FAKE/asked"
[ ! -e "$FAKE/broken" ] || { echo "E: no route"; exit 100; }
case " $* " in
    *" update "*) exit ;;
    *" -s "*) sed "s/.*/Remv & [1.0]/" "$FAKE/in_the_way"; exit ;;
    *" --no-remove "*) [ ! -s "$FAKE/in_the_way" ] || { echo "E: Packages need to be removed but remove is disabled."; exit 100; } ;;
    *) : >"$FAKE/in_the_way" ;;
esac
cat "$FAKE/root/usr/sbin/policy-rc.d" >"$FAKE/policy"
[ ! -e "$FAKE/kills" ] || kill -KILL $PPID
while read -r file; do : >"$FAKE/root/$file" || exit 100; done <"$FAKE/brings"
'''
# What each fake does. $FAKE is a folder: "installed" and "candidates" have a name and a version a line.
FAKES = {
    "dpkg-query": 'version=$(awk -v n="${!#}" \'$1 == n { print $2 }\' "$FAKE/installed")\n'
                  '[ -n "$version" ] && printf "installed %s" "$version"',
    "dpkg": '[ "$1" = --compare-versions ] || exit 2\n'
            '[ "$(printf "%s\\n" "$2" "$4" | sort -V | head -n 1)" = "$4" ]',
    "apt-cache": 'printf "  Candidate: %s\\n" "$(awk -v n="$2" \'$1 == n { print $2 }\' "$FAKE/candidates" | grep . || echo "(none)")"',
    "apt-get": APT_GET,
    "deb-systemd-helper": '[ -n "$DPKG_MAINTSCRIPT_PACKAGE" ] && echo "deb-systemd-helper $*" >>"$FAKE/disabled"',
    "update-rc.d": 'echo "update-rc.d $*" >>"$FAKE/disabled"',
    "dnf": 'echo "dnf $*" >>"$FAKE/asked"',
    "rpm": 'grep -q "^${!#} " "$FAKE/installed"',
    "id": "echo 1000",
    # Nothing of the real machine is touched.
    "sudo": 'shift\nwhile [[ $1 == *=* ]]; do export "$1"; shift; done\n'
            'for word; do [[ $word != /* || $word == "$FAKE"/* ]] || { echo "sudo: $word is not of this machine"; exit 1; }; done\nexec "$@"',
}
FOLDERS = "etc/init.d lib/systemd/system usr/sbin".split()


class Machine:
    def __init__(self, release, tools, installed=(), candidates=(), in_the_way=(), brings=(), broken=False, kills=False):
        self._folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._folder.name)
        (self.path / "bin").mkdir()
        for name in PLAIN:
            (self.path / "bin" / name).symlink_to(shutil.which(name))
        for name in [*tools, "id"]:
            fake = self.path / "bin" / name
            fake.write_text(f"#!{shutil.which('bash')}\n{FAKES[name]}\n")
            fake.chmod(0o755)
        self.root = self.path / "root"
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True)
        self.policy = self.root / "usr/sbin/policy-rc.d"
        if release is not None:
            (self.root / "etc/os-release").write_text(release)
        (self.path / "installed").write_text("".join(f"{row}\n" for row in installed))
        (self.path / "candidates").write_text("".join(f"{row}\n" for row in candidates))
        (self.path / "in_the_way").write_text("".join(f"{name}\n" for name in in_the_way))
        (self.path / "brings").write_text("".join(f"{file}\n" for file in brings))
        for name in ("asked", "disabled"):
            (self.path / name).touch()
        for name, is_so in (("broken", broken), ("kills", kills)):
            if is_so:
                (self.path / name).touch()

    def install(self, *groups, **environment):
        """(exit status, what it said, what it asked the package tool for)"""
        done = subprocess.run([ROOT / "tests/install", *groups], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={"PATH": str(self.path / "bin"), "FAKE": str(self.path), "WHOGOES_MACHINE": str(self.root),
                                   "TMPDIR": os.fspath(self.path), **environment})
        return done.returncode, done.stdout + done.stderr, (self.path / "asked").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()
