// When the server does not answer, says so in <div id="connection" role="alert" hidden>; what was typed stays.
const UNREACHABLE = [502, 503, 504];

function show(visible) {
  const box = document.getElementById('connection');
  if (!box || box.hidden !== visible) return;
  box.hidden = !visible;
  if (visible) box.scrollIntoView({ block: 'nearest' });
}

document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) show(true);
});

// A gateway's own error page must not take the form's place.
document.addEventListener('htmx:before:response', (event) => {
  const down = UNREACHABLE.includes(event.detail.ctx.response.status);
  if (down) event.preventDefault();
  show(down);
});

window.addEventListener('offline', () => show(true));
window.addEventListener('online', () => show(false));
