// The Waktu of a task: its marked timer, non-interrupting, with a reminder behind it.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property, setProperties } from './extensions.js';

const UNITS = { tahun: ['', 'Y'], bulan: ['', 'M'], minggu: ['', 'W'], hari: ['', 'D'], jam: ['T', 'H'], menit: ['T', 'M'], detik: ['T', 'S'] };
const WORDS = /(?:(\d+)\s*(?:-|–|s\.?d\.?|sampai)\s*)?(\d+)\s*(tahun|bulan|minggu|hari|jam|menit|detik)(?:\s+(?:kerja|kalender))?/gi;

/** "1 jam 30 menit" → "PT1H30M", "1-2 hari" → "P2D" (the upper bound counts); '' if not understood. */
export function isoOf(words) {
  const found = [...words.matchAll(WORDS)];
  const parts = found.map(([, low, high, unit]) => [Math.max(Number(low ?? 0), Number(high)), ...UNITS[unit.toLowerCase()]]);
  const letters = new Set(parts.map(([, time, letter]) => time + letter));
  if (!found.length || words.replace(WORDS, '').replace(/[\s.,]/g, '') || letters.size < parts.length) return '';
  const side = (time) => parts.filter((part) => part[1] === time).map(([count, , letter]) => `${count}${letter}`).join('');
  return `P${side('')}${side('T') && `T${side('T')}`}`;
}

export function timerOf(task) {
  return (task.attachers ?? []).find((one) => property(one.businessObject, 'alur:timer') === 'waktu');
}

const definition = (timer) => timer?.businessObject.get('eventDefinitions').find((one) => is(one, 'bpmn:TimerEventDefinition'));

/** {words, iso} of a task; both empty without a timer. */
export function waktuOf(task) {
  const timer = timerOf(task);
  return { words: timer?.businessObject.name ?? '', iso: definition(timer)?.timeDuration?.body ?? '' };
}

/** One step for undo: makes, changes or takes away the timer with what follows from it. */
class WaktuHandler {
  static $inject = ['modeling', 'bpmnFactory', 'injector'];

  constructor(modeling, factory, injector) {
    Object.assign(this, { modeling, factory, injector });
  }

  preExecute({ element: task, words, iso }) {
    const timer = timerOf(task);
    if (!words && !iso) {
      if (timer) this.take(timer);
      return;
    }
    const made = timer ?? this.make(task);
    if (made.businessObject.name !== words) this.modeling.updateLabel(made, words);
    const about = definition(made);
    const duration = this.factory.create('bpmn:FormalExpression', { body: iso });
    duration.$parent = about;
    this.modeling.updateModdleProperties(made, about, { timeDuration: duration });
  }

  make(task) {
    const { x, y, height, parent } = task;
    const timer = this.modeling.createShape(
      { type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: false },
      { x: x + 30, y: y + height }, task, { attach: true },
    );
    setProperties(this.injector, timer, timer.businessObject, { 'alur:timer': 'waktu' });
    const end = this.modeling.appendShape(
      timer, { type: 'bpmn:EndEvent', eventDefinitionType: 'bpmn:MessageEventDefinition' }, { x: x + 30, y: y + height + 58 }, parent,
    );
    const [message] = end.businessObject.get('eventDefinitions');
    this.modeling.updateModdleProperties(end, message, { 'camunda:type': 'external', 'camunda:topic': 'remind' });
    this.modeling.updateLabel(end, 'Pengingat');
    return timer;
  }

  take(timer) {
    const ends = timer.outgoing.map((flow) => flow.target).filter((end) => is(end, 'bpmn:EndEvent') && end.incoming.length === 1);
    this.modeling.removeElements([timer, ...ends]);
  }
}

function register(commandStack) {
  commandStack.registerHandler('alur.waktu', WaktuHandler);
}
register.$inject = ['commandStack'];

export default { __init__: [register] };
