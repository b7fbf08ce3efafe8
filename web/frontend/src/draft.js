// <form data-draft="/tasks/1/draft">: keeps what is typed, a moment after each change and when the page goes. The answer
// has the block #draft, and other pieces that change, by their ids; <output data-computed="id"> is a text for that element.
const PAUSE = 1500; // ms after the last change
const KEEPALIVE = 60000; // letters that a browser still sends when the page has gone
const LONGEST = 30000; // ms between attempts
const state = { form: null, timer: 0, sending: false, changed: false, failures: 0, number: 0 };

const current = () => document.querySelector('form[data-draft]');

function changed(form, pause = PAUSE) {
  state.form = form;
  state.changed = true;
  clearTimeout(state.timer);
  state.timer = setTimeout(save, pause);
}

function packed(form, revision) {
  const fields = new FormData(form);
  if (revision !== undefined) fields.set('draft_revision', revision);
  // No clock is turned back within a page: of two saves the later one is known by this.
  state.number = Math.max(state.number + 1, Date.now());
  fields.set('draft_number', state.number);
  const body = new URLSearchParams();
  for (const [name, value] of fields) if (typeof value === 'string') body.append(name, value);
  return body;
}

function send(form, body, keepalive = false) {
  const headers = { 'HX-Request': 'true', 'Content-Type': 'application/x-www-form-urlencoded' };
  return fetch(form.dataset.draft, { method: 'POST', headers, body: body.toString(), keepalive, redirect: 'manual' });
}

async function save(revision) {
  const form = current();
  clearTimeout(state.timer);
  // In the question which draft is to be kept, no field says a revision: it is to be answered first.
  if (!form || form !== state.form || state.sending) return;
  if (revision === undefined && !form.elements.draft_revision?.value) return;
  state.sending = true;
  state.changed = false;
  let answer;
  try {
    answer = await send(form, packed(form, revision));
  } catch {
    answer = null;
  }
  state.sending = false;
  if (current() === form) await heard(form, answer);
  if (state.changed && current() === form) changed(form);
}

async function heard(form, answer) {
  if (answer?.ok || answer?.status === 409) {
    state.failures = 0;
    show(await answer.text());
  } else if (answer?.status === 401) {
    ended(form);
    again(form);
  } else if (!answer || answer.status >= 500) {
    say(form.dataset.draftLost);
    again(form);
  } else {
    say(text(await answer.text()));
  }
}

function again(form) {
  state.failures += 1;
  changed(form, Math.min(LONGEST, 1000 * 2 ** state.failures));
}

function show(html) {
  const pieces = new DOMParser().parseFromString(html, 'text/html').body;
  for (const piece of [...pieces.children]) {
    const id = piece.dataset.computed ?? piece.id;
    const place = id && document.getElementById(id);
    if (!place) {
      if (!piece.id) say(piece.textContent.trim());
    } else if ('computed' in piece.dataset) place.textContent = piece.textContent;
    else if (place.querySelector('details[open]') && piece.querySelector('input[name=draft_revision]')) refresh(place, piece);
    else place.replaceWith(document.adoptNode(piece));
  }
  window.htmx?.process(document.querySelector('#facts') ?? document.body);
}

// Somebody is about to answer a question in it: only the numbers and words in it change.
function refresh(place, piece) {
  const fresh = piece.querySelector('[name=draft_revision]').value;
  for (const field of place.querySelectorAll('[name=draft_revision]')) field.value = fresh;
  say(piece.querySelector('[data-draft-state]')?.textContent ?? '');
}

function text(html) {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent.trim();
}

function say(words) {
  const place = document.querySelector('[data-draft-state]');
  if (place && place.textContent !== words) place.textContent = words;
  return place;
}

function ended(form) {
  const place = say(form.dataset.draftEnded);
  if (!place || place.querySelector('a')) return;
  const link = document.createElement('a');
  Object.assign(link, { href: form.dataset.draftSignIn, target: '_blank', rel: 'noopener' });
  link.textContent = form.dataset.draftSignInText;
  place.append(' ', link);
}

// The page goes, perhaps for ever: what has not been sent is sent by the browser behind it.
function flush() {
  const form = current();
  if (!form || form !== state.form || !state.changed || !form.elements.draft_revision?.value) return;
  const body = packed(form);
  send(form, body, body.toString().length < KEEPALIVE).then(() => {}, () => {});
}

for (const name of ['input', 'change']) {
  document.addEventListener(name, ({ target }) => {
    const form = target.form?.closest('form[data-draft]');
    if (form && target.type !== 'file') changed(form);
  });
}
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-draft-save]');
  const form = button && current();
  if (!form) return;
  event.preventDefault();
  state.form = form;
  say(form.dataset.draftSaving);
  save(button.value || undefined);
});
window.addEventListener('pagehide', flush);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') flush();
  else if (state.failures && state.form) changed(state.form, 200);
});
window.addEventListener('online', () => state.failures && state.form && changed(state.form, 200));
