"""What bash, zsh and fish offer for a line of whogoes, asked of the shells themselves."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile

BASH = r"""
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"$(complete -p whogoes | sed 's/.*-F \([^ ]*\).*/\1/')"
printf '%s\n' "${COMPREPLY[@]}"
"""

# What fits is written to a file as the completion system adds it, and the shell ends.
ZSH = r"""
PS1=READY
autoload -Uz compinit
fpath=($FOLDER $fpath)
compinit -u -d $SCRATCH/dump
zstyle ':completion:*' verbose no
zstyle ':completion:*' menu no
unsetopt beep
LISTMAX=-1
compadd() {
    local -a found
    if [[ ${@[(I)-(O|A|D)*]} != 0 ]]; then builtin compadd "$@"; return; fi
    builtin compadd -O found "$@"
    (( $#found )) && print -rl -- $found >>$SCRATCH/found
    builtin compadd "$@"
}
report() { print -r -- "DONE"; exit 0 }
ask() { BUFFER=$LINE CURSOR=$#LINE; zle complete; report }
complete() { compstate[insert]= ; compstate[list]= ; _main_complete }
zle -C complete complete-word complete
zle -N ask
bindkey '^X' ask
"""


def words_of(line):
    """As bash takes it apart for a completion: blanks, and the signs of COMP_WORDBREAKS."""
    return re.findall(r"[=:]|[^\s=:]+", line) + ([""] if line[-1] in " " else [])


def ask_bash(folder, line, where):
    done = subprocess.run(["bash", "--norc", "-c", BASH, "bash", str(folder / "whogoes.bash"), *words_of(line)], cwd=where,
                          capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return set(done.stdout.split("\n")) - {""}


def ask_fish(folder, line, where):
    script = f"source {folder}/whogoes.fish; complete -C {line!r}"
    done = subprocess.run(["fish", "--no-config", "-c", script], cwd=where, capture_output=True, text=True, check=True,
                          env={**os.environ, "HOME": str(where)})
    assert done.stderr == "", done.stderr
    return {row.split("\t")[0] for row in done.stdout.split("\n")} - {""}


def read_until(terminal, mark):
    seen = b""
    while mark not in seen:
        ready, _, _ = select.select([terminal], [], [], 20)
        if not ready:
            raise TimeoutError(f"zsh said nothing more than {seen!r}")
        try:
            seen += os.read(terminal, 65536)
        except OSError:
            raise EOFError(f"zsh ended: {seen!r}") from None
    return seen


def ask_zsh(folder, line, where):
    with tempfile.TemporaryDirectory() as scratch:
        (pathlib.Path(scratch) / ".zshrc").write_text(ZSH)
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(where)
            os.execvpe("zsh", ["zsh", "-i"], {**os.environ, "ZDOTDIR": scratch, "SCRATCH": scratch, "FOLDER": str(folder),
                                               "LINE": line, "TERM": "dumb", "HOME": scratch})
        try:
            read_until(terminal, b"READY")
            os.write(terminal, b"\x18")
            read_until(terminal, b"DONE")
        finally:
            os.close(terminal)
            os.waitpid(child, 0)
        found = pathlib.Path(scratch) / "found"
        return set(found.read_text().split("\n")) - {""} if found.exists() else set()


SHELLS = {"bash": ask_bash, "zsh": ask_zsh, "fish": ask_fish}


def there():
    return {name: ask for name, ask in SHELLS.items() if shutil.which(name)}
