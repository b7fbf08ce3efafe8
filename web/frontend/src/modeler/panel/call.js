// Which version of a process is called: there is one rule, said in place of Camunda's choice among four.
import { select } from './entries.js';

const RULE = 'latest';
const NAMES = ['calledElementBinding', 'calledElementVersion', 'calledElementVersionTag'];

/** The entries of Camunda's group with the one on versions exchanged; another choice of a file can be taken back. */
export default function versioned(entries, element, injector) {
  const call = element.businessObject;
  const binding = () => call.get('camunda:calledElementBinding') ?? RULE;
  const set = (value) => value === RULE && injector.get('modeling').updateProperties(
    element, Object.fromEntries(NAMES.map((name) => [`camunda:${name}`, undefined])),
  );
  const version = select(NAMES[0], 'Version', binding, set, {
    description: 'A case keeps it to its end, whatever is published meanwhile.',
    choices: () => [[RULE, 'The one in force when the case starts'], ...(binding() === RULE ? [] : [[binding(), binding()]])],
  });
  return entries.map((entry) => (entry.id === NAMES[0] ? version : entry));
}
