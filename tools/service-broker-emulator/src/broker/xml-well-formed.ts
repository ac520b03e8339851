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
 * Checks that a message body is one well-formed XML document, as VALIDATION = WELL_FORMED_XML asks, by the rules that a
 * cast to xml has. The encoding is that of the byte order mark, else UTF-16 when it looks like it, else what the
 * declaration names, else UTF-8.
 *
 * @returns the reason in the form of SQL Server's parser, or `undefined` when the body is well-formed
 */
export function xmlProblem(body: Uint8Array): string | undefined {
  try {
    const { text, encoding } = xmlTextOfBytes(body);
    scanXml(text, unheard, { encoding, isDocument: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.message.endsWith('.') ? error.message : `${error.message}.`;
  }
}
