import type { PdfMark } from './pdf-messages.ts';

/** An annotation as pdf.js gives it, as far as it is used here. */
interface Annotation {
  readonly subtype?: unknown;
  readonly annotationFlags?: unknown;
  readonly fieldType?: unknown;
  readonly fieldName?: unknown;
  readonly fieldValue?: unknown;
  readonly exportValue?: unknown;
  readonly buttonValue?: unknown;
  readonly checkBox?: unknown;
  readonly radioButton?: unknown;
  readonly contentsObj?: { readonly str?: unknown };
  /** What a text box has where it's formatted. */
  readonly richText?: { readonly str?: unknown };
  /** Lines of what is drawn. */
  readonly textContent?: unknown;
}

/** Hidden, and not for viewing (PDF 32000, table 165). */
const hiddenFlags = 0b10_0010;
/** Their text belongs to another annotation, or is on the page. */
const withoutText = new Set(['Link', 'Popup', 'Widget']);

/** What people have filled into a page's forms and written onto it. */
export function pageMarks(annotations: readonly Annotation[]): readonly PdfMark[] {
  return annotations.flatMap((annotation): readonly PdfMark[] => {
    if ((Number(annotation.annotationFlags ?? 0) & hiddenFlags) !== 0) return [];
    const name =
      typeof annotation.fieldName === 'string' && annotation.fieldName !== '' ? annotation.fieldName : undefined;
    const value = annotation.subtype === 'Widget' ? fieldText(annotation) : '';
    if (value.trim() !== '') return [{ kind: 'form-field', text: value, ...(name !== undefined && { name }) }];
    const drawn = drawnText(annotation);
    // A value that only its drawing has: the form was filled in by a program that left the field as it was.
    if (annotation.subtype === 'Widget' && annotation.fieldType === 'Tx' && drawn !== '') {
      return [{ kind: 'form-field', text: drawn, ...(name !== undefined && { name }) }];
    }
    if (withoutText.has(String(annotation.subtype))) return [];
    const contents = [text(annotation.contentsObj?.str), text(annotation.richText?.str), drawn];
    const shown = contents.find((each) => each.trim() !== '');
    return shown === undefined ? [] : [{ kind: 'annotation', text: shown }];
  });
}

function fieldText({ fieldType, fieldValue, exportValue, buttonValue, checkBox, radioButton }: Annotation): string {
  if (fieldType === 'Sig') return '';
  if (fieldType !== 'Btn') return Array.isArray(fieldValue) ? fieldValue.map(String).join(', ') : text(fieldValue);
  // A box that isn't checked has nothing to say.
  if (checkBox === true)
    return fieldValue !== 'Off' && (exportValue === undefined || fieldValue === exportValue) ? text(fieldValue) : '';
  return radioButton === true && fieldValue !== null && fieldValue === buttonValue ? text(fieldValue) : '';
}

function drawnText({ textContent }: Annotation): string {
  return Array.isArray(textContent) ? textContent.map(text).join('\n').trim() : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
