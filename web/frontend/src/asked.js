// <div data-asked="id">: shown while the element of that id says "ya"; the server says so after each draft. Without
// this script such a field is always shown, and what is not asked is dropped on the server.
const ROWS = '[data-asked]';
const watched = new WeakSet();

function update(row) {
  const asked = document.getElementById(row.dataset.asked)?.textContent.trim() !== 'tidak';
  row.classList.toggle('not-asked', !asked);
  for (const control of row.querySelectorAll('[data-required-when-visible]')) control.required = asked;
}

function watch() {
  for (const row of document.querySelectorAll(ROWS)) {
    update(row);
    if (watched.has(row)) continue;
    watched.add(row);
    const observer = new MutationObserver(() => update(row));
    observer.observe(row, { childList: true, characterData: true, subtree: true });
  }
}

document.addEventListener('htmx:after:swap', watch);
window.addEventListener('pageshow', watch);
watch();
