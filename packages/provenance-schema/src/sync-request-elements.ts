import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';

/** The text isn't a `<Neo4jSync>` document. */
export class ElementsError extends Error {
  override readonly name = 'ElementsError';
  readonly code: 'MALFORMED_XML' | 'DTD_REFUSED' | 'UNEXPECTED_ROOT';

  constructor(code: ElementsError['code'], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
  }
}

const ROOT = 'Neo4jSync';
const known = ['EntityType', 'EntityId', 'SyncType', 'TenantId', 'EnqueuedAt', 'TraceParent'] as const;

// Exactly what the enqueue procedures write. Every class is so narrow that no markup, entity or character that XML
// forbids can be in it; whatever is different goes to the general reader.
const FIXED_SHAPE =
  /^<Neo4jSync><EntityType>([A-Za-z]+)<\/EntityType><EntityId>(-?\d+)<\/EntityId><SyncType>([A-Za-z]+)<\/SyncType><TenantId>(-?\d+)<\/TenantId>(?:<EnqueuedAt>([-0-9TZ:.]+)<\/EnqueuedAt>)?(?:<TraceParent>([-0-9a-f]+)<\/TraceParent>)?<\/Neo4jSync>$/;

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
 * The known elements of a `<Neo4jSync>` document with their texts, trimmed. Reads the one fixed shape directly, which
 * takes a fiftieth of the general reader's time, and everything else with {@link readElementsGenerally}.
 *
 * @throws ElementsError
 */
export function readElements(text: string): ReadonlyMap<string, string> {
  return readFixedShape(text) ?? readElementsGenerally(text);
}

/** The elements of a document of exactly the shape that the procedures write; `null` for any other text. */
export function readFixedShape(text: string): ReadonlyMap<string, string> | null {
  const match = FIXED_SHAPE.exec(text);
  if (match === null) return null;
  const elements = new Map<string, string>();
  known.forEach((name, index) => {
    const value = match[index + 1];
    if (value !== undefined) elements.set(name, value);
  });
  return elements;
}

/**
 * The same from any well-formed document.
 *
 * @throws ElementsError
 */
export function readElementsGenerally(text: string): ReadonlyMap<string, string> {
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
  if (names.length !== 1 || names[0] !== ROOT) {
    throw new ElementsError('UNEXPECTED_ROOT', `The body must have the one root element <${ROOT}>.`);
  }
  // A root without elements is its text.
  const content = rootSchema.safeParse(roots[ROOT]);
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
