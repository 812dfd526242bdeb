#!/usr/bin/env python3
"""Every relative link of a page leads to a file that is there, and to a heading that it has.

    links_test.py ROOT
"""
import pathlib
import re
import sys
import tempfile

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def without_code(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", lambda match: "x" * len(match[0]), text)


def anchors(path):
    """As GitHub makes them: lower case, no punctuation, hyphens for blanks; what is named in HTML too."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", path.read_text(), flags=re.S | re.M), re.M):
        found.add(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-"))
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', path.read_text()))


def pages(root):
    for pattern in "*.md", ".github/*.md", "proxy/**/*.md", "rules/**/*.md", "examples/**/*.md":
        yield from root.glob(pattern)


def flaws(root):
    found, count = [], 0
    for page in sorted(pages(root)):
        for target in LINK.findall(without_code(page.read_text())):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            if not file.exists():
                found.append(f"{page.relative_to(root)}: {target} is not there")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                found.append(f"{page.relative_to(root)}: {target}: no such heading")
    return found, count


def main():
    found, count = flaws(pathlib.Path(sys.argv[1]))
    if count < 20:
        found.append(f"{count} links only: is their form another by now?")
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        (root / "README.md").write_text("# A `b` c\n[x](#a-b-c) [y](gone.md) [z](#nothing) `[c](code.md)` [w](https://e.example)\n")
        if flaws(root)[0] != ["README.md: gone.md is not there", "README.md: #nothing: no such heading"]:
            found.append(f"a page with two broken links: {flaws(root)}")
    print("\n".join([*found, f"links: {count}, {len(found)} flaws"]))
    return bool(found)


sys.exit(main())
