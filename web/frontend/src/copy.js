// <button data-copy="id" data-done="…">: copies a field; where the page may not, the field is selected.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value); // undefined on a page without https
    button.textContent = button.dataset.done;
  } catch {
    field.focus();
  }
});
