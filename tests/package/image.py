"""The container image: what it says of itself, how large it is, and its root as a container's user meets it."""
import contextlib
import datetime
import json
import pathlib
import tarfile
import tempfile
import zoneinfo

from place import BY_DNS, ask, check, check_explains, check_says, proxying, root_of

MOST_BYTES = 40 * 1000 * 1000
USER = "65532:65532"


def loaded_as(at):
    """`docker load` leaves the name that `docker run whogoes` looks for, and one that says the version."""
    archive, = at.built.glob("whogoes-*-image.tar")
    version = archive.name.removeprefix("whogoes-").removesuffix("-image.tar")
    with tarfile.open(archive) as packed:
        description, = json.load(packed.extractfile("manifest.json"))
    names = set(description["RepoTags"])
    check(names == {f"docker.io/library/whogoes:{tag}" for tag in (version, "latest")}, f"it is called {names}")


@contextlib.contextmanager
def opened(at):
    """Its configuration, and a root of its layers."""
    archive, = at.built.glob("whogoes-*-image.tar")
    with tempfile.TemporaryDirectory(prefix="whogoes-image-") as folder:
        root = pathlib.Path(folder, "root")
        root.mkdir()
        with tarfile.open(archive) as packed:
            description = json.load(packed.extractfile("manifest.json"))[0]
            for layer in description["Layers"]:
                with tarfile.open(fileobj=packed.extractfile(layer)) as files:
                    check(not [file.name for file in files if "/.wh." in file.name], "a layer takes something away")
                    files.extractall(root)
            yield json.load(packed.extractfile(description["Config"]))["config"], root


def variables(settings):
    return dict(variable.split("=", 1) for variable in settings["Env"])


def clock_in(zone):
    return datetime.datetime.now(zoneinfo.ZoneInfo(zone)).strftime("%H:%M:")


def what_it_says(at):
    with opened(at) as (settings, root):
        size = sum(file.lstat().st_size for file in root.rglob("*") if file.is_file() and not file.is_symlink())
        check(size < MOST_BYTES, f"it has {size} bytes")
        print(f"  {size} bytes unpacked")
        check(settings["User"] == USER, f"it runs as {settings['User']}")
        check(settings["Entrypoint"] == ["whogoes"], settings["Entrypoint"])
        check(settings["Healthcheck"]["Test"] == ["CMD", "whogoes", "health"], settings["Healthcheck"])
        check(list(settings["ExposedPorts"]) == ["8401/tcp"] and settings["StopSignal"] == "SIGTERM", settings)
        check(variables(settings) == {"PATH": "/usr/local/bin", "WHOGOES_LISTEN": "0.0.0.0:8401"}, settings["Env"])
        log = (root / "var/log/whogoes").stat()
        check((log.st_uid, log.st_gid, log.st_mode & 0o777) == (65532, 65532, 0o750), f"the log's folder is {log}")
        owned = [file for file in root.rglob("*") if file.lstat().st_uid != 0 and file != root / "var/log/whogoes"]
        check(not owned, f"its user could change {owned}")
        hidden = [file for file in root.rglob("*") if not file.is_symlink() and file != root / "var/log/whogoes" and not file.stat().st_mode & 0o004]
        check(not hidden, f"its user cannot read {hidden}")
        texts = root / "usr/share/doc/whogoes"
        check((texts / "LICENSE").read_text() == (at.root / "LICENSE").read_text(), "its own licence is another")
        check_says((texts / "THIRD-PARTY").read_text(), "--- openssl ", "--- glibc ", "LGPL-2.1-or-later", "--- zlib ")
        check_says((texts / "LGPL-2.1").read_text(), "GNU LESSER GENERAL PUBLIC LICENSE")
        names = {file.name for file in root.iterdir()}
        check(names == {"etc", "usr", "var"}, f"it has {names}")


def as_a_container(at):
    """Read-only, as its user, with its own environment: it serves, it is healthy, and times are those of a zone."""
    with opened(at) as (settings, image), root_of(image) as root:
        bundle = root.path / "etc/ssl/certs/ca-certificates.crt"
        check(bundle.read_text().count("BEGIN CERTIFICATE") > 50, "it trusts hardly anybody")
        bundle.write_text(bundle.read_text() + at.authority.file.read_text())
        (root.path / "proc").mkdir()
        root.remount_read_only()
        root.mount_proc()
        inside = dict(user=USER, program="/usr/local/bin/whogoes")
        for zone in ("Asia/Kolkata", "Pacific/Kiritimati"):
            before = clock_in(zone)
            said = check_explains(root, BY_DNS, "--log-format", "pretty", environment={**variables(settings), "TZ": zone}, **inside)
            check(before in said or clock_in(zone) in said, f"no time of {zone}, {before}, in:\n{said}")
        with proxying(root, "-u", f"https://{BY_DNS}", environment=variables(settings), **inside) as (port, _):
            check(ask(port)[0] == 401, "no answer")
            check_says(root.run("/usr/local/bin/whogoes", "health", user=USER, **variables(settings)), "ready")
        root.run("/usr/local/bin/whogoes", "health", user=USER, status=1, **variables(settings))


CHECKS = {"loaded as": loaded_as, "what it says": what_it_says, "as a container": as_a_container}
