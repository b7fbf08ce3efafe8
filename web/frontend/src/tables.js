// Tables in forms (<fieldset data-table>): rows are added, removed and moved without asking the server, cells are
// pasted from a spreadsheet, sums follow. Without this script the same buttons send the form.
const CELLS = 'input:not([type=hidden]), textarea, select';
const TICKS = ['y', 'ya', 'true', '1', 'x', 'v', '✓'];
const WITH_FILE = ['table-import', 'table-download'];

const parts = (table) => ({ body: table.querySelector('tbody'), rows: [...table.querySelectorAll('tbody > tr')] });
const cells = (row) => [...row.querySelectorAll(`td:not(.moves) > :is(${CELLS})`)];
const isEmpty = (cell) => (cell.type === 'checkbox' ? !cell.checked : !cell.value.trim());

// A row with a key of its own; its number is written by `renumber`.
function newRow(table) {
  const { rows } = parts(table);
  const key = Math.max(0, ...rows.map((row) => Number(row.dataset.row))) + 1;
  const row = table.querySelector('template').content.firstElementChild.cloneNode(true);
  const name = table.dataset.table;
  const renamed = (text) => text
    .replaceAll(`${name}.0`, `${name}.${key}`)
    .replaceAll(`isian-${name}-b-0`, `isian-${name}-b-${key}`);
  row.dataset.row = key;
  for (const element of row.querySelectorAll('*')) {
    for (const attribute of ['name', 'value', 'id', 'aria-labelledby', 'aria-describedby']) {
      if (element.hasAttribute(attribute)) element.setAttribute(attribute, renamed(element.getAttribute(attribute)));
    }
  }
  return row;
}

function add(table, behind) {
  const { body, rows } = parts(table);
  if (rows.length >= Number(table.dataset.max)) {
    say(table, 'full', table.dataset.max);
    return null;
  }
  const row = newRow(table);
  if (behind) behind.after(row);
  else body.append(row);
  return row;
}

function say(table, what, number) {
  table.querySelector(':scope > [aria-live]').textContent = table.dataset[what].replace('%n', number);
}

// After every change of rows: their numbers, the sums, and whoever else listens to the form.
function settle(table) {
  parts(table).rows.forEach((row, index) => {
    row.querySelector('.number').textContent = index + 1;
  });
  sum(table);
  table.dispatchEvent(new Event('change', { bubbles: true }));
}

const ACTS = {
  'table-add'(table) {
    const row = add(table);
    if (!row) return;
    settle(table);
    cells(row)[0].focus();
    say(table, 'added', parts(table).rows.length);
  },
  'table-remove'(table, row) {
    const { rows } = parts(table);
    const index = rows.indexOf(row);
    if (rows.length === 1) add(table);
    const next = rows[index + 1] ?? rows[index - 1] ?? parts(table).rows.at(-1);
    row.remove();
    settle(table);
    next.querySelector('[name=table-remove]').focus();
    say(table, 'removed', index + 1);
  },
  'table-up': (table, row) => move(table, row, row.previousElementSibling, 'before'),
  'table-down': (table, row) => move(table, row, row.nextElementSibling, 'after'),
};

function move(table, row, other, where) {
  if (!other) return;
  const focused = document.activeElement;
  other[where](row);
  settle(table);
  focused.focus();
  say(table, 'moved', parts(table).rows.indexOf(row) + 1);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-table] button');
  if (!button || !ACTS[button.name]) return;
  event.preventDefault();
  ACTS[button.name](button.closest('[data-table]'), button.closest('tr'));
});

// A file comes and goes with the form as the browser sends it; the page's other scripts keep out of it.
document.addEventListener('submit', (event) => {
  if (WITH_FILE.includes(event.submitter?.name)) event.stopImmediatePropagation();
}, { capture: true });

