"""Validates files with the schemas of their formats.

    python validate.py bill-of-materials|registry-entry|kubernetes FILE…
"""

import json
import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

# The release of Kubernetes whose schemas the manifests are validated with.
KUBERNETES = "1.33"


def bill_of_materials(path):
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    assert problem is None, problem
    return f"{len(json.loads(path.read_text())['components'])} components"


def registry_entry(path):
    schema = json.loads(pathlib.Path(__file__).with_name("server-entry.schema.json").read_text())
    entry = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(entry, schema, cls=jsonschema.Draft202012Validator)
    return f"{len(entry['packages'])} packages"


def kubernetes(path):
    documents = [document for document in yaml.safe_load_all(path.read_text()) if document]
    for document in documents:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    return ", ".join(document["kind"] for document in documents)


VALIDATORS = {
    "bill-of-materials": bill_of_materials,
    "registry-entry": registry_entry,
    "kubernetes": kubernetes,
}
kind, *paths = sys.argv[1:]
for path in map(pathlib.Path, paths):
    print(f"{path.name}: {VALIDATORS[kind](path)}")
