// node lint-diagram.mjs FILE…
// Lints diagrams with bpmnlint's recommended rules and the rules for Camunda Platform 7.24, then loads and saves each
// one, which must give the same bytes. Prints {"findings": […], "roundTrip": true}; exit 1 on anything found.
// --write saves the diagrams in that form.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { BpmnModdle } from 'bpmn-moddle';
import Linter from 'bpmnlint/lib/linter.js';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';

const require = createRequire(import.meta.url);
const descriptors = {
  camunda: require('camunda-bpmn-moddle/resources/camunda.json'),
  modeler: require('modeler-moddle/resources/modeler.json'),
};
const config = { extends: ['bpmnlint:recommended', 'plugin:camunda-compat/camunda-platform-7-24'] };

const args = process.argv.slice(2);
const write = args.includes('--write');
const files = args.filter((arg) => arg !== '--write');
if (!files.length) {
  console.error('usage: node lint-diagram.mjs [--write] FILE…');
  process.exit(2);
}

const findings = [];
let roundTrip = true;

for (const file of files) {
  const add = (severity, rule, element, message) => findings.push({ file, severity, rule, element, message });
  let xml;
  let diagram;
  try {
    xml = await readFile(file, 'utf8');
    diagram = await read(xml);
  } catch (error) {
    add('error', 'readable', null, error.message);
    roundTrip = false;
    continue;
  }
  for (const { message, element } of diagram.warnings) add('error', 'import', element?.id ?? null, message);

  const linter = new Linter({ config, resolver: new NodeResolver({ require }) });
  for (const [rule, reports] of Object.entries(await linter.lint(diagram.rootElement))) {
    for (const { category, id, message } of reports) add(category, rule, id ?? null, message);
  }

  const saved = await save(diagram.rootElement);
  if (saved === xml) continue;
  if (write) {
    await writeFile(file, saved);
  } else {
    roundTrip = false;
    add('error', 'round-trip', null, `saving changes line ${firstDifference(xml, saved)}`);
  }
}

console.log(JSON.stringify({ findings, roundTrip }, null, 2));
process.exit(findings.length || !roundTrip ? 1 : 0);

function read(xml) {
  return new BpmnModdle(descriptors).fromXML(xml);
}

async function save(rootElement) {
  return (await new BpmnModdle(descriptors).toXML(rootElement, { format: true })).xml;
}

function firstDifference(a, b) {
  const [left, right] = [a.split('\n'), b.split('\n')];
  return left.findIndex((line, i) => line !== right[i]) + 1 || left.length + 1;
}
