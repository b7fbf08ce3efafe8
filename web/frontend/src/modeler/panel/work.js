// How a task is done: its documents, who signs, many at once, how long it may lie.
import { Group } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property, setProperties } from '../extensions.js';
import { text, tick } from './entries.js';

export default function work(element, injector) {
  if (!is(element, 'bpmn:UserTask') || element.type === 'label') return null;
  const task = element.businessObject;
  const get = (name) => () => property(task, name);
  const set = (name) => (value) => setProperties(injector, element, task, { [name]: value.trim() });
  const fact = (name, label, description) => text(name, label, get(name), set(name), { description });
  return {
    id: 'work', label: 'Work', component: Group,
    entries: [
      tick('alur:bulk', 'May be done for many cases at once', () => property(task, 'alur:bulk') === 'true',
        (value) => set('alur:bulk')(value ? 'true' : '')),
      fact('alur:documents', 'Documents made after it', 'Names, with commas between them'),
      fact('alur:signs', 'Document signed in it', 'The name of a document of an earlier step'),
      fact('alur:waitLimit', 'How long it may wait until taken up', 'For instance: P1D'),
    ],
  };
}
