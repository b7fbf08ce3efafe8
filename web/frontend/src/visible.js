// <div data-visible-if-field="keputusan" data-visible-if-value="tidak_setuju">: shown only while the form's field has
// that value. Controls in it are left out of the request while hidden; data-required-when-visible makes one required
// while it is shown.
const ROWS = '[data-visible-if-field]';

function update(root) {
  const rows = [...root.querySelectorAll(ROWS)];
  if (root.matches?.(ROWS)) rows.unshift(root);
  for (const row of rows) {
    const form = row.closest('form');
    if (!form) continue;
    const { visibleIfField, visibleIfValue } = row.dataset;
    const visible = values(form, visibleIfField).includes(visibleIfValue);
    row.hidden = !visible;
    for (const control of row.querySelectorAll('input, select, textarea')) {
      control.disabled = !visible;
      if ('requiredWhenVisible' in control.dataset) control.required = visible;
    }
  }
}

// Read from the controls, not from FormData, which knows nothing of disabled ones.
function values(form, name) {
  return [...form.elements]
    .filter((control) => control.name === name && (!['radio', 'checkbox'].includes(control.type) || control.checked))
    .map((control) => control.value);
}

for (const name of ['input', 'change']) {
  document.addEventListener(name, ({ target }) => target.form && update(target.form));
}
document.addEventListener('reset', ({ target }) => setTimeout(() => update(target)));
document.addEventListener('htmx:after:swap', () => update(document));
window.addEventListener('pageshow', () => update(document));
update(document);
