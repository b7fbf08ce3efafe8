// The SOP's identity page, and what holds for the whole process.
import { Group } from '@bpmn-io/properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { meant, numbered, property, setNumbered, setProperties } from '../extensions.js';
import { area, select, text, tick } from './entries.js';

const LINES = [
  ['sop:nomor', 'SOP number'], ['sop:unit', 'Unit'],
  ['sop:tanggalPembuatan', 'Drawn up on', 'For instance: 2026-01-31'], ['sop:tanggalRevisi', 'Revised on', 'For instance: 2026-01-31'],
  ['sop:tanggalEfektif', 'Effective from', 'For instance: 2026-01-31'], ['sop:disahkanOleh', 'Approved by (position)'],
];
const LISTS = [
  ['sop:dasarHukum', 'Legal basis'], ['sop:kualifikasi', 'Qualifications'], ['sop:keterkaitan', 'Related SOPs'],
  ['sop:peralatan', 'Equipment'], ['sop:pencatatan', 'Records'],
];

const lanes = (process) => (process.get('laneSets') ?? []).flatMap((set) => set.get('lanes') ?? []);

export default function identity(element, injector) {
  const process = meant(element);
  if (!process || !is(process, 'bpmn:Process') || !is(getBusinessObject(element), element.type)) return null;
  const set = (name) => (value) => setProperties(injector, element, process, { [name]: value.replace(/\s+/g, ' ').trim() });
  const split = (value) => value.split('\n').map((line) => line.trim()).filter(Boolean);
  const apart = property(process, 'alur:distinct').split(',').map((id) => id.trim()).filter(Boolean);
  const setApart = (id, value) => set('alur:distinct')([...apart.filter((one) => one !== id), ...(value ? [id] : [])].join(','));
  return {
    id: 'identity', label: 'SOP identity', component: Group,
    entries: [
      ...LINES.map(([name, label, description]) => text(name, label, () => property(process, name), set(name), { description })),
      area('sop:peringatan', 'Warning', () => property(process, 'sop:peringatan'), set('sop:peringatan')),
      ...LISTS.map(([name, label]) => area(name, label, () => numbered(process, name).join('\n'),
        (value) => setNumbered(injector, element, process, name, split(value)), { description: 'One a line' })),
      select('alur:calendar', 'Durations count', () => property(process, 'alur:calendar'), set('alur:calendar'), {
        choices: () => [['', 'All time'], ['working', 'Working time']],
      }),
      ...lanes(process).map((lane, index) => tick(`distinct-${lane.id}`, lane.name || lane.id, () => apart.includes(lane.id),
        (value) => setApart(lane.id, value), { fixed: true, description: index ? '' : 'The people of ticked lanes must differ.' })),
    ],
  };
}
