#!/usr/bin/env python3
"""Holds Kubernetes manifests against the API's own schema, as its Python client has it: a field that
is in no model, or is of another shape, is named.

    tests/review/pod.py FILE...

Standard library, PyYAML and python3-kubernetes.
"""
import re
import sys

import yaml
from kubernetes import client

# Newer than Debian's client.
NEWER = {("V1Container", "restartPolicy"): "str"}
PLAIN = {"str": str, "int": int, "bool": bool, "float": float, "object": object}


def flaws(value, kind, path):
    many = re.fullmatch(r"list\[(.*)\]", kind)
    if many:
        if not isinstance(value, list):
            return [f"{path}: no list"]
        return [flaw for i, item in enumerate(value) for flaw in flaws(item, many[1], f"{path}[{i}]")]
    named = re.fullmatch(r"dict\(str, (.*)\)", kind)
    if named:
        return [flaw for key, item in value.items() for flaw in flaws(item, named[1], f"{path}.{key}")]
    if kind in PLAIN:
        fits = isinstance(value, PLAIN[kind]) and (kind == "bool" or not isinstance(value, bool))
        return [] if fits else [f"{path}: {value!r} is no {kind}"]
    model = getattr(client, kind, None)
    if model is None:
        return []  # IntOrString and their like
    fields = {name: model.openapi_types[field] for field, name in model.attribute_map.items()}
    if not fields:
        return []
    found = []
    for key, item in value.items():
        wanted = fields.get(key) or NEWER.get((kind, key))
        if wanted is None:
            found.append(f"{path}.{key}: {kind} has no such field")
        elif item is not None:
            found += flaws(item, wanted, f"{path}.{key}")
    return found


def main():
    found, documents = [], 0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            for document in yaml.safe_load_all(file):
                documents += 1
                found += flaws(document, "V1" + document["kind"], f"{name}: {document['kind']}")
    print("\n".join(found) or f"{documents} documents are as the API has them")
    sys.exit(bool(found) or not documents)


main()
