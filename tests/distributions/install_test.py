#!/usr/bin/env python3
"""tests/install on machines that are none: which names it asks which tool for, and what it says where it cannot."""
import signal
import sys
import unittest

from machine import Machine

DEBIAN = ["dpkg-query", "dpkg", "apt-cache", "apt-get", "deb-systemd-helper", "update-rc.d", "sudo"]
FEDORA = ["rpm", "dnf", "sudo"]
PLAIN = [f"{name} 1" for name in "ninja-build libspdlog-dev libyaml-cpp-dev libcli11-dev zlib1g-dev libnghttp2-dev doctest-dev".split()]


def release(name, version, called, like=""):
    return f'ID={name}\nVERSION_ID="{version}"\nPRETTY_NAME="{called}"\nID_LIKE="{like}"\n'


def boost(prefix, version):
    return [f"{name} {version}" for name in (f"libboost{prefix}-dev", f"libboost-json{prefix}-dev", f"libboost-url{prefix}-dev")]


BOOKWORM = (release("debian", 12, "Debian GNU/Linux 12"), ["g++ 4:12.2.0-3", "cmake 3.25.1-1", "libssl-dev 3.0.19-1", *PLAIN,
            *boost("", "1.74.0.3"), *boost("1.81", "1.81.0-5")])
TRIXIE = (release("debian", 13, "Debian GNU/Linux 13"), ["g++ 4:14.2.0-1", "cmake 3.31.6-2", "libssl-dev 3.5.1-1", *PLAIN,
          *boost("", "1.83.0.2"), *boost("1.88", "1.88.0-1")])
NOBLE = (release("ubuntu", "24.04", "Ubuntu 24.04 LTS", "debian"), ["g++ 4:13.2.0-7ubuntu1", "cmake 3.28.3-1", "libssl-dev 3.0.13-0", *PLAIN,
         *boost("", "1.83.0.1ubuntu2")])
RESOLUTE = (release("ubuntu", "26.04", "Ubuntu 26.04 LTS", "debian"), ["g++ 4:15.2.0-4ubuntu1", "cmake 4.2.3-1", "libssl-dev 3.5.5-1", *PLAIN,
            *boost("", "1.90.0.1")])
MINT = (release("linuxmint", "22", "Linux Mint 22", "ubuntu debian"), NOBLE[1])


def asked_for(asked):
    return set(asked.strip().split("\n")[-1].split(" install ")[1].split()) - {"--no-install-recommends", "--no-remove", "-y"}


class Known(unittest.TestCase):
    def test_an_empty_machine_is_given_the_names_of_its_release(self):
        for (text, packages), named in ((BOOKWORM, boost("1.81", "")), (TRIXIE, boost("", "")), (NOBLE, boost("", "")),
                                        (RESOLUTE, boost("", "")), (MINT, boost("", ""))):
            with self.subTest(text), Machine(text, DEBIAN, candidates=packages) as machine:
                status, said, asked = machine.install("build")
                self.assertEqual(status, 0, said)
                self.assertEqual(asked_for(asked), {name.strip() for name in named} | {"g++", "cmake", "libssl-dev"} | {row.split()[0] for row in PLAIN})

    def test_nothing_is_asked_for_where_all_is_there(self):
        for text, packages in BOOKWORM, TRIXIE, NOBLE:
            with self.subTest(text), Machine(text, DEBIAN, installed=packages, candidates=packages) as machine:
                self.assertEqual(machine.install("build"), (0, "", ""))

    def test_an_older_boost_of_another_name_is_not_enough(self):
        old = [row for row in BOOKWORM[1] if "1.81" not in row]
        with Machine(BOOKWORM[0], DEBIAN, installed=old, candidates=BOOKWORM[1]) as machine:
            self.assertEqual(asked_for(machine.install("build")[2]), {row.split()[0] for row in boost("1.81", "x")})

    def test_a_newer_boost_of_another_name_is(self):
        newer = [row for row in TRIXIE[1] if "1.83" not in row]
        with Machine(TRIXIE[0], DEBIAN, installed=newer, candidates=TRIXIE[1]) as machine:
            self.assertEqual(machine.install("build"), (0, "", ""))

    def test_fedora_is_asked_by_dnf_once_for_each_name(self):
        with Machine(release("fedora", 43, "Fedora Linux 43"), FEDORA, installed=["cmake 3", "ninja-build 1"]) as machine:
            status, said, asked = machine.install("build")
            self.assertEqual(status, 0, said)
            self.assertEqual(asked.split(" install ")[0], "dnf -q -y --setopt=install_weak_deps=False")
            self.assertEqual(asked.split(" install ")[1].split(),
                             "gcc-c++ boost-devel openssl-devel spdlog-devel yaml-cpp-devel cli11-devel zlib-devel libnghttp2-devel doctest-devel".split())

    def test_what_fedora_has_no_package_for_is_said(self):
        with Machine(release("fedora", 43, "Fedora Linux 43"), FEDORA) as machine:
            _, said, asked = machine.install("review")
            self.assertIn("no package of Fedora Linux 43 is known for prometheus", said)
            self.assertNotIn("prometheus", asked)

    def test_what_a_release_no_longer_has_is_done_without(self):
        live = [f"{name} 1" for name in "nginx apache2-bin lighttpd caddy docker-registry python3-flask-httpauth python3-djangorestframework python3-grpcio "
                "python3-fastapi uvicorn python3-multipart rabbitmq-server influxdb etcd-server".split()]
        for jose, wanted in ([], set()), (["python3-jose 3.3"], {"python3-jose"}):
            with self.subTest(jose), Machine(TRIXIE[0], DEBIAN, installed=live[1:], candidates=[*live, *jose]) as machine:
                status, said, asked = machine.install("live")
                self.assertEqual(status, 0, said)
                self.assertEqual(asked_for(asked), {"nginx"} | wanted)
                self.assertEqual("has no python3-jose" in said, not jose)

    def test_no_package_is_taken_away_for_another(self):
        old = ["libboost1.74-dev", "libboost-dev", "libsomething-dev"]
        with Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1], in_the_way=old) as machine:
            status, said, _ = machine.install("build")
            self.assertEqual(status, 1)
            self.assertIn(f"takes away packages that this machine has: {' '.join(old)}.", said)
            self.assertIn(f"apt-get remove {' '.join(old)}", said)
            self.assertIn("container", said)
            self.assertEqual((machine.path / "in_the_way").read_text().split(), old)

    def test_a_refusal_of_the_tool_is_said(self):
        with Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1], broken=True) as machine:
            status, said, _ = machine.install("build")
            self.assertEqual(status, 1)
            self.assertIn("E: no route", said)
            self.assertIn("apt-get could not install", said)

    def test_without_root_the_line_for_root_is_said(self):
        with Machine(BOOKWORM[0], DEBIAN[:-1], candidates=BOOKWORM[1]) as machine:
            status, said, asked = machine.install("build")
            self.assertEqual((status, asked), (1, ""))
            self.assertRegex(said, r"As root: apt-get install g\+\+ cmake .*libboost1\.81-dev")


