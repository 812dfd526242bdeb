"""The Debian package: as lintian sees it, and through its life in fresh roots of Debian 12 and 13."""
import os
import pathlib
import re
import tempfile

from place import BY_DNS, BY_FILE, check, check_explains, check_says, root_of, run

CONFIG = "etc/whogoes/service.yaml"
HELD_BACK = {"DEBIAN_FRONTEND": "noninteractive"}


def package(at):
    found = list(at.built.glob("whogoes_*_amd64.deb"))
    check(len(found) == 1, f"{at.built} has {found}")
    return found[0]


def clean(at):
    # It warns of being root; tags are what counts.
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", package(at))
    check(not said, said)


def contents(at):
    listed = {line.split()[5].removeprefix("."): line.split()[:2] for line in run("dpkg-deb", "--contents", package(at)).splitlines()
              if not line.startswith("l")}
    files = {"/usr/bin/whogoes", f"/{CONFIG}", "/usr/lib/systemd/system/whogoes.service", "/usr/share/doc/whogoes/copyright",
             "/usr/share/doc/whogoes/changelog.gz", "/usr/share/doc/whogoes/changelog.Debian.gz", "/usr/share/doc/whogoes/README.Debian",
             "/usr/share/man/man1/whogoes.1.gz", "/usr/share/bash-completion/completions/whogoes",
             "/usr/share/zsh/vendor-completions/_whogoes", "/usr/share/fish/vendor_completions.d/whogoes.fish"}
    check(not files - set(listed), f"not in it: {files - set(listed)}")
    check({owner for _, owner in listed.values()} == {"root/root"}, f"somebody owns some of it: {listed}")
    modes = {mode for mode, _ in listed.values()}
    check(modes == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"}, f"modes are {modes}")
    fields = run("dpkg-deb", "--field", package(at))
    check("Depends" not in fields.replace("Pre-Depends", ""), fields)
    check_says(fields, "Architecture: amd64", "Recommends: ca-certificates")


def unit(at):
    """What the package has made of the example, to systemd."""
    with tempfile.TemporaryDirectory(prefix="whogoes-unit-") as folder:
        run("dpkg-deb", "--extract", package(at), folder)
        text = pathlib.Path(folder, "usr/lib/systemd/system/whogoes.service").read_text()
        check("/usr/local" not in text and text.startswith("[Unit]"), text)
        # Where it lies is not where the program lies on this machine.
        there = pathlib.Path(folder, "whogoes.service")
        there.write_text(text.replace("/usr/bin/whogoes", f"{folder}/usr/bin/whogoes"))
        said = run("systemd-analyze", "verify", "--man=no", there)
        check("whogoes" not in said, said)


def later(at, folder, config=None):
    """The same package, some versions on; with another conffile where one is given."""
    tree = pathlib.Path(folder, "later")
    run("dpkg-deb", "--raw-extract", package(at), tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 99.0.0-1", control.read_text(), flags=re.M))
    if config:
        (tree / CONFIG).write_text(config)
    made = pathlib.Path(folder, "later.deb")
    run("dpkg-deb", "--root-owner-group", "-Zxz", "-z0", "--build", tree, made)
    return made


def life(at, release):
    """Installs, starts, upgrades over a changed conffile, removes, purges: each time nothing of the user's is lost."""
    with root_of(at.roots / release) as root, tempfile.TemporaryDirectory(prefix="whogoes-deb-") as folder:
        def dpkg(*words, **options):
            return root.run("dpkg", "--force-unsafe-io", *words, **HELD_BACK, **options)

        def put(file):
            run("cp", file, root.path / "new.deb")
            return "/new.deb"

        root.write("usr/local/share/ca-certificates/tests.crt", at.authority.file.read_text())
        root.run("update-ca-certificates")
        check_says(dpkg("--install", put(package(at))), "name the API in /etc/whogoes/service.yaml")
        flaws = root.run("dpkg", "--audit", "whogoes")
        check(not flaws, flaws)
        check_says(root.run("whogoes", "version"), "whogoes")
        wants = root.path / "etc/systemd/system/multi-user.target.wants/whogoes.service"
        check(not wants.is_symlink(), "the service is enabled, with no API to stand in front of")

        # As the unit starts it: without an upstream it ends with the status that the unit does not try again at.
        service = ("run", "-c", f"/{CONFIG}")
        text = (root.path / "usr/lib/systemd/system/whogoes.service").read_text()
        check_says(text, f"ExecStart=/usr/bin/whogoes {' '.join(service)}", "RestartPreventExitStatus=2 3")
        check_says(root.run("whogoes", *service, status=3), "upstream")
        shipped = (root.path / CONFIG).read_text()
        own = shipped.replace("# upstream: http://localhost:3000 ", f"upstream: https://{BY_DNS} ")
        check(own != shipped, "the conffile shows no upstream")
        (root.path / CONFIG).write_text(own)
        check_says(root.run("whogoes", "check", "-c", f"/{CONFIG}"), "fine")
        check_explains(root, BY_FILE, "-c", f"/{CONFIG}")

        # A log that the service alone can write is in nobody else's way.
        with_log = own.replace("# log:\n#   output:", "log:\n  output:")
        check(with_log != own, "the conffile shows no log")
        (root.path / CONFIG).write_text(with_log)
        check_says(root.run("whogoes", "check", "-c", f"/{CONFIG}"), "fine")
        check_explains(root, BY_FILE, user="65534:65534", environment={"HOME": "/nonexistent"})
        (root.path / CONFIG).write_text(own)

        # The conffile has not changed upstream: nobody is asked, and the user's stays.
        dpkg("--install", put(later(at, folder)))
        check((root.path / CONFIG).read_text() == own, "an upgrade took the user's configuration")
        dpkg("--install", put(package(at)))  # and back
        check((root.path / CONFIG).read_text() == own, "a downgrade took the user's configuration")
        # It has changed: without a terminal dpkg asks in vain and says so, and is told what to do.
        with tempfile.TemporaryDirectory(prefix="whogoes-deb-") as another:
            check_says(dpkg("--install", put(later(at, another, config="# another\n")), status=1), CONFIG, "conffile prompt")
        check((root.path / CONFIG).read_text() == own, "a question that nobody answered took the user's configuration")
        check_says(root.run("whogoes", "check", "-c", f"/{CONFIG}"), "fine")
        dpkg("--force-confold", "--configure", "whogoes")
        check((root.path / CONFIG).read_text() == own, "an upgrade with another conffile took the user's")
        check((root.path / f"{CONFIG}.dpkg-dist").read_text() == "# another\n", "the new conffile is not beside it")
        check_explains(root, BY_DNS, "-c", f"/{CONFIG}")

        for name in ("var/lib/private/whogoes/whogoes", "var/log/private/whogoes"):
            (root.path / name).mkdir(parents=True)
            (root.path / name / "kept").write_text("kept")
        for name in ("lib", "log"):
            os.symlink("private/whogoes", root.path / "var" / name / "whogoes")
        wants.parent.mkdir(parents=True, exist_ok=True)
        os.symlink("/usr/lib/systemd/system/whogoes.service", wants)
        dpkg("--remove", "whogoes")
        check((root.path / CONFIG).read_text() == own, "its removal took the configuration")
        check((root.path / "var/log/private/whogoes/kept").exists(), "its removal took the log")
        check(not (root.path / "usr/bin/whogoes").exists(), "its removal left the program")
        dpkg("--force-confold", "--install", put(package(at)))
        check((root.path / CONFIG).read_text() == own, "it came back without the user's configuration")
        dpkg("--purge", "whogoes")
        (root.path / "new.deb").unlink()
        left = root.run("find", "/etc", "/usr", "/var", "/lib/systemd", "-name", "*whogoes*", "-not", "-path", "/usr/local/*").split()
        check(not left, f"a purge leaves {left}")


CHECKS = {
    "clean": clean,
    "contents": contents,
    "unit": unit,
    "life on Debian 12": lambda at: life(at, "debian-12"),
    "life on Debian 13": lambda at: life(at, "debian-13"),
}
