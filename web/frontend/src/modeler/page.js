// Wires the page: its buttons, the panels beside the canvas, and what happens as one draws.
import { Checking } from './checking.js';
import { modelerFor } from './drawing.js';
import * as exporting from './exporting.js';
import { Outline } from './outline.js';
import { Preview } from './preview.js';
import { Saving, post, textOf } from './saving.js';
import { Tabs } from './tabs.js';
import { missing } from './translation.js';
import { words } from './words.js';

export async function begin(host) {
  document.getElementById('main').classList.add('is-wide');
  const { diagramUrl, office } = host.dataset;
  const xml = await read(diagramUrl);
  const modeler = modelerFor(xml, document.getElementById('canvas'), document.getElementById('properties'), JSON.parse(office));
  const page = parts(modeler, host);
  window.alurModeler = { modeler, missing, another: (file) => modelerFor(file, unseen(), unseen(), { groups: [] }) }; // for the tests
  buttons(page);
  try {
    await modeler.importXML(xml);
  } catch (problem) {
    console.error(problem);
    closed(page, why(problem));
    page.tabs.open('findings');
    return page.checking.now(xml);
  }
  fit(modeler);
  if (isSmall()) page.tabs.open('outline');
  if (host.dataset.open) page.tabs.open(host.dataset.open);
  page.outline.listen();
  page.saving.listen();
  page.preview.listen();
  return page.checking.listen();
}

/** The file as text: other tools write in other encodings than the browser takes for granted. */
async function read(address) {
  const answer = await fetch(address, { headers: { 'HX-Request': 'true' } });
  const [, encoding] = /charset=([\w-]+)/.exec(answer.headers.get('Content-Type')) ?? [null, 'utf-8'];
  const text = new TextDecoder(encoding).decode(await answer.arrayBuffer());
  return text.replace(/^(<\?xml[^>]*?)\s+encoding=("[^"]*"|'[^']*')/, '$1'); // as it is sent from here
}

/** What keeps a file from being drawn, as far as bpmn-js says. */
function why({ message, warnings = [] }) {
  if (/no diagram to display/.test(message)) return words().noLayout;
  const [, id] = warnings.map((one) => /illegal ID <(.*)>/.exec(one.message)).find(Boolean) ?? [];
  return id ? words().foreignId.replace('{id}', id) : words().unreadable;
}

const unseen = () => document.createElement('div');

function parts(modeler, host) {
  const page = { modeler, host };
  page.tabs = new Tabs(host.querySelector('[role=tablist]'), (id) => ['preview', 'outline'].includes(id) && page[id].draw());
  const show = (id) => choose(page, id);
  page.saving = new Saving(modeler, host);
  page.checking = new Checking(modeler, host, show);
  page.outline = new Outline(modeler, show);
  page.preview = new Preview(modeler, host);
  return page;
}

const TOOLS = 120; // pixels at the left, for the palette
const PAD = 70; // pixels at the right, for what an element offers beside it

/** The whole drawing, with room beside it. */
function fit(modeler) {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!outer.width) return; // unseen, on a small screen
  const scale = Math.min((outer.width - TOOLS - PAD) / inner.width, (outer.height - 60) / inner.height, 1);
  canvas.viewbox({
    x: inner.x - TOOLS / scale, y: inner.y - 20 / scale, width: outer.width / scale, height: outer.height / scale,
  });
}

const isSmall = () => !document.getElementById('canvas').clientWidth;

/** Selects an element, brings it into view and opens what it has. */
function choose({ modeler, tabs }, id) {
  const element = modeler.get('elementRegistry').get(id);
  if (!isSmall()) modeler.get('canvas').scrollToElement(element, 80);
  modeler.get('selection').select(element);
  if (isSmall()) return; // there the list is all that there is
  tabs.open('properties');
  document.getElementById('tab-properties').focus();
}

function closed({ host }, text) {
  host.classList.add('is-closed');
  const line = Object.assign(document.createElement('p'), { className: 'flash error', textContent: text });
  line.setAttribute('role', 'alert');
  document.getElementById('canvas').replaceChildren(line);
}

function buttons(page) {
  const { modeler, host, saving } = page;
  const { name } = host.dataset;
  const deeds = {
    undo: () => modeler.get('commandStack').undo(),
    redo: () => modeler.get('commandStack').redo(),
    append: () => append(page),
    find: () => modeler.get('searchPad').toggle(),
    in: () => modeler.get('zoomScroll').stepZoom(1),
    out: () => modeler.get('zoomScroll').stepZoom(-1),
    fit: () => fit(modeler),
    keys: (button) => unfold(button, document.getElementById('keys')),
    simulate: () => modeler.get('toggleMode').toggleMode(),
    save: () => saving.now(),
    bpmn: () => exporting.bpmn(modeler, name),
    svg: () => exporting.svg(modeler, name),
    png: () => exporting.png(modeler, name),
    open: () => document.getElementById('replacement').click(),
  };
  for (const button of host.querySelectorAll('[data-do]')) button.addEventListener('click', () => deeds[button.dataset.do](button));
  modeler.on('tokenSimulation.toggleMode', ({ active }) => host.querySelector('[data-do=simulate]').setAttribute('aria-pressed', String(active)));
  modeler.on(['commandStack.changed', 'import.done', 'selection.changed'], () => able(modeler, host));
  document.addEventListener('keydown', (event) => save(event, saving));
  document.getElementById('replacement').addEventListener('change', ({ target }) => replace(page, target));
  for (const form of document.querySelectorAll('form[data-kept-first]')) form.addEventListener('submit', (event) => go(event, page));
}

function able(modeler, host) {
  const stack = modeler.get('commandStack');
  host.querySelector('[data-do=undo]').disabled = !stack.canUndo();
  host.querySelector('[data-do=redo]').disabled = !stack.canRedo();
  host.querySelector('[data-do=append]').disabled = !modeler.get('appending').possible();
}

function append({ modeler, tabs }) {
  tabs.open('properties');
  modeler.get('appending').now();
}

function unfold(button, part) {
  part.hidden = !part.hidden;
  button.setAttribute('aria-expanded', String(!part.hidden));
}

function save(event, saving) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
  event.preventDefault();
  saving.now();
}

/** A file takes the place of the drawing, as its next revision; what the server cannot read stays outside. */
async function replace({ host, saving }, input) {
  const [file] = input.files;
  input.value = '';
  if (!file || !window.confirm(words().replace)) return;
  if (!(await saving.now())) return;
  const answer = await post(host, `${host.dataset.keep}?revision=${saving.revision}`, file);
  if (answer.ok) {
    saving.leaving = true;
    window.location.reload();
  } else saving.say(textOf(await answer.text()), true);
}

/** All is kept first, so that what is tried or becomes a version is what stands on the page. */
async function go(event, { saving }) {
  event.preventDefault();
  if (!(await saving.now())) return;
  saving.leaving = true;
  event.target.submit();
}
