// The form of a user task or of the start: drawn field by field, or one that is written in the product.
import { Group, ListGroup } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property } from '../extensions.js';
import { area, place, select, text, tick } from './entries.js';

const TYPES = [
  ['string', 'A line'], ['text', 'A paragraph'], ['long', 'A whole number'], ['decimal', 'A decimal number'], ['money', 'Rupiah'],
  ['date', 'A day'], ['boolean', 'A tick'], ['enum', 'One of several'], ['table', 'A table'], ['file', 'A file'], ['person', 'A person'],
];
const LETTERS = [['minlength', 'At least so many letters'], ['maxlength', 'At most so many letters']];
const BOUNDS = [['min', 'At least'], ['max', 'At most']];
const LIMITS = { string: LETTERS, text: LETTERS, long: BOUNDS, decimal: BOUNDS, money: BOUNDS };
const FACTS = {
  table: [
    ['columns', 'Columns', 'For instance: kegiatan:text*, biaya:money'], ['minRows', 'At least so many rows'],
    ['maxRows', 'At most so many rows'], ['total', 'Columns to be summed'],
  ],
  file: [['accept', 'Kinds of files', 'pdf, gambar, dokumen, lembar, teks']],
};
const RULES = [
  ['prefill', 'Prefilled with', 'An expression'], ['visibleIf', 'Asked only if', 'For instance: keputusan == "tidak_setuju"'],
  ['requiredIf', 'Must be answered if', 'For instance: pagu > 50000000'],
];
const NAME = /^[A-Za-z_]\w*$/;

const formData = (task) => (task.get('extensionElements')?.get('values') ?? []).find((one) => is(one, 'camunda:FormData'));

/** Whether somebody fills in a form there: at a task, and where a person starts the process. */
export function isAsking(element) {
  if (is(element, 'bpmn:UserTask')) return true;
  const start = element.businessObject;
  if (!is(element, 'bpmn:StartEvent')) return false;
  return Boolean(formData(start)) || (is(start.$parent, 'bpmn:Process') && !start.get('eventDefinitions').length);
}

/** Two groups: which form, and its fields. */
export default function form(element, injector) {
  if (element.type === 'label' || !isAsking(element)) return null;
  const task = element.businessObject;
  if (task.get('camunda:formKey') !== undefined) return written(element, injector, task);
  return {
    id: 'form', label: 'Form', component: ListGroup, add: (event) => { event.stopPropagation(); addField(element, injector, task); },
    items: (formData(task)?.get('fields') ?? []).map((field, index, fields) => item(element, injector, task, field, { index, fields })),
  };
}

function written(element, injector, task) {
  const set = (value) => injector.get('modeling').updateProperties(element, { 'camunda:formKey': value.trim() || undefined });
  return {
    id: 'form', label: 'Form', component: Group,
    entries: [text('formKey', 'A form of the product', () => task.get('camunda:formKey'), set, {
      description: 'Emptied, the form is drawn field by field.',
    })],
  };
}

const create = (injector, type, about, parent) => Object.assign(injector.get('bpmnFactory').create(type, about), { $parent: parent });

function run(injector, element, changes) {
  const commands = changes.map(([moddleElement, properties]) => ({
    cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties },
  }));
  injector.get('commandStack').execute('properties-panel.multi-command-executor', commands);
}

function addField(element, injector, task) {
  const changes = [];
  let extensions = task.get('extensionElements');
  if (!extensions) {
    extensions = create(injector, 'bpmn:ExtensionElements', { values: [] }, task);
    changes.push([task, { extensionElements: extensions }]);
  }
  const known = formData(task);
  const data = known ?? create(injector, 'camunda:FormData', { fields: [] }, extensions);
  if (!known) changes.push([extensions, { values: [...extensions.get('values'), data] }]);
  const taken = new Set(data.get('fields').map((one) => one.id));
  let number = data.get('fields').length + 1;
  while (taken.has(`isian_${number}`)) number += 1;
  const field = create(injector, 'camunda:FormField', { id: `isian_${number}`, type: 'string' }, data);
  changes.push([data, { fields: [...data.get('fields'), field] }]);
  run(injector, element, changes);
}

function dropField(element, injector, task, field) {
  const data = formData(task);
  const fields = data.get('fields').filter((one) => one !== field);
  if (fields.length) return run(injector, element, [[data, { fields }]]);
  const extensions = task.get('extensionElements');
  return run(injector, element, [[extensions, { values: extensions.get('values').filter((one) => one !== data) }]]);
}

