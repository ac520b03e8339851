import { isModelEmbeddingIndex } from '@hartonomous/provenance-schema';
import type { PresentItem } from './read-schema.ts';
import { leftOutBecause, type SchemaItem, type ServerKind, wantedSettings, wantedShape } from './schema-items.ts';
import type { ItemReport, ItemState, UndeclaredItem } from './schema-report.ts';

/**
 * Constraints and indexes of the graph that no declared item has the name or the shape of. Indexes of embedding models aren't
 * part of the schema: the database decides which there should be.
 */
export function undeclaredItems(
  declared: readonly SchemaItem[],
  present: readonly PresentItem[],
): readonly UndeclaredItem[] {
  const names = new Set(declared.map(({ definition }) => definition.name));
  const shapes = new Set(declared.map(wantedShape));
  return present
    .filter(({ name, shape }) => !names.has(name) && !shapes.has(shape) && !isModelEmbeddingIndex(name))
    .map(({ type, name, shape }) => ({ type, name, shape }));
}

/** Looks for a declared item by its name first, because that is how a deployed item is found again, then by its shape. */
export function compareItem(item: SchemaItem, present: readonly PresentItem[], server: ServerKind): ItemReport {
  const { type, supporting, definition } = item;
  const report = (state: ItemState, detail: string | null): ItemReport => ({
    ...{ type, name: definition.name, supporting },
    ...{ state, detail },
  });
  const reason = leftOutBecause(item, server);
  if (reason !== null) return report('left-out', reason);
  const wanted = wantedShape(item);
  const named = present.find(({ name }) => name === definition.name);
  if (named !== undefined) {
    if (named.shape !== wanted) return report('different', `is ${named.shape}, not ${wanted}`);
    const settings = wantedSettings(item);
    if (settings !== null && named.settings !== settings)
      return report('different', `is built with ${named.settings}, not ${settings}`);
    return named.state === 'ONLINE' ? report('found', null) : report('different', `is ${named.state}, not ONLINE`);
  }
  const same = present.find(({ shape }) => shape === wanted);
  if (same !== undefined) return report('different', `is there as ${same.name}`);
  const inTheWay = present.find(({ shape }) => shape === twinOf(item));
  if (inTheWay === undefined) return report('missing', null);
  return report('different', `can't be created beside the ${inTheWay.type} ${inTheWay.name} on the same properties`);
}

/**
 * What Neo4j doesn't have twice: a uniqueness constraint brings a range index, and there is one per label and
 * properties.
 */
function twinOf(item: SchemaItem): string | undefined {
  const { type, definition } = item;
  const properties = `(${definition.properties.join(', ')})`;
  if (type === 'constraint' && definition.kind === 'unique') return `range node ${definition.label}${properties}`;
  if (type === 'index' && definition.on === 'node') return `unique node ${definition.of}${properties}`;
  return undefined;
}
