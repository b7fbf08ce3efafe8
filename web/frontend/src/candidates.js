// <input list="…" data-candidates="/tasks/1/people?field=x">: the list follows what is typed. By POST: names are no addresses.
const PAUSE = 250; // ms
const waiting = new WeakMap();

async function look(field) {
  const token = field.form.querySelector('[name=csrf_token]').value;
  const body = new URLSearchParams({ csrf_token: token, text: field.value });
  try {
    const answer = await fetch(field.dataset.candidates, { method: 'POST', body });
    if (answer.ok) field.list.innerHTML = await answer.text();
  } catch {
    // Without an answer the NIP can be typed all the same.
  }
}

document.addEventListener('input', ({ target: field }) => {
  if (!field.dataset?.candidates) return;
  clearTimeout(waiting.get(field));
  waiting.set(field, setTimeout(() => look(field), PAUSE));
});
