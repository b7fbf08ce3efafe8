// Entries of the properties panel: each has a label, how its value is read and how it is set.
import {
  CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry,
  isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';

const kind = (Entry, isEdited) => (id, label, get, set, more = {}) => ({
  id, isEdited, label, get, set, ...more,
  component: (props) => {
    const translate = useService('translate');
    const debounce = useService('debounceInput');
    const { element, description, validate, choices, rows, fixed } = props;
    return Entry({
      element, id, debounce, rows,
      label: fixed ? label : translate(label),
      description: description && translate(description),
      validate: validate && ((value) => translate(validate(value) ?? '')),
      getOptions: choices && (() => choices().map(([value, text, fixed]) => ({ value, label: fixed ? text : translate(text) }))),
      getValue: () => get() ?? '',
      setValue: (value) => set(value ?? ''),
    });
  },
});

export const text = kind(TextFieldEntry, isTextFieldEntryEdited);
export const area = kind((props) => TextAreaEntry({ rows: 2, autoResize: true, ...props }), isTextAreaEntryEdited);
export const tick = kind(CheckboxEntry, isCheckboxEntryEdited);
export const select = kind(SelectEntry, isSelectEntryEdited);
