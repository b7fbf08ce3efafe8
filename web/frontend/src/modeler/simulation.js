// Token simulation; its texts do not pass through translate, so that they are put into Indonesian where they appear.
import tokenSimulation from 'bpmn-js-token-simulation';
import indonesian from './indonesian.js';

function translated(text) {
  const known = text.trim();
  return indonesian[known] ? text.replace(known, indonesian[known]) : text;
}

function put(part) {
  for (const one of [part, ...part.querySelectorAll('*')]) {
    for (const name of ['title', 'aria-label']) {
      if (one.hasAttribute(name)) one.setAttribute(name, translated(one.getAttribute(name)));
    }
    for (const node of one.childNodes) if (node.nodeType === Node.TEXT_NODE) node.data = translated(node.data);
  }
}

function speak(canvas) {
  if (document.documentElement.lang !== 'id') return;
  const container = canvas.getContainer();
  const ours = (node) => node.nodeType === Node.ELEMENT_NODE && (node.closest('[class^=bts-], [class*=" bts-"]') ?? node.querySelector('[class^=bts-]'));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (ours(node)) put(node);
  }).observe(container, { childList: true, subtree: true });
  for (const part of container.querySelectorAll('[class^=bts-]')) put(part);
}
speak.$inject = ['canvas'];

export default { __depends__: [tokenSimulation], __init__: [speak] };
