"""A run's figures as a table of Markdown.  python3 tests/bench/table.py build/bench/run.json"""

import json
import statistics
import sys

MOST_OF_OTHERS = 0.12  # of the proxy's core, in a turn that counts as undisturbed


def undisturbed(turns):
    return [one for one in turns if one["others"] <= MOST_OF_OTHERS]


def cost(turns):
    """Microseconds of CPU a request, the median; of the undisturbed turns where there are two."""
    calm = undisturbed(turns)
    counted = calm if len(calm) > 1 else turns
    return statistics.median(one["us"] for one in counted) if counted else None


def ratios(mine, its):
    """Of what was measured one after the other, and whether all of that was undisturbed."""
    by_round = {one["round"]: one for one in its}
    both = [(one, by_round[one["round"]]) for one in mine if one["round"] in by_round]
    calm = [pair for pair in both if len(undisturbed(pair)) == 2]
    is_calm = len(calm) > 1
    return [one["us"] / other["us"] for one, other in (calm if is_calm else both)], is_calm


def ratio_text(mine, its):
    found, is_calm = ratios(mine, its)
    if not found:
        return "-"
    return f"{statistics.median(found):.2f} × ({min(found):.2f} to {max(found):.2f}){'' if is_calm else ' ~'}"


def of(run):
    names = list(run["versions"])
    others = [name for name in names if name != "whogoes"]
    columns = ["CPU a request", *names, *(f"whogoes over {name}" for name in others)]
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for work in run["work"].values():
        turns = work["peers"]
        costs = [cost(turns[name]) for name in names]
        row = [work["title"], *("-" if one is None else f"{one:.1f} µs" for one in costs)]
        row += [ratio_text(turns["whogoes"], turns[name]) for name in others]
        lines.append("| " + " | ".join(row) + " |")
    machine = run["machine"]
    before, after = (", ".join(f"{one:.1f}" for one in machine[when]) for when in ("load_before", "load_after"))
    lines += ["", "Medians; ratios are those within a round: median (least to most). ~: fewer than two rounds were undisturbed, so all count.",
              f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}; load average before {before}, after {after}.",
              "; ".join(run["versions"].values()) + "."]
    if not run["pinned"]:
        lines.append("Proxy, load and API shared their cores: that makes any proxy look dearer.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as text:
        print(of(json.load(text)), end="")
