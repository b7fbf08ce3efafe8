// Draws the diagram of each <div data-diagram="URL"> when it comes into view. Attributes of that element:
//   aria-label      what the picture shows
//   data-states     {"Langkah_1": {"state": "done", "label": "Selesai", "count": 2}, …}
//                   the event "diagram:states" tells that they have changed
//   data-heat        {"Langkah_1": {"level": 0 to 4, "text": "95 %"}, …}
//   data-zoom-in, data-zoom-out, data-fit    labels of the buttons
//   data-error      shown when the diagram cannot be loaded
// While a <details data-way="[ids]"> of the page is open, the elements on that way are marked, and its nodes numbered.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { getDi } from 'bpmn-js/lib/util/ModelUtil';

const SYMBOLS = { done: '✓', current: '▶\uFE0E', late: '!', waiting: '…', paused: '❚❚', cancelled: '✕', failed: '⚠\uFE0E',
  added: '+', removed: '−', changed: '±', moved: '↔' };
const PADDING = 12;
const STRIP = 48; // below the drawing, for the buttons and the bpmn.io logo
const shown = new Map();

async function draw(host) {
  const { diagram: url, heat, error } = host.dataset;
  const stage = document.createElement('div');
  stage.className = 'diagram-stage';
  host.replaceChildren(stage);
  host.setAttribute('aria-busy', 'true');
  let viewer;
  try {
    const response = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/xml, text/xml' } });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const xml = await response.text();
    viewer = new NavigatedViewer({
      container: stage,
      zoomScroll: { enabled: false },
      bpmnRenderer: {
        defaultFillColor: 'var(--diagram-fill)',
        defaultStrokeColor: 'var(--diagram-stroke)',
        defaultLabelColor: 'var(--diagram-label)',
      },
    });
    await viewer.importXML(xml);
    mark(viewer, JSON.parse(host.dataset.states || '{}'));
    host.addEventListener('diagram:states', () => mark(viewer, JSON.parse(host.dataset.states)));
    colour(viewer, JSON.parse(heat || '{}'));
    markWay(viewer, openWay());
    describe(viewer, host);
    size(viewer, host, stage);
    host.append(controls(viewer, host));
    keys(viewer, host, stage);
    wheel(viewer, stage);
    touch(viewer, stage);
    shown.set(host, viewer);
  } catch (problem) {
    console.error(problem);
    viewer?.destroy();
    const message = document.createElement('p');
    message.className = 'diagram-error';
    message.setAttribute('role', 'alert');
    message.textContent = error ?? '';
    host.replaceChildren(message);
  } finally {
    host.removeAttribute('aria-busy');
  }
}

function mark(viewer, states) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  overlays.remove({ type: 'state' });
  registry.forEach(({ id }) => Object.keys(SYMBOLS).forEach((state) => canvas.removeMarker(id, `is-${state}`)));
  for (const [id, { state, label, count }] of Object.entries(states)) {
    const element = registry.get(id);
    if (!element || !(state in SYMBOLS)) continue;
    if (element.waypoints) {
      getDi(element).set('bioc:stroke', `var(--diagram-${state})`);
      viewer.get('graphicsFactory').update('connection', element, registry.getGraphics(element));
      continue;
    }
    canvas.addMarker(id, `is-${state}`);
    const badge = tag(state, SYMBOLS[state]);
    if (label) badge.title = label;
    // Out of the way of names: a task's on its corner, an event's beside it, a boundary event's below its task.
    const small = element.width < 60;
    const position = element.host ? { bottom: 12, left: -4 } : small ? { top: -18, right: 0 } : { top: -11, right: 14 };
    overlays.add(id, 'state', { position, html: badge });
    // How often the case has come here, on the other corner.
    if (count > 1) overlays.add(id, 'state', { position: { top: small ? -18 : -11, left: small ? 0 : 22 }, html: tag('looped', `↻ ${count}×`) });
  }
}

function tag(look, text) {
  const badge = document.createElement('span');
  badge.className = `diagram-badge is-${look}`;
  badge.textContent = text;
  return badge;
}

function colour(viewer, heat) {
  for (const [id, { level, text }] of Object.entries(heat)) {
    if (!viewer.get('elementRegistry').get(id)) continue;
    viewer.get('canvas').addMarker(id, `heat-${level}`);
    const badge = document.createElement('span');
    badge.className = 'diagram-badge is-figure';
    badge.textContent = text;
    viewer.get('overlays').add(id, 'heat', { position: { top: -11, left: 8 }, html: badge });
  }
}

const openWay = () => JSON.parse(document.querySelector('details[data-way][open]')?.dataset.way ?? '[]');

function markWay(viewer, way) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  overlays.remove({ type: 'way' });
  registry.forEach(({ id }) => canvas.removeMarker(id, 'is-way'));
  const turns = new Map();
  let turn = 0;
  for (const id of way.filter((name) => registry.get(name))) {
    canvas.addMarker(id, 'is-way');
    if (registry.get(id).waypoints) continue;
    turns.set(id, [...(turns.get(id) ?? []), ++turn]);
  }
  for (const [id, numbers] of turns) {
    const badge = document.createElement('span');
    badge.className = 'diagram-badge is-late';
    badge.textContent = numbers.join(', ');
    overlays.add(id, 'way', { position: { top: -11, left: 8 }, html: badge });
  }
}

