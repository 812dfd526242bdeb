"""The portable program on systems that are not the one it was built on, whole ones and broken ones."""
import http.client
import re
import sys

import old_kernel
from place import BY_DNS, BY_FILE, ask, check, check_explains, check_says, proxying, root_of, run

EXPIRED = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjF9.c2ln"  # {"alg":"ES256"}, {"exp":1}
DEBIAN = ("debian-11", "debian-12", "debian-13")


def needs_nothing(at):
    """No loader, no library, no path of who built it; and what compiler and linker offer against attackers is there all the same."""
    with_symbols = at.root / "build/portable/whogoes"
    for program in (at.program, with_symbols):
        check("INTERP" not in run("readelf", "-Wl", program) and "NEEDED" not in run("readelf", "-Wd", program),
              f"{program} wants a loader or a library")
    run(sys.executable, at.root / "tests/command/hardening_test.py", with_symbols, "release")
    check(bytes(at.root) not in at.program.read_bytes(), "it tells where it was built")
    needed = re.findall(r"x86 ISA needed: (.*)", run("readelf", "-Wn", at.program))
    check(all(isa == "x86-64-baseline" for isa in needed), f"a processor is needed that has {needed}")


def on_debian(at, release):
    """Names from the file and from DNS, whatever nsswitch.conf wants, and the authorities of the system's own tools."""
    with root_of(at.roots / release) as root:
        root.install(at.program)
        root.write("usr/local/share/ca-certificates/tests.crt", at.authority.file.read_text())
        root.run("update-ca-certificates")
        root.write("etc/nsswitch.conf", "hosts: mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return]\n")
        # A module that cannot be loaded is to end who reads this.
        root.write("etc/ssl/openssl.cnf", "config_diagnostics = 1\nopenssl_conf = all\n[all]\nproviders = those\n[those]\nfips = it\n"
                                          "[it]\nmodule = /usr/lib/ossl-modules/fips.so\nactivate = 1\n")
        for name in (BY_FILE, BY_DNS):
            check_explains(root, name)
        check_says(root.run("whogoes", "lint", f"https://{BY_DNS}/orders", status=1), "401")


def where_others_keep_authorities(at):
    """Alpine's place and its busybox and musl; and, in roots that have nothing else, those of Fedora and SUSE."""
    for base, file in (("alpine", "etc/ssl/cert.pem"), ("bare", "etc/ssl/certs/ca-certificates.crt"), ("bare", "etc/ssl/ca-bundle.pem"),
                       ("bare", "etc/pki/tls/certs/ca-bundle.crt"), ("bare", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")):
        with root_of(at.roots / base) as root:
            root.install(at.program)
            root.write(file, at.authority.file.read_text())
            for name in (BY_FILE, BY_DNS):
                check_explains(root, name)
            if base == "alpine":
                check_says(root.run("/bin/sh", "-c", "whogoes version | cat"), "whogoes")


def without_authorities(at):
    """A sentence before anybody calls, with what to do; following it works, and so does http://."""
    with root_of(at.roots / "bare") as root:
        root.install(at.program)
        for environment, place in (({}, "/etc/ssl/certs/ca-certificates.crt"), ({"SSL_CERT_FILE": "/nowhere.pem"}, "/nowhere.pem")):
            said = root.run("/usr/bin/whogoes", "-u", f"https://{BY_FILE}", "--admin", "off", status=3, **environment)
            check_says(said, "no authorities", place, "ca-certificates", "SSL_CERT_FILE", "upstream_tls.ca")
        said = root.run("/usr/bin/whogoes", "lint", f"https://{BY_FILE}/", status=3)
        check_says(said, "no authorities", "ca-certificates")
        root.write("our.pem", at.authority.file.read_text())
        check_explains(root, BY_FILE, environment={"SSL_CERT_FILE": "/our.pem"})
        root.write("whogoes.yaml", f"upstream: https://{BY_FILE}\nupstream_tls: {{ca: /our.pem}}\n")
        check_explains(root, BY_FILE, "-c", "/whogoes.yaml")
        with proxying(root, "-u", f"http://{BY_FILE}:1", "--admin", "off", program="/usr/bin/whogoes") as (port, _):
            check(ask(port)[0] == 502, "an API that is not there is a 502")


def as_nobody_without_proc(at):
    """Neither /etc/passwd nor /proc nor a folder that may be written: metrics and probes answer all the same."""
    with root_of(at.roots / "bare") as root:
        root.install(at.program)
        root.write("etc/ssl/cert.pem", at.authority.file.read_text())
        root.remount_read_only()
        for environment in ({}, {"HOME": "/home/nobody"}):
            check_explains(root, BY_DNS, program="/usr/bin/whogoes", user="65532:65532", environment=environment)
        admin = "127.0.0.1:9401"
        with proxying(root, "-u", f"https://{BY_FILE}", "--admin", admin, user="65532:65532", program="/usr/bin/whogoes"):
            connection = http.client.HTTPConnection(admin, timeout=20)
            connection.request("GET", "/metrics")
            check_says(connection.getresponse().read().decode(), "whogoes_build_info")
            connection.close()
            check_says(root.run("/usr/bin/whogoes", "health", user="65532:65532"), "ready")
        said = root.run("/usr/bin/whogoes", "-u", f"https://{BY_FILE}", "--admin", "off", "--log-output", "/var/log/whogoes.log", status=3)
        check_says(said, "/var/log/whogoes.log")


def old_machines(at):
    """The system calls of Linux 3.17 and the first x86-64 processors will do; an older kernel is said to be one."""
    with root_of(at.roots / "debian-11") as root:
        root.install(at.program)
        root.write("etc/ssl/certs/ca-certificates.crt", at.authority.file.read_text())
        trusting = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
        check_explains(root, BY_DNS, limits=lambda: old_kernel.pretend("3.17"), environment=trusting)
    said = run(at.program, "version", status=3, preexec_fn=lambda: old_kernel.pretend("3.10"))
    check_says(said, "kernel is too old", "Linux 3.17")

    first_x86_64 = ("qemu-x86_64-static", "-cpu", "Opteron_G1")
    check_says(run(*first_x86_64, at.program, "version"), "whogoes")
    check_says(run(*first_x86_64, at.program, "explain", EXPIRED, status=1), "expired")


def words_of_the_locale(at):
    """Locales that a root does not have: UTF-8 or not is what their names say."""
    with root_of(at.roots / "bare") as root:
        root.install(at.program)
        for locale, ascii_only in (("C", True), ("de_DE.UTF-8", False), ("C.UTF-8", False)):
            said = root.run("/usr/bin/whogoes", "explain", EXPIRED, status=1, LC_ALL=locale)
            check(said.isascii() == ascii_only, f"{locale}: {said}")


CHECKS = {
    "needs nothing": needs_nothing,
    **{f"on {release}": lambda at, release=release: on_debian(at, release) for release in DEBIAN},
    "where others keep authorities": where_others_keep_authorities,
    "without authorities": without_authorities,
    "as nobody, read-only, without /proc": as_nobody_without_proc,
    "old machines": old_machines,
    "words of the locale": words_of_the_locale,
}
