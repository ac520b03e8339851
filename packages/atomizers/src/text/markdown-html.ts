/** CommonMark's names of elements that begin an HTML block of the sixth kind, which ends with a blank line. */
const blockNames =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';

const starts: readonly (readonly [start: RegExp, end: RegExp, interruptsParagraph: boolean])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i, true],
  [/^ {0,3}<!--/, /-->/, true],
  [/^ {0,3}<\?/, /\?>/, true],
  [/^ {0,3}<![A-Za-z]/, />/, true],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/, true],
  [new RegExp(`^ {0,3}</?(?:${blockNames})(?:\\s|/?>|$)`, 'i'), /^\s*$/, true],
  [
    /^ {0,3}(?:<[A-Za-z][\w-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*\/?>|<\/[A-Za-z][\w-]*\s*>)\s*$/,
    /^\s*$/,
    false,
  ],
];

/**
 * The line that the HTML block ends with which a line begins (CommonMark, section 4.6); undefined where it begins none.
 *
 * @param inParagraph whether the line before it is text: some blocks don't begin there
 */
export function htmlBlockEnd(text: string, inParagraph: boolean): RegExp | undefined {
  if (!/^ {0,3}</.test(text)) return undefined;
  return starts.find(([start, , interrupts]) => start.test(text) && (interrupts || !inParagraph))?.[1];
}
