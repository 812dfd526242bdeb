#!/usr/bin/env python3
"""whogoes.1 tells of all that there is: each flag that --help shows, each setting, variable, file and exit status, and nothing else.

    page_test.py WHOGOES FOLDER ROOT        FOLDER: what the build made; ROOT: the sources
"""
import pathlib
import re
import shutil
import subprocess
import sys

whogoes, folder, root = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
page_file = folder / "whogoes.1"


def program(*words):
    return subprocess.run([whogoes, *words], capture_output=True, text=True, check=True).stdout


def plain(text):
    text = re.sub(r"\\f[BIR]|\\&", "", text)
    for written, meant in {r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ti": "~", r"\(ha": "^", r"\e": "\\"}.items():
        text = text.replace(written, meant)
    return text


def parts(page):
    """The text of each section, and of each verb below VERBS, by its name."""
    found, name = {}, ""
    for line in page.split("\n"):
        if match := re.fullmatch(r'\.S([HS]) "?([^"]*)"?', line):
            name = match[2]
            found[name] = ""
        elif name:
            found[name] += plain(line) + "\n"
    return found


def heads(section):
    return [line for before, line in zip([""] + section.split("\n"), section.split("\n")) if before == ".TP"]


def flags_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def sources():
    return {path: path.read_text() for path in (root / "proxy").rglob("*.cpp")}


def flag_flaws(told):
    flaws = []
    verbs = [name for name in told if re.fullmatch("[a-z]+", name)]
    if set(verbs) != {row.split()[0] for row in program("--help").split("Subcommands:\n")[1].split("\n\n")[0].split("\n")}:
        flaws.append("not the verbs of --help")
    for verb in ["", *verbs]:
        shown = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", program(*verb.split(), "--help"), re.M)
        wanted = set(shown) - ({"--help"} if verb else set())
        written = {flag for head in heads(told[verb or "OPTIONS"]) for flag in flags_in(head)}
        flaws += [f"{verb or 'OPTIONS'}: {flag}" for flag in wanted ^ written]
    return flaws


def setting_flaws(told):
    flaws = []
    written = {head.split()[0]: head for head in heads(told["CONFIGURATION"])}
    schema = (root / "proxy/app/schema.cpp").read_text()
    known = set(re.findall(r'\.path = "([a-z0-9_.]+)"', schema)) | {"routes"}
    flaws += [f"setting {path}" for path in known ^ set(written)]
    above = []
    for line in program("config", "-u", ":1").split("\n"):
        match = re.fullmatch(r"( *)([a-z0-9_]+):(?: (.*?) *# (.*))?", line)
        if not match:
            continue
        above = above[:len(match[1]) // 2] + [match[2]]
        path, value = ".".join(above), (match[3] or "").strip('[]"')
        if match[4] == "default" and not written.get(path, "").endswith(f"[{value}]"):
            flaws.append(f"{path}: the default {value}")
    return flaws


def variable_flaws(told):
    read = set()
    for path, text in sources().items():
        read |= set(re.findall(r'(?:variable|getenv)\("([A-Z_]+)"\)|environment = "([A-Z_]+)"', text)) if path.name != "environment.cpp" else set()
    read = {name for pair in read for name in pair if name}
    written = set(heads(told["ENVIRONMENT"]))
    text = "\n".join(text for path, text in sources().items() if path.name not in ("environment.cpp", "man_page.cpp"))
    return [f"variable {name}" for name in read - written] + [f"nobody reads {name}" for name in written if name not in text]


def other_flaws(told):
    text = "\n".join(text for path, text in sources().items() if path.name != "man_page.cpp") + (root / "proxy/app/config.hpp").read_text()
    flaws = [f"no source has {name}" for name in heads(told["FILES"])
             if re.sub("PORT.*", "", name.removeprefix("$XDG_STATE_HOME/whogoes/").removeprefix("$XDG_CONFIG_HOME")) not in text]
    if [head.split()[0] for head in heads(told["EXIT STATUS"])][:4] != ["0", "1", "2", "3"]:
        flaws.append("the exit statuses")
    if subprocess.run([whogoes, "chek"], capture_output=True, check=False).returncode != 2:
        flaws.append("2 is not for usage")
    return flaws


def title_flaws(page):
    version = program("--version").split()[1]
    released = re.search(rf"^## {re.escape(version)} - (\S+)$", (root / "CHANGELOG.md").read_text(), re.M)
    title = f'.TH WHOGOES 1 "{released[1] if released else ""}" "whogoes {version}" "User Commands"'
    return [] if title in page.split("\n") else [f"no {title}"]


def roff_flaws(page):
    flaws = []
    for command in (["groff", "-man", "-ww", "-Tutf8", "-z"], ["mandoc", "-T", "lint", "-W", "warning"]):
        if shutil.which(command[0]):
            done = subprocess.run(command, input=page, capture_output=True, text=True, check=False)
            flaws += (done.stdout + done.stderr).split("\n")
    return [flaw for flaw in flaws if flaw and "missing date" not in flaw]


def flaws_of(page):
    told = parts(page)
    return [*flag_flaws(told), *setting_flaws(told), *variable_flaws(told), *other_flaws(told), *title_flaws(page), *roff_flaws(page)]


def spoiled(page):
    """Pages that are wrong in one thing each, and a word of the complaint that this must bring."""
    yield page.replace(r"\fB\-\-insecure\fR", r"\fB\-\-secure\fR"), "lint: --insecure"
    yield page.replace(r"\fBtrace\fR", r"\fBtraces\fR"), "setting trace"
    yield page.replace("[75s]", "[70s]"), "limits.timeouts.idle: the default"
    yield page.replace(r"\fBWHOGOES_FAIL_ON\fR", r"\fBWHOGOES_FAIL\fR"), "variable WHOGOES_FAIL_ON"
    yield page.replace("fingerprint.key", "thumbprint.key"), "no source has"
    yield re.sub(r"whogoes \d+\.\d+\.\d+", "whogoes 0.0.1", page), "no .TH"
    if shutil.which("groff"):
        yield page + ".TP 1 2\n.nonsense\n\\[nothing]\n", "nothing"


def main():
    page = page_file.read_text()
    flaws = flaws_of(page)
    for text, word in spoiled(page):
        if not any(word in flaw for flaw in flaws_of(text)):
            flaws.append(f"a page without {word} passes")
    print("\n".join(flaws + [f"manual: {len(heads(page.replace(chr(13), '')))} items, {len(flaws)} flaws"]))
    return bool(flaws)


sys.exit(main())
