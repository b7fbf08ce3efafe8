// Mutu Baku (SOP) of a task: Kelengkapan, Waktu, Output, Keterangan.
import { Group } from '@bpmn-io/properties-panel';
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { property, setProperties } from '../extensions.js';
import { isoOf, waktuOf } from '../waktu.js';
import { area, text } from './entries.js';

const ISO = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/;

export default function sop(element, injector) {
  if (!isAny(element, ['bpmn:Task']) || element.type === 'label') return null;
  const task = element.businessObject;
  const set = (name) => (value) => setProperties(injector, element, task, { [name]: value.replace(/\s+/g, ' ').trim() });
  const fact = (name, label) => area(name, label, () => property(task, name), set(name));
  const keep = (words, iso) => injector.get('commandStack').execute('alur.waktu', { element, words, iso });
  return {
    id: 'sop', label: 'SOP quality standard', component: Group,
    entries: [
      fact('sop:kelengkapan', 'Requirements'),
      text('waktu', 'Time, as the SOP says it', () => waktuOf(element).words, (words) => keep(words.trim(), isoOf(words) || waktuOf(element).iso), {
        description: 'For instance: 10 menit, 1-2 hari. A timer with a reminder is drawn for it.',
        validate: (words) => (words && !isoOf(words) && !waktuOf(element).iso ? 'Not clear: write it like 10 menit, or fill in its standard duration.' : ''),
      }),
      text('waktu-iso', 'Standard duration (ISO 8601)', () => waktuOf(element).iso, (iso) => keep(waktuOf(element).words, iso.trim()), {
        description: 'Follows from the wording: PT10M, PT1H, P2D.',
        validate: (value) => (value && !ISO.test(value.trim()) && !value.includes('{') ? 'Write a duration such as PT10M or P2D.' : ''),
      }),
      fact('sop:output', 'Output'),
      fact('sop:keterangan', 'Remarks'),
    ],
  };
}
