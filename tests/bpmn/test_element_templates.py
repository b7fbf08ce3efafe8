"""The templates for the desktop's Camunda Modeler: valid, and of names that Alur knows."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from bpmn.elements import diagrams
from bpmn.reading import BPMN, CAMUNDA, read
from bpmn.rules import dialect

ROOT = Path(__file__).parents[2]
FILE = ROOT / "bpmn" / "alur.element-templates.json"
SKP = ROOT / "bpmn" / "skp_collection.bpmn"
PROPERTIES, PROPERTY = (f"{{{CAMUNDA[0]}}}{name}" for name in ("properties", "property"))
FRONT_END = ROOT / "web" / "frontend"
VALIDATE = """
import { validateAll } from '@bpmn-io/element-templates-validator';
import { readFileSync } from 'node:fs';
const templates = JSON.parse(readFileSync(process.argv[1], 'utf8'));
console.log(JSON.stringify(validateAll(templates)));
"""


def _bindings() -> list[dict[str, str]]:
    templates = json.loads(FILE.read_text(encoding="utf-8"))
    return [one["binding"] for template in templates for one in template["properties"]]


def test_they_set_extension_properties_that_alur_knows_and_nothing_else():
    assert {one["type"] for one in _bindings()} == {"camunda:property"}
    names = {one["name"] for one in _bindings()}
    assert {"sop:kelengkapan", "sop:output", "sop:keterangan", "alur:actor", "alur:timer"} <= names
    assert _misspelt(SKP.read_bytes()) == []


def _misspelt(source: bytes) -> list[str]:
    """What the rule on names says when all that the templates bind stands in a diagram."""
    root = read(source)
    for template in json.loads(FILE.read_text(encoding="utf-8")):
        (kind,) = template["appliesTo"]
        holder = next(root.iter(f"{{{BPMN}}}{kind[5].lower()}{kind[6:]}"))
        (properties,) = holder.findall(f"{{{BPMN}}}extensionElements/{PROPERTIES}")
        for one in template["properties"]:
            etree.SubElement(properties, PROPERTY, name=one["binding"]["name"], value="x")
    (diagram,) = diagrams(root)
    return [str(finding.message) for finding in dialect.known_properties(diagram)]


def test_a_name_that_alur_does_not_know_would_be_told():
    assert _misspelt(SKP.read_bytes().replace(b"sop:output", b"sop:outptu")) != []


def test_camunda_s_own_schema_holds_nothing_against_them():
    if not shutil.which("node") or not (FRONT_END / "node_modules").is_dir():
        pytest.skip("needs node and web/frontend/node_modules (npm ci)")
    done = subprocess.run(
        ["node", "--input-type=module", "-e", VALIDATE, FILE],
        cwd=FRONT_END, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["valid"], told
