// Imported before htmx, which reads its settings once, from the page. Its indicator rules stand in app.css.
if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement('meta');
  meta.name = 'htmx-config';
  meta.content = JSON.stringify({ includeIndicatorCSS: false, defaultTimeout: 30000 });
  document.head.append(meta);
}
