// Many tasks: Ctrl+Enter completes a task and goes on to the next; "choose all" without losing what was typed.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.('form.task-form, form.bulk');
  const button = form?.querySelector('button[name=then]') ?? form?.querySelector('button:not([type=button])');
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('[data-choose-all]');
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const boxes = [...link.closest('form').querySelectorAll('input[name=chosen]')];
  const all = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = all;
});
