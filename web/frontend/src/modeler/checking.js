// The server's findings, a moment after each change: listed, and marked on their elements.
import { post } from './saving.js';
import { isWaktu } from './waktu.js';
import { words } from './words.js';
import { xmlOf } from './drawing.js';

const PAUSE = 1000; // ms
const SIGNS = { error: '✕', blocking: '!', warning: '?' };
const ORDER = Object.keys(SIGNS);

export class Checking {
  constructor(modeler, host, show) {
    Object.assign(this, { modeler, host, show, number: 0, timer: 0, way: [], signs: new Map() });
    this.place = document.getElementById('findings');
    this.count = document.getElementById('count');
  }

  listen() {
    this.modeler.on('commandStack.changed', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.now(), PAUSE);
    });
    return this.now();
  }

  /** Asks about the drawing, or about a file that cannot be drawn. */
  async now(file = null) {
    const number = ++this.number;
    let found = null;
    try {
      const answer = await post(this.host, this.host.dataset.check, file ?? await xmlOf(this.modeler));
      if (answer.ok) found = await answer.json();
    } catch { /* the server does not answer: said below */ }
    if (number !== this.number) return; // another check has begun since
    if (found) this.tell(found);
    else this.say(words().unchecked);
  }

  say(text) {
    const line = document.createElement('p');
    line.textContent = text;
    this.place.replaceChildren(line);
  }

  tell({ findings, verdict }) {
    const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
    this.count.textContent = sorted.length ? `(${sorted.length})` : '✓';
    this.say(sorted.length ? verdict : words().none);
    this.place.firstChild.className = 'modeler-verdict';
    const list = document.createElement('ul');
    list.className = 'findings';
    list.append(...sorted.map((finding) => this.line(finding)));
    if (sorted.length) this.place.append(list);
    this.mark(sorted);
  }

  line(finding) {
    const item = document.createElement('li');
    item.className = finding.severity;
    const label = document.createElement('strong');
    label.textContent = finding.label;
    const about = document.createElement('span');
    about.className = 'quiet';
    // In a tab of its own: the drawing stays as it is.
    const rule = Object.assign(document.createElement('a'), { href: finding.explained, target: '_blank', rel: 'noopener', title: words().explained });
    rule.append(Object.assign(document.createElement('code'), { textContent: finding.rule }));
    about.append(rule);
    const drawn = finding.element && this.modeler.get('elementRegistry').get(finding.element);
    if (drawn) {
      const mended = isWaktu(drawn) ? drawn.host : drawn; // its Waktu stands among what a step has
      const name = mended.businessObject.name || finding.name;
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: name });
      button.addEventListener('click', () => this.show(mended.id));
      about.prepend(button, ' · ');
    } else if (finding.name) about.prepend(`${finding.name} · `);
    if (finding.path?.length) {
      const way = Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent: words().path });
      way.addEventListener('click', () => this.lead(finding.path));
      about.append(' · ', way);
    }
    item.append(label, ` ${finding.message} `, about);
    return item;
  }

  /** A sign on each element for the worst of its findings; one that says the same stays as it is. */
  mark(findings) {
    const [overlays, registry] = [this.modeler.get('overlays'), this.modeler.get('elementRegistry')];
    this.lead([]);
    const worst = new Map();
    for (const finding of findings) if (!worst.has(finding.element)) worst.set(finding.element, finding);
    for (const [id, { sign, overlay }] of this.signs) {
      if (overlays.get(overlay) && worst.has(id) && sign.title === titleOf(worst.get(id))) continue;
      overlays.remove(overlay);
      this.signs.delete(id);
    }
    for (const [id, finding] of worst) {
      const element = registry.get(id);
      if (!element || element.waypoints || this.signs.has(id)) continue;
      const sign = signOf(finding);
      this.signs.set(id, { sign, overlay: overlays.add(id, 'finding', { position: { top: -12, left: -8 }, html: sign }) });
    }
  }

  /** Shows the way that a case takes to a fault. */
  lead(ids) {
    const [canvas, registry] = [this.modeler.get('canvas'), this.modeler.get('elementRegistry')];
    for (const id of this.way) if (registry.get(id)) canvas.removeMarker(id, 'is-on-the-way');
    const passed = new Set(ids);
    const flows = registry.filter(({ source, target }) => source && passed.has(source.id) && passed.has(target?.id));
    this.way = [...new Set([...ids.filter((id) => registry.get(id)), ...flows.map((flow) => flow.id)])];
    for (const id of this.way) canvas.addMarker(id, 'is-on-the-way');
  }
}

const titleOf = ({ label, message }) => `${label}: ${message}`;

function signOf(finding) {
  const { severity } = finding;
  return Object.assign(document.createElement('span'), {
    className: `finding-sign is-${severity}`, textContent: SIGNS[severity], title: titleOf(finding),
  });
}
