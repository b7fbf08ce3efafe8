// <main id="main" data-seen="mark">: while somebody looks at the page it asks every few seconds whether it would be another
// by now, and takes over what has changed. What is being typed, the focus, the scroll and what is unfolded stay.
//   data-kept    said above forms in use whose place on the page has gone
//   data-said    told to readers of the screen when something has changed
import htmx from 'htmx.org/dist/htmx.esm.js';
import { isChanged, merge, move } from './merge.js';

const EVERY = 10000; // ms
const BUSY = 'button[aria-busy]'; // a request is under way, whose answer comes first
let asking = false;

const main = () => document.getElementById('main');

async function ask() {
  const page = main();
  if (asking || document.hidden || !page?.dataset.seen || page.querySelector(BUSY)) return;
  asking = true;
  try {
    const answer = await request(page);
    if (answer.status === 200) take(page, await answer.text());
    // Signed out, or not for this person any more: what stands here stays until they do something.
    else if (answer.status !== 204 && answer.status < 500) delete page.dataset.seen;
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem; // no connection: the next time
  } finally {
    asking = false;
  }
}

// What names a person is asked for by POST, and again in the same way.
function request(page) {
  const headers = { 'HX-Request': 'true', 'Alur-Seen': page.dataset.seen };
  const form = page.querySelector('form[data-again]');
  const [address, more] = form
    ? [form.dataset.again, { method: 'POST', body: new URLSearchParams(new FormData(form)) }]
    : [location.pathname + location.search, {}];
  return fetch(address, { headers, redirect: 'manual', ...more });
}

function take(page, html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('main');
  if (!fresh || page !== main() || page.querySelector(BUSY)) return;
  const goBack = focused();
  keep(page, fresh);
  merge(page, fresh);
  goBack();
  htmx.process(page);
  tell(page.dataset.said);
}

// A form in use whose place has gone stays above the page, until nobody uses it any more.
function keep(page, fresh) {
  let box = document.getElementById('kept');
  for (const form of box?.querySelectorAll('form') ?? []) if (!isInUse(form)) part(form).remove();
  const places = new Set([...fresh.querySelectorAll('form')].map(key));
  const lost = [...page.querySelectorAll('form')].filter((form) => !places.has(key(form)) && isInUse(form));
  if (lost.length && !box) {
    box = document.createElement('aside');
    box.setAttribute('aria-label', page.dataset.kept);
    Object.assign(box, { id: 'kept', className: 'container', innerHTML: '<p class="flash warning"></p>' });
    box.firstChild.textContent = page.dataset.kept;
    page.before(box);
  }
  for (const form of lost) move(box, part(form), null);
  if (box && !box.querySelector('form')) box.remove();
}

const part = (form) => form.closest('details') ?? form;
const key = (form) => `${form.getAttribute('action')} ${form.querySelector('[name=place]')?.value ?? ''}`;
const isInUse = (form) => form.contains(document.activeElement) || [...form.elements].some(isChanged);

// Gives back the focus, at the same letter and the same height of the window, where the change has taken it.
function focused() {
  const held = document.activeElement;
  const { selectionStart: start, selectionEnd: end } = held;
  const { top } = held.getBoundingClientRect();
  return () => {
    if (!held.isConnected || held === document.body) return;
    if (document.activeElement !== held) {
      held.focus({ preventScroll: true });
      if (typeof start === 'number') held.setSelectionRange(start, end);
    }
    window.scrollBy({ top: held.getBoundingClientRect().top - top, behavior: 'instant' });
  };
}

function tell(words) {
  let place = document.getElementById('fresh');
  if (!place) {
    place = document.createElement('p');
    Object.assign(place, { id: 'fresh', className: 'unseen' });
    place.setAttribute('role', 'status');
    document.body.append(place);
  }
  place.textContent = '';
  setTimeout(() => { place.textContent = words; }, 100);
}

// Somebody has done something: the page is another one, and so is what was kept of the old.
document.addEventListener('htmx:after:swap', ({ detail }) => {
  if (detail.ctx?.target === '#main' || detail.ctx?.target?.id === 'main') document.getElementById('kept')?.remove();
});
setInterval(ask, EVERY);
document.addEventListener('visibilitychange', ask);
