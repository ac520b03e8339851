import type { PdfMark } from './pdf-messages.ts';

/** An annotation as pdf.js gives it, as far as it is used here. */
interface Annotation {
  readonly id?: unknown;
  readonly subtype?: unknown;
  readonly hasAppearance?: unknown;
  readonly annotationFlags?: unknown;
  readonly fieldType?: unknown;
  readonly fieldName?: unknown;
  readonly fieldValue?: unknown;
  readonly exportValue?: unknown;
  readonly buttonValue?: unknown;
  readonly checkBox?: unknown;
  readonly radioButton?: unknown;
  readonly pushButton?: unknown;
  /** A password field: its value isn't shown. */
  readonly password?: unknown;
  /** Of a choice: what is shown for each value. */
  readonly options?: unknown;
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

/**
 * What people have filled into a page's forms and written onto it.
 *
 * @param drawn what annotations draw, by their ids, where {@link isOnlyDrawn} of one of them
 */
export function pageMarks(
  annotations: readonly Annotation[],
  drawn: ReadonlyMap<string, string> = new Map(),
): readonly PdfMark[] {
  return annotations.flatMap((annotation): readonly PdfMark[] => {
    const known = knownMark(annotation);
    if (known !== undefined || !isOnlyDrawn(annotation)) return known === undefined ? [] : [known];
    const shown = (drawn.get(String(annotation.id)) ?? '').trim();
    return shown === '' ? [] : [{ kind: annotation.subtype === 'Widget' ? 'form-field' : 'annotation', text: shown }];
  });
}

/** Whether the text of an annotation, such as a stamp or a signature, can only be in what it draws. */
export function isOnlyDrawn(annotation: Annotation): boolean {
  const { subtype, hasAppearance, checkBox, radioButton, password } = annotation;
  if (hasAppearance !== true || isHidden(annotation) || knownMark(annotation) !== undefined) return false;
  // A check mark is a character of a symbol font.
  return subtype !== 'Link' && subtype !== 'Popup' && checkBox !== true && radioButton !== true && password !== true;
}

/** Whether this is a button whose caption only its missing drawing would show. */
export function isUndrawnButton(annotation: Annotation): boolean {
  return annotation.pushButton === true && annotation.hasAppearance !== true && !isHidden(annotation);
}

function isHidden({ annotationFlags }: Annotation): boolean {
  return (Number(annotationFlags ?? 0) & hiddenFlags) !== 0;
}

function knownMark(annotation: Annotation): PdfMark | undefined {
  if (isHidden(annotation) || annotation.password === true) return undefined;
  const name =
    typeof annotation.fieldName === 'string' && annotation.fieldName !== '' ? annotation.fieldName : undefined;
  const value = annotation.subtype === 'Widget' ? fieldText(annotation) : '';
  if (value.trim() !== '') return { kind: 'form-field', text: value, ...(name !== undefined && { name }) };
  const drawn = drawnText(annotation);
  // The value is only in the drawing: some programs fill in a form without setting the field.
  if (annotation.subtype === 'Widget' && annotation.fieldType === 'Tx' && drawn !== '') {
    return { kind: 'form-field', text: drawn, ...(name !== undefined && { name }) };
  }
  if (withoutText.has(String(annotation.subtype))) return undefined;
  const contents = [text(annotation.contentsObj?.str), text(annotation.richText?.str), drawn];
  const shown = contents.find((each) => each.trim() !== '');
  return shown === undefined ? undefined : { kind: 'annotation', text: shown };
}

function fieldText(annotation: Annotation): string {
  const { fieldType, fieldValue, exportValue, buttonValue, checkBox, radioButton } = annotation;
  if (fieldType === 'Sig') return '';
  if (fieldType !== 'Btn') {
    const values = Array.isArray(fieldValue) ? fieldValue.map(String) : [text(fieldValue)];
    return values.map((value) => shownOption(annotation, value)).join(', ');
  }
  // A box that isn't checked has nothing to say.
  if (checkBox === true)
    return fieldValue !== 'Off' && (exportValue === undefined || fieldValue === exportValue) ? text(fieldValue) : '';
  return radioButton === true && fieldValue !== null && fieldValue === buttonValue ? text(fieldValue) : '';
}

/** What is shown for a value: a choice may have an internal number as its value. */
function shownOption({ options }: Annotation, value: string): string {
  if (!Array.isArray(options)) return value;
  const option: unknown = options.find(
    (each: unknown) => typeof each === 'object' && each !== null && 'exportValue' in each && each.exportValue === value,
  );
  if (typeof option !== 'object' || option === null || !('displayValue' in option)) return value;
  return text(option.displayValue) || value;
}

function drawnText({ textContent }: Annotation): string {
  return Array.isArray(textContent) ? textContent.map(text).join('\n').trim() : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
