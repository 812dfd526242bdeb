"""A run's figures as a picture.  python3 tests/bench/plot.py build/bench/run.json >plot.svg"""

import html
import json
import sys

import table

WIDTH, LEFT, RIGHT = 760, 250, 90
BAR, BETWEEN, TOP = 14, 14, 56
COLOURS = {"whogoes": "#2f6fde", "nginx": "#4f9d69", "haproxy": "#c98a2b"}


def text(x, y, words, more=""):
    return f'<text x="{x}" y="{y}" {more}>{html.escape(words)}</text>'


def of(run):
    names = list(run["versions"])
    works = list(run["work"].values())
    group = BAR * len(names) + BETWEEN
    height = TOP + group * len(works) + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
             'font-family="system-ui, sans-serif" font-size="12">',
             "<title>CPU time a request, whogoes beside other proxies</title>",
             "<style>text { fill: #222 } @media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>",
             text(10, 20, "CPU time a request; shorter is better, each kind of work has a scale of its own", 'font-weight="bold"')]
    for i, name in enumerate(names):
        parts.append(f'<rect x="{LEFT + 110 * i}" y="30" width="10" height="10" fill="{COLOURS[name]}"/>')
        parts.append(text(LEFT + 110 * i + 15, 39, name))
    for i, work in enumerate(works):
        costs = {name: table.cost(work["peers"][name]) for name in names}
        most = max(cost for cost in costs.values() if cost)
        top = TOP + group * i
        parts.append(text(LEFT - 10, top + BAR * len(names) / 2 + 4, work["title"], 'text-anchor="end"'))
        for j, name in enumerate(names):
            if not costs[name]:
                continue
            length = round((WIDTH - LEFT - RIGHT) * costs[name] / most, 1)
            parts.append(f'<rect x="{LEFT}" y="{top + BAR * j}" width="{length}" height="{BAR - 2}" fill="{COLOURS[name]}"/>')
            parts.append(text(LEFT + length + 6, top + BAR * j + 10, f"{costs[name]:.1f} µs", 'font-size="11"'))
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(of(json.load(file)), end="")
