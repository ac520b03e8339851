import type { XmlAttributes } from '../docx/xml-reader.ts';

/** Controls that have a value of their own (ODF 1.3, part 3, 13.5); passwords and hidden ones aren't among them. */
const withValue = new Set(['text', 'textarea', 'formatted-text', 'number', 'date', 'time', 'combobox']);
const withLabel = new Set(['fixed-text', 'button', 'frame', 'group-box', 'item']);

/** What a person sees of a control of a form, or of an option that is chosen; empty for what nobody sees. */
export function odfControlText(name: string, attributes: XmlAttributes): string {
  const { label = '' } = attributes;
  if (withValue.has(name)) return attributes['current-value'] ?? attributes.value ?? '';
  if (withLabel.has(name)) return label;
  if (name === 'checkbox' || name === 'radio') {
    const state =
      attributes['current-state'] ?? attributes.state ?? attributes['current-selected'] ?? attributes.selected;
    const isSet = state === 'checked' || state === 'true';
    return label === '' ? '' : `${isSet ? '☒' : '☐'} ${label}`;
  }
  if (name !== 'option') return '';
  return (attributes['current-selected'] ?? attributes.selected) === 'true' ? label : '';
}
