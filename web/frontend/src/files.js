// <input type="file" data-upload="address">: a file is sent as soon as it is chosen; the answer takes the place of the
// <div class="file"> around it. Without this script it goes along with the form.
function send(address, fields, box, progressed) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // which tells how far it is, other than fetch
    request.open('POST', address);
    request.setRequestHeader('HX-Request', 'true');
    request.upload.addEventListener('progress', progressed);
    request.addEventListener('loadend', () => resolve(request));
    request.send(fields);
  });
}

async function bring(input, address, file) {
  const box = input.closest('.file');
  const form = box.closest('form');
  const fields = new FormData();
  fields.append('csrf_token', form.elements.csrf_token.value);
  const kept = box.querySelector('input[type=hidden]');
  fields.append(kept.name, kept.value);
  if (file) fields.append(kept.name, file);
  const bar = box.querySelector('progress');
  const buttons = [...form.querySelectorAll('button')].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true; // the form waits for its file
  if (bar) bar.hidden = !file;
  const request = await send(address, fields, box, ({ loaded, total }) => bar && (bar.value = (100 * loaded) / total));
  for (const button of buttons) button.disabled = false;
  answered(box, form, request);
}

function answered(box, form, request) {
  const piece = new DOMParser().parseFromString(request.responseText ?? '', 'text/html').body;
  const fresh = piece.querySelector('.file');
  if (fresh && (request.status === 200 || request.status === 422)) {
    box.replaceWith(document.adoptNode(fresh));
    fresh.querySelector('input[type=file], a')?.focus({ preventScroll: true });
    fresh.querySelector('input[type=hidden]').dispatchEvent(new Event('change', { bubbles: true }));
    return;
  }
  const input = box.querySelector('input[type=file]');
  box.querySelector('progress').hidden = true;
  input.value = '';
  box.querySelector('.fault').textContent = piece.textContent.trim() || input.dataset.lost;
}

document.addEventListener('change', ({ target }) => {
  if (target.matches('input[type=file][data-upload]') && target.files.length) bring(target, target.dataset.upload, target.files[0]);
});
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-take-out]');
  if (!button) return;
  event.preventDefault();
  bring(button, button.getAttribute('formaction'), null);
});
