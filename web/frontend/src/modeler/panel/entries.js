// Entries of the properties panel: each has a label, how its value is read and how it is set.
import {
  CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry,
  isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';

/** One component for all entries of a kind: a new one at each change would lose what is being typed. */
function kind(Entry, isEdited) {
  const component = (props) => {
    const translate = useService('translate');
    const debounce = useService('debounceInput');
    const { element, id, label, get, set, description, validate, choices, rows, autoResize, fixed } = props;
    return Entry({
      element, id, debounce, rows, autoResize,
      label: fixed ? label : translate(label),
      description: description && translate(description),
      validate: validate && ((value) => translate(validate(value) ?? '')),
      getOptions: choices && (() => choices().map(([value, said, own]) => ({ value, label: own ? said : translate(said) }))),
      getValue: () => get() ?? '',
      // A field that is left as it was is no step to undo.
      setValue: (value) => { if ((value ?? '') !== (get() ?? '')) set(value ?? ''); },
    });
  };
  return (id, label, get, set, more = {}) => ({ id, component, isEdited, label, get, set, ...more });
}

export const text = kind(TextFieldEntry, isTextFieldEntryEdited);
const lines = kind(TextAreaEntry, isTextAreaEntryEdited);
export const area = (id, label, get, set, more) => lines(id, label, get, set, { rows: 1, autoResize: true, ...more });
export const tick = kind(CheckboxEntry, isCheckboxEntryEdited);
export const select = kind(SelectEntry, isSelectEntryEdited);

/** Moves something up or down among its like; the keyboard stays on the button as far as it goes. */
function Place({ id, label, first, last, move }) {
  const translate = useService('translate');
  const step = (by) => {
    move(by);
    requestAnimationFrame(() => {
      const [up, down] = document.querySelectorAll(`[id="${id}"] button`);
      const [own, other] = by < 0 ? [up, down] : [down, up];
      (own.disabled ? other : own).focus();
    });
  };
  const button = (by, text, disabled) => h('button', {
    type: 'button', class: 'modeler-move', title: translate(text), 'aria-label': translate(text), disabled, onClick: () => step(by),
  }, by < 0 ? '↑' : '↓');
  return h('div', { id, class: 'bio-properties-panel-entry' }, [
    h('span', { class: 'bio-properties-panel-label' }, translate(label)), button(-1, 'Move up', first), button(1, 'Move down', last),
  ]);
}

export const place = (id, label, about) => ({ id, component: Place, label, ...about });
