// Reading and writing camunda:property, as steps that can be undone.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

/** What an element of the picture stands for: a pool, or the paper around one, for its process. */
export function meant(element) {
  const object = getBusinessObject(element);
  if (is(object, 'bpmn:Collaboration')) return object.get('participants').find((one) => one.processRef)?.processRef;
  return is(object, 'bpmn:Participant') ? object.processRef : object;
}

function holder(object) {
  return (object?.get('extensionElements')?.get('values') ?? []).find((one) => is(one, 'camunda:Properties'));
}

export function properties(object) {
  return holder(object)?.get('values') ?? [];
}

export function property(object, name) {
  return properties(object).find((one) => one.name === name)?.value ?? '';
}

/** The values of `name.1`, `name.2` …, in that order. */
export function numbered(object, name) {
  const number = (one) => Number(one.name.slice(name.length + 1));
  return properties(object)
    .filter((one) => one.name?.startsWith(`${name}.`) && number(one) > 0)
    .sort((a, b) => number(a) - number(b))
    .map((one) => one.value ?? '');
}

/** Sets properties by name; an empty text takes one away. Others keep their place. */
export function setProperties(injector, element, object, wanted) {
  const kept = properties(object).filter((one) => !(one.name in wanted) || wanted[one.name]);
  const values = kept.map((one) => (one.name in wanted ? { name: one.name, value: wanted[one.name] } : one));
  for (const [name, value] of Object.entries(wanted)) {
    if (value && !kept.some((one) => one.name === name)) values.push({ name, value });
  }
  write(injector, element, object, values);
}

export function setNumbered(injector, element, object, name, lines) {
  const old = properties(object).filter((one) => one.name?.startsWith(`${name}.`));
  const wanted = Object.fromEntries(old.map((one) => [one.name, '']));
  lines.forEach((line, index) => { wanted[`${name}.${index + 1}`] = line; });
  setProperties(injector, element, object, wanted);
}

function write(injector, element, object, values) {
  const [factory, stack] = [injector.get('bpmnFactory'), injector.get('commandStack')];
  const child = (type, about, parent) => Object.assign(factory.create(type, about), { $parent: parent });
  const commands = [];
  const update = (moddleElement, changed) =>
    commands.push({ cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties: changed } });
  let extensions = object.get('extensionElements');
  if (!extensions) {
    extensions = child('bpmn:ExtensionElements', { values: [] }, object);
    update(object, { extensionElements: extensions });
  }
  const known = holder(object);
  const kept = known ?? child('camunda:Properties', { values: [] }, extensions);
  if (!known) update(extensions, { values: [...extensions.get('values'), kept] });
  const made = values.map((one) => (one.$type ? one : child('camunda:Property', one, kept)));
  if (made.length) update(kept, { values: made });
  else update(extensions, { values: extensions.get('values').filter((one) => one !== kept) });
  stack.execute('properties-panel.multi-command-executor', commands);
}
