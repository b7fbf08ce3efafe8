// The diagram as a list, for keyboard and screen reader: lanes, and in each its nodes in their order.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { words } from './words.js';

const KINDS = ['bpmn:StartEvent', 'bpmn:EndEvent', 'bpmn:Event', 'bpmn:Gateway', 'bpmn:CallActivity', 'bpmn:SubProcess', 'bpmn:Task'];
const PAUSE = 300; // ms

export class Outline {
  constructor(modeler, show) {
    Object.assign(this, { modeler, show, timer: 0 });
    this.place = document.getElementById('outline');
  }

  listen() {
    this.modeler.on(['commandStack.changed', 'import.done'], () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.place.hidden || this.draw(), PAUSE); // else once it is opened
    });
    this.modeler.on('selection.changed', ({ newSelection }) => this.select(newSelection));
    if (!this.place.hidden) this.draw();
  }

  draw() {
    const elements = this.modeler.get('elementRegistry').getAll().filter((one) => one.type !== 'label');
    const nodes = inOrder(elements.filter((one) => is(one, 'bpmn:FlowNode')));
    const lanes = elements.filter((one) => is(one, 'bpmn:Lane') && !one.businessObject.childLaneSet).sort((a, b) => a.y - b.y);
    const inLane = new Map();
    for (const lane of lanes) for (const node of lane.businessObject.get('flowNodeRef') ?? []) inLane.set(node.id, lane);
    const sections = lanes.map((lane) => this.section(lane, nodes.filter((node) => inLane.get(node.id) === lane)));
    const others = nodes.filter((node) => !inLane.has(node.id));
    if (others.length) sections.push(this.section(null, others));
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset.element : null;
    this.place.replaceChildren(...sections);
    if (focused) this.place.querySelector(`[data-element="${CSS.escape(focused)}"]`)?.focus();
    this.select(this.modeler.get('selection').get());
  }

  section(lane, nodes) {
    const part = document.createElement('section');
    const head = document.createElement('h2');
    if (lane) head.append(this.button(lane, lane.businessObject.name || words().unnamed));
    else head.textContent = words().outside;
    const list = document.createElement('ol');
    list.append(...nodes.map((node) => {
      const item = document.createElement('li');
      item.append(this.button(node, node.businessObject.name || words().unnamed, words()[KINDS.find((kind) => is(node, kind))]));
      return item;
    }));
    const none = Object.assign(document.createElement('p'), { className: 'quiet', textContent: words().empty });
    part.append(head, nodes.length ? list : none);
    return part;
  }

  button(element, name, kind) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: name });
    button.dataset.element = element.id;
    if (kind) button.append(Object.assign(document.createElement('small'), { className: 'quiet', textContent: ` ${kind}` }));
    button.addEventListener('click', () => this.show(element.id));
    return button;
  }

  select(selected) {
    const ids = new Set(selected.map((one) => one.id));
    for (const button of this.place.querySelectorAll('[data-element]')) {
      if (ids.has(button.dataset.element)) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }
}

/** From the starts along the flows; what is reached by none stands at the end. */
function inOrder(nodes) {
  const [found, wanted] = [new Set(), new Set(nodes)];
  const visit = (node) => {
    if (!node || found.has(node)) return;
    found.add(node);
    for (const attached of node.attachers ?? []) visit(attached);
    for (const flow of node.outgoing ?? []) if (is(flow, 'bpmn:SequenceFlow')) visit(flow.target);
  };
  nodes.filter((node) => is(node, 'bpmn:StartEvent')).forEach(visit);
  nodes.filter((node) => !node.host).forEach(visit);
  nodes.forEach(visit);
  return [...found].filter((node) => wanted.has(node));
}
