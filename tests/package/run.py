#!/usr/bin/env python3
"""The checks of tests/package/run, which has made the packages, the roots and the namespace that they are tried in.

    tests/package/run.py [--only START,...]
"""
import argparse
import pathlib
import sys
import tempfile
import time
import traceback
import types

import binary
import deb
import image
import materials
import npm
import place

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = {f"{name}: {what}": check for name, module in
          (("materials", materials), ("binary", binary), ("deb", deb), ("npm", npm), ("image", image))
          for what, check in module.CHECKS.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    wanted = tuple(parser.parse_args().only.split(","))
    place.run("ip", "link", "set", "lo", "up")
    built = ROOT / "build/package"
    failed = done = 0
    with tempfile.TemporaryDirectory(prefix="whogoes-package-") as folder:
        at = types.SimpleNamespace(root=ROOT, built=built, program=built / "tree/bin/whogoes", roots=ROOT / "build/roots",
                                   authority=place.Authority(pathlib.Path(folder)))
        place.serve_https(at.authority)
        place.serve_dns()
        for name, check in CHECKS.items():
            if not name.startswith(wanted):
                continue
            began = time.monotonic()
            try:
                check(at)
                done += 1
                print(f"{name}: passed, {time.monotonic() - began:.1f} s", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                traceback.print_exc(file=sys.stdout)
                print(f"{name}: FAILED", flush=True)
    print(f"{done} passed, {failed} failed")
    return 1 if failed or not done else 0


sys.exit(main())
