// Who acts in a lane.
import { Group } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property, setProperties } from '../extensions.js';
import { select, text } from './entries.js';

const RULES = [
  ['', 'Not said yet'],
  ['subject', 'The employee whom the case is about'],
  ['superior(subject)', 'The employee’s superior'],
  ['superior(superior(subject))', 'The superior’s superior'],
  ['starter', 'Who started the case'],
  ['group:', 'Anyone of a group'],
  ['person:', 'One person'],
];
const NIP = /^\d{18}$/;

export default function actor(element, injector) {
  if (!is(element, 'bpmn:Lane') || element.type === 'label') return null;
  const lane = element.businessObject;
  const rule = () => property(lane, 'alur:actor');
  const set = (value) => setProperties(injector, element, lane, { 'alur:actor': value });
  const kind = () => (/^(group|person):/.exec(rule()) ?? [rule()])[0];
  const groups = injector.get('office').groups;
  const entries = [
    select('actor', 'Who acts here', kind, (value) => set(value === 'group:' ? `group:${groups[0]?.[0] ?? ''}` : value), {
      choices: () => (RULES.some(([value]) => value === kind()) ? RULES : [...RULES, [kind(), kind(), true]]),
    }),
  ];
  if (kind() === 'group:') {
    const code = rule().slice(6);
    const known = groups.map(([value, name]) => [value, name, true]);
    entries.push(select('actor-group', 'Group', () => code, (value) => set(`group:${value}`), {
      choices: () => (known.some(([value]) => value === code) ? known : [[code, code, true], ...known]),
    }));
  }
  if (kind() === 'person:') {
    entries.push(text('actor-person', 'NIP', () => rule().slice(7), (value) => set(`person:${value.replace(/\s/g, '')}`), {
      validate: (value) => (NIP.test((value ?? '').replace(/\s/g, '')) ? '' : 'An NIP has 18 digits.'),
    }));
  }
  return { id: 'actor', label: 'Who acts', component: Group, entries };
}