// Enter goes down a column as in a spreadsheet, Alt with an arrow moves the row.
document.addEventListener('keydown', (event) => {
  const row = event.target.closest?.('[data-table] tbody tr');
  if (!row) return;
  const table = row.closest('[data-table]');
  if (event.altKey && ['ArrowUp', 'ArrowDown'].includes(event.key)) {
    event.preventDefault();
    ACTS[event.key === 'ArrowUp' ? 'table-up' : 'table-down'](table, row);
  } else if (event.key === 'Enter' && event.target.matches(CELLS) && event.target.type !== 'checkbox') {
    if (event.target.matches('textarea') && event.shiftKey) return; // a new line
    event.preventDefault();
    below(table, row, cells(row).indexOf(event.target));
  }
});

function below(table, row, column) {
  let next = row.nextElementSibling;
  if (!next) {
    next = add(table);
    if (!next) return;
    settle(table);
    say(table, 'added', parts(table).rows.length);
  }
  cells(next)[column].focus();
}

// What a spreadsheet puts on the clipboard: tabs and lines, quotes around cells that hold such.
export function grid(text) {
  const lines = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    lines.at(-1).push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (!match[3]) break;
    if (match[3] !== '\t') lines.push([]);
  }
  if (lines.at(-1).join('') === '') lines.pop(); // the line break at the end
  return lines;
}

document.addEventListener('paste', (event) => {
  const cell = event.target.closest?.(`[data-table] tbody td > :is(${CELLS})`);
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
  if (!text.includes('\t') && cell.matches('textarea') && !/\n.*\n/s.test(text.trimEnd())) return; // a text of two lines
  event.preventDefault();
  const table = cell.closest('[data-table]');
  const lines = grid(text);
  const first = cell.closest('tr');
  const column = cells(first).indexOf(cell);
  let row = first;
  let done = 0;
  for (const line of lines) {
    row ??= add(table);
    if (!row) break;
    const places = cells(row).slice(column);
    line.forEach((value, index) => places[index] && put(places[index], value));
    done += 1;
    row = row.nextElementSibling;
  }
  settle(table);
  if (done === lines.length) say(table, 'pasted', done);
});

function put(cell, text) {
  const value = text.trim();
  if (cell.type === 'checkbox') cell.checked = TICKS.includes(value.toLowerCase());
  else if (cell.matches('select')) cell.value = option(cell, value);
  else cell.value = cell.matches('textarea') ? value : value.replace(/\s+/g, ' ');
}

function option(select, text) {
  const same = (said) => said.trim().toLowerCase() === text.toLowerCase();
  return [...select.options].find((one) => same(one.value) || same(one.text))?.value ?? '';
}

// Sums are exact: whole numbers of the smallest decimal place that occurs.
function exact(text) {
  const match = /^(?:Rp)?\s*(-?)((?:\d{1,3}(?:\.\d{3})+|\d+))(?:,(\d+))?$/.exec(text.trim());
  return match && { digits: `${match[1]}${match[2].replaceAll('.', '')}`, fraction: match[3] ?? '' };
}

export function total(texts) {
  const numbers = texts.map(exact).filter(Boolean);
  const places = Math.max(0, ...numbers.map(({ fraction }) => fraction.length));
  const all = numbers.reduce((found, { digits, fraction }) => found + BigInt(digits + fraction.padEnd(places, '0')), 0n);
  const shown = (all < 0n ? -all : all).toString().padStart(places + 1, '0');
  const whole = shown.slice(0, shown.length - places).replace(/\B(?=(\d{3})+$)/g, '.');
  return (all < 0n ? '-' : '') + whole + (places ? `,${shown.slice(-places)}` : '');
}

function sum(table) {
  for (const column of table.dataset.totals.split(' ').filter(Boolean)) {
    const shown = document.getElementById(`isian-${table.dataset.table}-jumlah-${column}`);
    const texts = [...table.querySelectorAll(`tbody [data-column="${column}"]`)].map((cell) => cell.value);
    const said = (shown.closest('.of-money') ? 'Rp ' : '') + total(texts);
    if (shown.textContent !== said) shown.textContent = said;
  }
}

document.addEventListener('input', ({ target }) => {
  const table = target.closest?.('[data-table]');
  if (table && target.dataset.column) sum(table);
});