/** The field `by` places further down. */
function moveField(element, injector, task, field, by) {
  const data = formData(task);
  const fields = data.get('fields').filter((one) => one !== field);
  fields.splice(data.get('fields').indexOf(field) + by, 0, field);
  run(injector, element, [[data, { fields }]]);
}

// A field keeps its number, so that it stays unfolded wherever it is moved and whatever it is called.
const numbers = new WeakMap();
let counted = 0;

function numberOf(field) {
  if (!numbers.has(field)) numbers.set(field, counted += 1);
  return numbers.get(field);
}

function item(element, injector, task, field, { index, fields }) {
  const id = `${element.id}-field-${numberOf(field)}`;
  const update = (about) => run(injector, element, [[field, about]]);
  const fact = ([name, label, description]) => text(`${id}-${name}`, label, () => property(properties(field), name),
    (value) => setFact(element, injector, field, name, value.trim()), { description });
  const limit = ([name, label]) => text(`${id}-${name}`, label, () => constraint(field, name)?.config, (value) => setConstraint(element, injector, field, name, value.trim()));
  return {
    id,
    label: field.label || field.id || '',
    autoFocusEntry: `${id}-label`,
    remove: (event) => { event.stopPropagation(); dropField(element, injector, task, field); },
    entries: [
      text(`${id}-label`, 'Question', () => field.label, (value) => update({ label: value })),
      text(`${id}-id`, 'Name in the data', () => field.id, (value) => update({ id: value.trim() }), {
        validate: (value) => (NAME.test(value ?? '') ? '' : 'Letters, digits and _; no digit first.'),
      }),
      select(`${id}-type`, 'Kind', () => field.type ?? 'string', (value) => update({ type: value }), {
        choices: () => offered(element, field.type),
      }),
      tick(`${id}-required`, 'Must be answered', () => Boolean(constraint(field, 'required')), (value) => setConstraint(element, injector, field, 'required', value ? 'true' : '')),
      ...(field.type === 'enum' ? [choices(id, element, injector, field)] : []),
      ...(LIMITS[field.type] ?? []).map(limit),
      ...(FACTS[field.type] ?? []).map(fact),
      ...RULES.map(fact),
      tick(`${id}-readonly`, 'Only shown', () => Boolean(constraint(field, 'readonly')), (value) => setConstraint(element, injector, field, 'readonly', value ? 'true' : '')),
      ...(fields.length > 1 ? [place(`${id}-place`, 'Place', {
        first: index === 0, last: index === fields.length - 1, move: (by) => moveField(element, injector, task, field, by),
      })] : []),
    ],
  };
}

// A type that nobody offers stays what it is; a file has no case to go to before the start.
function offered(element, type) {
  const types = is(element, 'bpmn:StartEvent') ? TYPES.filter(([one]) => one !== 'file') : TYPES;
  return types.some(([one]) => one === type) ? types : [...types, [type ?? '', type ?? '', true]];
}

function choices(id, element, injector, field) {
  const lines = () => (field.get('values') ?? []).map((one) => `${one.id} = ${one.name ?? one.id}`).join('\n');
  const set = (value) => {
    const values = value.split('\n').map((line) => line.split('=').map((part) => part.trim())).filter(([code]) => code)
      .map(([code, name]) => create(injector, 'camunda:Value', { id: code, name: name || code }, field));
    run(injector, element, [[field, { values }]]);
  };
  return area(`${id}-values`, 'Choices', lines, set, { description: 'One a line: setuju = Setuju' });
}

// A field's properties stand in it, without extension elements around them.
const properties = (field) => ({ get: () => ({ get: () => (field.properties ? [field.properties] : []) }) });
const constraint = (field, name) => field.validation?.get('constraints').find((one) => one.name === name);

function setFact(element, injector, field, name, value) {
  const holder = field.properties ?? create(injector, 'camunda:Properties', { values: [] }, field);
  const others = holder.get('values').filter((one) => one.name !== name);
  const values = value ? [...others, create(injector, 'camunda:Property', { name, value }, holder)] : others;
  run(injector, element, [[holder, { values }], [field, { properties: values.length ? holder : undefined }]]);
}

function setConstraint(element, injector, field, name, config) {
  const holder = field.validation ?? create(injector, 'camunda:Validation', { constraints: [] }, field);
  const others = holder.get('constraints').filter((one) => one.name !== name);
  const made = name === 'required' || name === 'readonly' ? { name } : { name, config };
  const constraints = config ? [...others, create(injector, 'camunda:Constraint', made, holder)] : others;
  run(injector, element, [[holder, { constraints }], [field, { validation: constraints.length ? holder : undefined }]]);
}