/** The picture is the drawing alone: the logo's link and the buttons stay reachable beside it. */
function describe(viewer, host) {
  const svg = host.querySelector('.djs-container > svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', host.getAttribute('aria-label') ?? '');
  host.removeAttribute('aria-label');
  for (const layer of host.querySelectorAll('.djs-overlay-container')) layer.setAttribute('aria-hidden', 'true');
}

/** The whole diagram, above the strip, never enlarged. */
function fit(canvas) {
  canvas.zoom(1);
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width - 2 * PADDING, outer.height - PADDING - STRIP];
  const scale = Math.min(width / inner.width, height / inner.height, 1);
  canvas.viewbox({
    x: inner.x - (outer.width / scale - inner.width) / 2,
    y: inner.y - (PADDING + (height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

/** As high as the whole diagram needs at this width, within bounds; fitted again on resize until someone zooms. */
function size(viewer, host, stage) {
  const canvas = viewer.get('canvas');
  const { inner } = canvas.viewbox();
  let fitted;
  let fitting = false;
  const refit = () => {
    if (!stage.clientWidth) return;
    const scale = Math.min((stage.clientWidth - 2 * PADDING) / inner.width, 1);
    const height = Math.min(inner.height * scale + PADDING + STRIP, window.innerHeight * 0.85);
    stage.style.height = `${Math.max(Math.round(height), 160)}px`;
    fitting = true;
    canvas.resized();
    fit(canvas);
    fitting = false;
    setFitted(true);
  };
  // A finger moves the page over a fitted diagram, and a diagram someone has zoomed.
  const setFitted = (value) => {
    fitted = value;
    stage.classList.toggle('is-fitted', value);
  };
  viewer.on('canvas.viewbox.changing', () => { if (!fitting) setFitted(false); });
  host.addEventListener('diagram:fit', refit);
  refit();
  let width = stage.clientWidth;
  const observer = new ResizeObserver(() => {
    if (stage.clientWidth === width || !stage.clientWidth) return;
    width = stage.clientWidth;
    if (fitted) refit();
    else canvas.resized();
  });
  observer.observe(stage);
  viewer.on('diagram.destroy', () => observer.disconnect());
}

function controls(viewer, host) {
  const bar = document.createElement('div');
  bar.className = 'diagram-controls';
  const button = (symbol, label, action) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = 'outline secondary';
    element.textContent = symbol;
    element.setAttribute('aria-label', label ?? symbol);
    element.title = label ?? '';
    element.addEventListener('click', action);
    bar.append(element);
  };
  button('+', host.dataset.zoomIn, () => viewer.get('zoomScroll').stepZoom(1));
  button('−', host.dataset.zoomOut, () => viewer.get('zoomScroll').stepZoom(-1));
  button('⤢', host.dataset.fit, () => host.dispatchEvent(new CustomEvent('diagram:fit')));
  return bar;
}

/** The wheel scrolls the page; with Ctrl (or a pinch, which arrives as that) it zooms. */
function wheel(viewer, stage) {
  stage.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    const delta = -event.deltaY * (event.deltaMode === 0 ? 0.015 : 0.24);
    viewer.get('zoomScroll').zoom(delta, { x: event.clientX - left, y: event.clientY - top });
  }, { passive: false });
}

/** With the drawing focused: + and - zoom, 0 fits, arrows move what is zoomed (and the page otherwise). */
function keys(viewer, host, stage) {
  const step = 60;
  const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moves[event.key];
    if (event.key === '+' || event.key === '-') viewer.get('zoomScroll').stepZoom(event.key === '+' ? 1 : -1);
    else if (event.key === '0') host.dispatchEvent(new CustomEvent('diagram:fit'));
    else if (move && !stage.classList.contains('is-fitted')) viewer.get('canvas').scroll({ dx: move[0], dy: move[1] });
    else return;
    event.preventDefault();
  });
}

/** Fingers: one moves, two zoom. */
function touch(viewer, stage) {
  const canvas = viewer.get('canvas');
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  stage.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  stage.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (fingers.size === 1) canvas.scroll({ dx: now.x - before.x, dy: now.y - before.y });
    const old = fingers.size === 2 && spread();
    fingers.set(event.pointerId, now);
    if (!old) return;
    const [a, b] = [...fingers.values()];
    const { left, top } = stage.getBoundingClientRect();
    const scale = Math.min(Math.max(canvas.zoom() * (spread() / old), 0.1), 4);
    canvas.zoom(scale, { x: (a.x + b.x) / 2 - left, y: (a.y + b.y) / 2 - top });
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) {
    stage.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting || !target.clientWidth) continue;
    seen.unobserve(target);
    draw(target);
  }
}, { rootMargin: '200px' });

// The event does not bubble.
document.addEventListener('toggle', ({ target }) => {
  if (!target.matches('details[data-way]')) return;
  for (const viewer of shown.values()) markWay(viewer, openWay());
}, true);

function scan() {
  for (const [host, viewer] of shown) {
    if (host.isConnected) continue;
    viewer.destroy();
    shown.delete(host);
  }
  for (const host of document.querySelectorAll('[data-diagram]:not(.diagram)')) {
    host.classList.add('diagram');
    seen.observe(host);
  }
}

// A page swapped in may bring this script along again.
if (!window.alurViewer) {
  window.alurViewer = true;
  document.addEventListener('htmx:after:swap', scan);
  document.addEventListener('toggle', ({ target }) => {
    // An opened <details>: have its diagrams looked at afresh.
    for (const host of target.open ? target.querySelectorAll('.diagram:empty') : []) {
      seen.unobserve(host);
      seen.observe(host);
    }
  }, true);
  scan();
}
