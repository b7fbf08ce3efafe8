// Keeps the drawing a moment after each change, and says so; nothing is overwritten that came from elsewhere.
import { words } from './words.js';
import { xmlOf } from './drawing.js';

const PAUSE = 1500; // ms after the last change
const KEEPALIVE = 60000; // letters that a browser still sends when the page has gone
const LONGEST = 30000; // ms between attempts

export class Saving {
  constructor(modeler, host) {
    this.modeler = modeler;
    this.host = host;
    this.place = document.getElementById('saved');
    this.revision = Number(host.dataset.revision);
    this.kept = null; // the drawing as it was last kept
    this.failures = 0;
    this.timer = 0;
    this.refused = false;
    this.running = Promise.resolve(true);
  }

  listen() {
    this.modeler.on('commandStack.changed', () => this.later());
    window.addEventListener('online', () => this.failures && this.later(0));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.now();
      else if (this.failures) this.later(0);
    });
    window.addEventListener('beforeunload', (event) => { if (this.pending && !this.leaving) event.preventDefault(); });
  }

  later(pause = PAUSE) {
    if (this.refused) return;
    this.pending = true;
    if (!this.failures) this.say(words().changed);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  /** True once all is kept. */
  now() {
    clearTimeout(this.timer);
    this.running = this.running.then(() => this.send());
    return this.running;
  }

  async send() {
    const xml = await xmlOf(this.modeler);
    if (!this.pending || this.refused) return !this.refused;
    this.pending = false;
    const answer = await this.post(xml);
    if (answer?.ok) return this.done(await answer.json());
    this.pending = true;
    if (answer?.status === 401) this.ended();
    else if (!answer || answer.status >= 500) this.say(words().lost);
    else return this.refuse(answer);
    this.failures += 1;
    this.timer = setTimeout(() => this.now(), Math.min(LONGEST, 1000 * 2 ** this.failures));
    return false;
  }

  async post(xml) {
    try {
      return await post(this.host, `${this.host.dataset.keep}?revision=${this.revision}`, xml);
    } catch {
      return null;
    }
  }

  done({ revision, meanwhile }) {
    this.failures = 0;
    this.revision = revision;
    document.querySelector('#deploy [name=revision]').value = revision;
    const place = document.getElementById('meanwhile');
    if (place.innerHTML.trim() !== meanwhile.trim()) place.innerHTML = meanwhile;
    if (!this.pending) this.say(words().saved);
    return true;
  }

  async refuse(answer) {
    this.refused = answer.status === 409;
    this.say(textOf(await answer.text()), true);
    return false;
  }

  ended() {
    this.say(words().ended, true);
    const link = Object.assign(document.createElement('a'), { href: this.host.dataset.signIn, target: '_blank', rel: 'noopener' });
    link.textContent = words().signIn;
    this.place.append(' ', link);
  }

  say(text, bad = false) {
    this.place.textContent = text;
    this.place.classList.toggle('is-bad', bad);
  }
}

/** Sends a drawing; the page's token goes along. */
export function post(host, address, xml) {
  const headers = { 'HX-Request': 'true', 'X-CSRFToken': host.dataset.csrf, 'Content-Type': 'application/xml' };
  const keepalive = document.visibilityState === 'hidden' && xml.length < KEEPALIVE; // the page may be going
  return fetch(address, { method: 'POST', headers, body: xml, keepalive, redirect: 'manual' });
}

export function textOf(html) {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent.trim();
}
