// Tabs after the pattern of ARIA: arrows move among them.
export class Tabs {
  constructor(list, shown) {
    this.tabs = [...list.querySelectorAll('[role=tab]')];
    this.shown = shown;
    for (const tab of this.tabs) tab.addEventListener('click', () => this.open(tab.getAttribute('aria-controls')));
    list.addEventListener('keydown', (event) => this.move(event));
  }

  open(id) {
    for (const tab of this.tabs) {
      const chosen = tab.getAttribute('aria-controls') === id;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !chosen;
    }
    this.shown(id);
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.tabs.indexOf(document.activeElement);
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    next.focus();
    this.open(next.getAttribute('aria-controls'));
  }
}
