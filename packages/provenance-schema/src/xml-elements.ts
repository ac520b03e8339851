import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';

/** The text isn't a document with the root that its message type has. */
export class ElementsError extends Error {
  readonly code: 'MALFORMED_XML' | 'DTD_REFUSED' | 'UNEXPECTED_ROOT';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }

  constructor(code: ElementsError['code'], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
  }
}

// Values stay text (`parseTagValue`): an id above 2^53 would lose digits as a number.
const parser = new XMLParser({
  parseTagValue: false,
  trimValues: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
});

const rootSchema = z.record(z.string(), z.unknown());

/**
 * Texts, trimmed, of the elements of a message body: those of `known`, each at most once, directly in the one root
 * element. Other elements are ignored.
 *
 * @throws ElementsError
 */
export function readXmlElements(text: string, root: string, known: readonly string[]): ReadonlyMap<string, string> {
  // A DTD can declare entities that expand without limit, or that read files. Nothing else starts with `<!` but
  // comments and CDATA sections.
  if (/<!(?!--|\[CDATA\[)/.test(text)) {
    throw new ElementsError('DTD_REFUSED', 'The body has a document type declaration, which is refused. Leave it out.');
  }
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    const { msg, line, col } = valid.err;
    throw new ElementsError('MALFORMED_XML', `The body isn't well-formed XML: ${msg} (line ${line}, column ${col}).`);
  }
  const roots = parse(text);
  const names = Object.keys(roots);
  if (names.length !== 1 || names[0] !== root) {
    throw new ElementsError('UNEXPECTED_ROOT', `The body must have the one root element <${root}>.`);
  }
  // A root without elements is its text.
  const content = rootSchema.safeParse(roots[root]);
  const elements = new Map<string, string>();
  if (!content.success) return elements;
  for (const name of known) {
    const value = Object.hasOwn(content.data, name) ? content.data[name] : undefined;
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      throw new ElementsError('MALFORMED_XML', `The body must have <${name}> once, with text and no elements in it.`);
    }
    elements.set(name, value);
  }
  return elements;
}

function parse(text: string): Record<string, unknown> {
  try {
    return rootSchema.parse(parser.parse(text));
  } catch (cause) {
    throw new ElementsError('MALFORMED_XML', "The body isn't XML that can be read.", { cause });
  }
}
