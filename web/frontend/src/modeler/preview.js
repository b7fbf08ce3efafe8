// The form of the chosen step, as staff will see it; nothing in it can be sent.
import { isAsking } from './panel/form.js';
import { post, textOf } from './saving.js';
import { words } from './words.js';
import { xmlOf } from './drawing.js';

const PAUSE = 600; // ms

export class Preview {
  constructor(modeler, host) {
    Object.assign(this, { modeler, host, number: 0, timer: 0 });
    this.place = document.getElementById('preview');
  }

  listen() {
    this.modeler.on(['selection.changed', 'commandStack.changed'], () => this.later());
    this.place.addEventListener('submit', (event) => event.preventDefault());
  }

  later() {
    clearTimeout(this.timer);
    if (!this.place.hidden) this.timer = setTimeout(() => this.draw(), PAUSE);
  }

  async draw() {
    const number = ++this.number;
    const [chosen] = this.modeler.get('selection').get();
    if (!chosen || !isAsking(chosen)) return this.say(words().noForm);
    let answer = null;
    try {
      answer = await post(this.host, `${this.host.dataset.form}?element=${encodeURIComponent(chosen.businessObject.id)}`, await xmlOf(this.modeler));
    } catch { /* said below */ }
    const html = await answer?.text();
    if (number !== this.number) return undefined;
    if (!answer?.ok) return this.say(html ? textOf(html) : words().lost);
    const form = document.createElement('form');
    form.className = 'task-form';
    form.innerHTML = html;
    // Buttons of its tables would ask the server for what only a task has.
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    return this.place.replaceChildren(form);
  }

  say(text) {
    this.place.replaceChildren(Object.assign(document.createElement('p'), { className: 'quiet', textContent: text }));
  }
}
