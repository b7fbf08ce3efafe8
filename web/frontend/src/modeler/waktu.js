// The Waktu of a task: its marked timer, non-interrupting, with a reminder behind it.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property, setProperties } from './extensions.js';

const UNITS = { tahun: ['', 'Y'], bulan: ['', 'M'], minggu: ['', 'W'], hari: ['', 'D'], jam: ['T', 'H'], menit: ['T', 'M'], detik: ['T', 'S'] };
const BELOW = 115; // pixels under a task for its timer, its reminder and their names
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

export const isWaktu = (element) => Boolean(element.host) && property(element.businessObject, 'alur:timer') === 'waktu';

export function timerOf(task) {
  return (task.attachers ?? []).find(isWaktu);
}

const definition = (timer) => timer?.businessObject.get('eventDefinitions').find((one) => is(one, 'bpmn:TimerEventDefinition'));

/** {words, iso} of a task; both empty without a timer. */
export function waktuOf(task) {
  const timer = timerOf(task);
  return { words: timer?.businessObject.name ?? '', iso: definition(timer)?.timeDuration?.body ?? '' };
}

const touches = (point, shape) => point.x >= shape.x - 1 && point.x <= shape.x + shape.width + 1 && point.y >= shape.y - 1 && point.y <= shape.y + shape.height + 1;

const straight = ({ source, target }) => [
  { x: source.x + source.width / 2, y: source.y + source.height }, { x: target.x + target.width / 2, y: target.y },
];

/** To the right, where no flow goes through the name. */
const beside = ({ x, y, width, height }, name) => ({ x: x + width + 4, y: y + height / 2 + 2, width: Math.max(52, name.length * 7), height: 14 });

/** One step for undo: makes, changes or takes away the timer with what follows from it. */
class WaktuHandler {
  static $inject = ['modeling', 'bpmnFactory', 'elementRegistry', 'injector'];

  constructor(modeling, factory, registry, injector) {
    Object.assign(this, { modeling, factory, registry, injector });
  }

  /** The panel of the task shows what its timer says. */
  execute = ({ element }) => [element];

  revert = ({ element }) => [element];

  preExecute({ element: task, words, iso }) {
    const timer = timerOf(task);
    if (!words && !iso) {
      if (timer) this.take(timer);
      return;
    }
    const made = timer ?? this.make(task);
    if (!timer) this.modeling.updateLabel(made, words, beside(made, words));
    else if (made.businessObject.name !== words) this.modeling.updateLabel(made, words);
    const about = definition(made);
    const duration = this.factory.create('bpmn:FormalExpression', { body: iso });
    duration.$parent = about;
    this.modeling.updateModdleProperties(made, about, { timeDuration: duration });
  }

  /** The lane of a task grows where a timer and its reminder would stand across its edge. */
  room(task) {
    const [middle, bottom] = [{ x: task.x + task.width / 2, y: task.y + task.height / 2 }, task.y + task.height + BELOW];
    const holds = (one) => one.x <= middle.x && middle.x < one.x + one.width && one.y <= middle.y && middle.y < one.y + one.height;
    const lane = this.registry.filter((one) => is(one, 'bpmn:Lane') && one.type !== 'label' && !one.businessObject.childLaneSet).find(holds);
    if (!lane || bottom <= lane.y + lane.height) return;
    const { x, y, width } = lane;
    this.modeling.resizeLane(lane, { x, y, width, height: bottom - y }, false);
    // What hangs at the edge of a task has moved with it, but its flow has not.
    for (const flow of this.registry.filter((one) => is(one, 'bpmn:SequenceFlow') && one.source?.host)) {
      if (!touches(flow.waypoints[0], flow.source)) this.modeling.updateWaypoints(flow, straight(flow));
    }
  }

  make(task) {
    this.room(task);
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
    this.modeling.updateLabel(end, 'Pengingat', beside(end, 'Pengingat'));
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
