"""The bill of materials against what the program was linked of, and the checksums."""
import json
import pathlib
import re
import shutil
import stat
import subprocess
import tarfile
import tempfile
import urllib.parse

from place import check, run


def bill(at):
    file, = at.built.glob("whogoes-*.cdx.json")
    said = json.loads(file.read_text())
    version = re.search(r"^project\(whogoes VERSION ([0-9.]+)", (at.root / "CMakeLists.txt").read_text(), re.M)[1]
    check((said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.5"), "no CycloneDX")
    product = said["metadata"]["component"]
    check((product["name"], product["version"]) == ("whogoes", version), f"a bill of {product}")
    check(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", said["serialNumber"]), said["serialNumber"])

    parts = {part["name"]: part for part in said["components"]}
    check({"openssl", "glibc", "yaml-cpp", "zlib", "spdlog", "fmtlib", "cli11"} <= set(parts), f"only {sorted(parts)}")
    check(any(re.fullmatch("boost[0-9.]+", name) for name in parts) and any(re.fullmatch("gcc-[0-9]+", name) for name in parts), sorted(parts))
    for name, part in parts.items():
        check(part["licenses"][0]["expression"], f"{name} has no licence")
        # Scanners look for a source package of that name, in a release.
        purl = re.fullmatch(r"pkg:deb/debian/([a-z0-9.-]+)@([\w.:~%-]+)\?arch=source&distro=debian-([0-9]+)", part["purl"])
        check(purl, part["purl"])
        named, version, release = purl.groups()
        check((named, urllib.parse.unquote(version)) == (name, part["version"]), part["purl"])
        check(f'VERSION_ID="{release}"' in pathlib.Path("/etc/os-release").read_text(), part["purl"])
        for package in part["properties"][0]["value"].split():
            of = run("dpkg-query", "-W", "-f", "${source:Package}/${source:Version} ", package).split()
            check(f"{name}/{part['version']}" in of, f"{package} is of {of}, and on the bill of {name}")
    check(set(said["dependencies"][0]["dependsOn"]) == {part["bom-ref"] for part in parts.values()}, said["dependencies"])

    # The linker was told of these; each must be of a package that is on the bill.
    of_bill = " ".join(part["properties"][0]["value"] for part in parts.values()).split()
    archives = set(re.findall(r"^LOAD (/usr\S+)$", (at.root / "build/portable/whogoes.map").read_text(), re.M))
    check(len(archives) > 8, f"hardly anything was linked in: {archives}")
    used = (at.root / "build/portable/whogoes.map").read_text()
    for archive in archives:
        if archive.endswith(".a") and f"\n{archive}(" not in used:
            continue  # nothing was taken of it
        owner = run("dpkg-query", "-S", run("realpath", archive).strip()).split(":")[0]
        check(owner in of_bill, f"{archive} of {owner} is not on the bill")


def told_by_program(at):
    """The version of OpenSSL that the program carries is the one on the bill."""
    file, = at.built.glob("whogoes-*.cdx.json")
    version, = (part["version"] for part in json.loads(file.read_text())["components"] if part["name"] == "openssl")
    check(f"\0{version.split('-')[0]}\0".encode() in at.program.read_bytes(), f"the program has no OpenSSL {version}")


def checksums(at):
    """They are good where all files lie in one folder, as a release has them; and the workflow sends those and no other."""
    workflow = (at.root / ".github/workflows/release.yml").read_text()
    sent = {file for pattern in re.findall(r"^ +build/package/(\S+)$", workflow, re.M) for file in at.built.glob(pattern)}
    with tempfile.TemporaryDirectory(prefix="whogoes-release-") as folder:
        for file in sent:
            shutil.copy(file, folder)
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder)
    listed = {line.split()[1] for line in (at.built / "SHA256SUMS").read_text().splitlines()}
    check(listed == {file.name for file in sent} - {"SHA256SUMS"} and len(listed) == 6, f"listed {listed}, sent {sent}")
    tracked = subprocess.run(["git", "status", "--porcelain"], cwd=at.root, capture_output=True, text=True, check=False).stdout
    check("build/" not in tracked, f"the build leaves something to commit: {tracked}")


def for_everybody(at):
    """Whoever unpacks it as root has files that all can read and none but root can write."""
    for file in [*at.built.glob("*.tar.gz"), *at.built.glob("*.tgz")]:
        with tarfile.open(file) as packed:
            for member in packed:
                mode = stat.filemode(member.mode)[1:]
                wanted = ("rwxr-xr-x",) if member.isdir() else ("rwxr-xr-x", "rw-r--r--")
                check(mode in wanted, f"{file.name}: {member.name} is {mode}")
                check((member.uid, member.gid) == (0, 0), f"{file.name}: {member.name} belongs to {member.uid}:{member.gid}")


CHECKS = {"bill": bill, "told by the program": told_by_program, "checksums": checksums, "for everybody": for_everybody}
