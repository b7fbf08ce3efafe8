// Makes a part of the page like another, keeping each node that is in both: with it what is typed, chosen, unfolded, focused.
// Nodes are the same by id, or else in their order, by what they are. A drawing is left alone but for its states.
export function merge(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.dataset.diagram) {
    redraw(old, fresh.dataset.states);
    return;
  }
  if (old.isEqualNode(fresh)) return;
  attributes(old, fresh);
  const pairs = paired([...old.childNodes], [...fresh.childNodes]);
  const staying = new Set(pairs.values());
  for (const node of [...old.childNodes]) if (!staying.has(node)) node.remove();
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const same = pairs.get(node);
    if (!same) old.insertBefore(document.adoptNode(node), place);
    else if (same === place) place = place.nextSibling;
    else move(old, same, place);
    if (same) merge(same, node);
  }
}

/** Where browsers can, the focus goes along. */
export function move(parent, node, place) {
  if (parent.moveBefore) parent.moveBefore(node, place);
  else parent.insertBefore(node, place);
}

/** Whether somebody has changed what the server put into a control. */
export function isChanged(control) {
  if (control.type === 'file') return control.files.length > 0;
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked;
  if (control.options) {
    const options = [...control.options];
    return control.value !== (options.find((option) => option.defaultSelected) ?? options[0])?.value;
  }
  return 'defaultValue' in control && control.value !== control.defaultValue;
}

function attributes(old, fresh) {
  const changed = old.matches('input, textarea, select') && isChanged(old);
  const ours = (name) => name === 'open' || name.startsWith('data-htmx') || (changed && name === 'value');
  for (const { name, value } of fresh.attributes) {
    if (!ours(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) if (!ours(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
}

function redraw(host, states) {
  if (host.dataset.states === states) return;
  host.dataset.states = states;
  host.dispatchEvent(new CustomEvent('diagram:states'));
}

// The longest run that both have in the same order; of the rest what has the same id.
function paired(before, after) {
  const [a, b] = [before.map(key), after.map(key)];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = new Map();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.set(after[j++], before[i++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  const left = new Map(before.filter((node) => node.id && ![...pairs.values()].includes(node)).map((node) => [node.id, node]));
  for (const node of after) if (node.id && !pairs.has(node) && left.has(node.id)) pairs.set(node, left.get(node.id));
  return pairs;
}

function key(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  if (node.dataset.diagram) return node.dataset.diagram;
  // What asks by itself is another when it asks otherwise: it is put in anew, and begins.
  const asks = node.getAttribute('hx-trigger');
  if (node.id) return `#${node.id} ${asks}`;
  const form = node.matches('details') ? node.querySelector('form') : node;
  return [node.nodeName, node.getAttribute('class'), asks, form?.getAttribute('action')].join(' ');
}
