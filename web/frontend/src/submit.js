// A form's submit buttons are disabled while its request is under way.
const BUTTONS = 'button:not([type=button], [type=reset]), input[type=submit], input[type=image]';
const held = new Map();

function hold(form, submitter) {
  if (held.has(form)) return;
  const focused = document.activeElement;
  const buttons = [...form.elements, ...form.querySelectorAll('input[type=image]')]
    .filter((element) => element.matches(BUTTONS) && !element.disabled);
  for (const button of buttons) button.disabled = true;
  submitter?.setAttribute('aria-busy', 'true');
  held.set(form, { buttons, submitter, focused });
}

function release(form) {
  const { buttons, submitter, focused } = held.get(form) ?? {};
  if (!buttons) return;
  held.delete(form);
  for (const button of buttons) button.disabled = false;
  submitter?.removeAttribute('aria-busy');
  if (document.activeElement === document.body && buttons.includes(focused)) focused.focus({ preventScroll: true });
}

document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
  if (ctx.request.form && ctx.request.method !== 'GET') hold(ctx.request.form, ctx.request.submitter);
});
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  // keepIndicators: the answer leads to another page.
  if (!ctx.keepIndicators) release(ctx.request.form);
});

// Forms that htmx does not send: the values are taken before the buttons go off.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  setTimeout(() => {
    if (!event.defaultPrevented) hold(form, event.submitter);
  });
});
window.addEventListener('pageshow', () => [...held.keys()].forEach(release));
