import { readXmlElements } from './xml-elements.ts';

const rootName = 'Neo4jSync';
const known = ['EntityType', 'EntityId', 'SyncType', 'TenantId', 'EnqueuedAt', 'TraceParent'] as const;

// Exactly what the enqueue procedures write, with the mark of a dialog's last message. Every class is so narrow that no markup, entity or character that XML
// forbids can be in it; whatever is different goes to the general reader.
const fixedShape =
  /^<Neo4jSync><EntityType>([A-Za-z]+)<\/EntityType><EntityId>(-?\d+)<\/EntityId><SyncType>([A-Za-z]+)<\/SyncType><TenantId>(-?\d+)<\/TenantId>(?:<EnqueuedAt>([-0-9TZ:.]+)<\/EnqueuedAt>)?(?:<TraceParent>([-0-9a-f]+)<\/TraceParent>)?(?:<EndOfDialog>1<\/EndOfDialog>)?<\/Neo4jSync>$/;

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
  const match = fixedShape.exec(text);
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
  return readXmlElements(text, rootName, known);
}
