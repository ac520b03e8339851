import { xmlTextOfBytes } from '../engine/types/xml-value.ts';
import { scanXml, type XmlEvents } from '../engine/xml/xml-scanner.ts';
import { SqlError } from '../errors.ts';

const nothing = (): void => undefined;
const unheard: XmlEvents = {
  startElement: nothing,
  endElement: nothing,
  text: nothing,
  comment: nothing,
  instruction: nothing,
};

/**
 * An element whose children hold text only, without attributes, prefixes and references: what most messages are. Its characters are
 * fewer than XML allows, so that whatever it matches is well-formed; what it doesn't match may be well-formed too.
 */
const flatDocument = /^<([A-Za-z_][\w.-]*)>(?:<([A-Za-z_][\w.-]*)>[\t\n\r -%'-;=?-\uD7FF]*<\/\2>)*<\/\1>$/;

/** Characters. The expression's stack grows with the number of children, and has an end. */
const longestFlatDocument = 4_000;

/**
 * Checks that a message body is one well-formed XML document, as VALIDATION = WELL_FORMED_XML asks, by the rules that a
 * cast to xml has. The encoding is that of the byte order mark, else UTF-16 when it looks like it, else what the
 * declaration names, else UTF-8.
 *
 * @returns the reason in the form of SQL Server's parser, or `undefined` when the body is well-formed
 */
export function xmlProblem(body: Uint8Array): string | undefined {
  try {
    const { text, encoding } = xmlTextOfBytes(body);
    // The scanner alone takes a fifth of what sending one of many messages takes.
    if (text.length <= longestFlatDocument && flatDocument.test(text)) return undefined;
    scanXml(text, unheard, { encoding, isDocument: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.message.endsWith('.') ? error.message : `${error.message}.`;
  }
}
