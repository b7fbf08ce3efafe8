// What bpmn-js and its panels say, in the language of the page; `missing` collects what has no translation.
import indonesian from './indonesian.js';

export const missing = new Set();
const original = () => document.documentElement.lang !== 'id';

export function translate(text, values) {
  let said = text;
  if (!original() && text) {
    if (text in indonesian) said = indonesian[text];
    else missing.add(text);
  }
  return said?.replace(/{([^}]+)}/g, (_, name) => values?.[name] ?? `{${name}}`);
}

export default { translate: ['value', translate] };