class Quiet(unittest.TestCase):
    """No service is started, and none is left enabled."""

    def test_services_are_found_whatever_they_are_called(self):
        units = "lib/systemd/system/"
        with Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1],
                     brings=[f"{units}etcd.service", f"{units}epmd.socket", f"{units}etcd.conf", "etc/init.d/nginx"]) as machine:
            for name in "lib/systemd/system/cron.service", "etc/init.d/cron":
                (machine.root / name).touch()
            status, said, _ = machine.install("build")
            self.assertEqual(status, 0, said)
            self.assertEqual((machine.path / "disabled").read_text().splitlines(),
                             ["update-rc.d nginx disable", "deb-systemd-helper disable etcd.service epmd.socket"])

    def test_what_came_before_a_failure_is_not_left_enabled(self):
        with Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1], brings=["lib/systemd/system/etcd.service", "none/such"]) as machine:
            self.assertEqual(machine.install("build")[0], 1)
            self.assertIn("etcd.service", (machine.path / "disabled").read_text())

    def test_the_policy_of_the_machine_is_put_back(self):
        for own in None, "#!/bin/sh\nexit 104\n":
            with self.subTest(own), Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1]) as machine:
                if own:
                    machine.policy.write_text(own)
                status, said, _ = machine.install("build")
                self.assertEqual(status, 0, said)
                self.assertIn("exit 101", (machine.path / "policy").read_text())
                self.assertEqual(machine.policy.read_text() if machine.policy.exists() else None, own)
                self.assertEqual([file.name for file in machine.policy.parent.iterdir()], ["policy-rc.d"] if own else [])

    def test_what_a_killed_run_has_left_is_not_taken_for_the_machines(self):
        for own in None, "#!/bin/sh\nexit 104\n":
            with self.subTest(own), Machine(BOOKWORM[0], DEBIAN, candidates=BOOKWORM[1], kills=True) as machine:
                if own:
                    machine.policy.write_text(own)
                self.assertEqual(machine.install("build")[0], -signal.SIGKILL)
                self.assertIn("exit 101", machine.policy.read_text())
                (machine.path / "kills").unlink()
                self.assertEqual(machine.install("build")[0], 0)
                self.assertEqual(machine.policy.read_text() if machine.policy.exists() else None, own)
                self.assertEqual([file.name for file in machine.policy.parent.iterdir()], ["policy-rc.d"] if own else [])


class Unknown(unittest.TestCase):
    def test_what_is_needed_is_listed_with_versions(self):
        for text in (release("arch", "", "Arch Linux"), release("alpine", "3.22", "Alpine Linux v3.22"), "", None, release("ubuntu", "22.04", "Ubuntu 22.04", "debian"),
                     release("debian", 11, "Debian GNU/Linux 11"), release("rhel", 9, "Red Hat Enterprise Linux 9", "fedora")):
            with self.subTest(text), Machine(text, DEBIAN) as machine:
                status, said, asked = machine.install("build")
                self.assertEqual((status, asked), (1, ""))
                for word in "Boost 1.81 or later", "g++ 12 or later, or clang 14", "CMake 3.25", "OpenSSL 3.0", "WHOGOES_PACKAGES=own", "libcli11-dev":
                    self.assertIn(word, said)

    def test_who_has_installed_it_all_goes_on(self):
        with Machine(release("arch", "", "Arch Linux"), []) as machine:
            self.assertEqual(machine.install("build", WHOGOES_PACKAGES="own"), (0, "", ""))
            self.assertEqual(machine.install("bulid", WHOGOES_PACKAGES="own")[0], 1)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
