import type { DatabaseObject } from '@hartonomous/provenance-schema';
import type { DriftDetail } from '../errors.ts';
import { compareFacts, type FactDifference } from './facts.ts';
import { createOrAlter } from './module-text.ts';
import { describeObject, objectKey } from './object-name.ts';
import type { Catalog } from './read-catalog.ts';
import type { ProjectObject } from './read-project.ts';
import type { SqlBatch } from './split-batches.ts';
import { bracketed } from './sql-connection.ts';
import { extendTable, tableParts } from './table-parts.ts';

/**
 * What a deployment does with an object. `extend`: a table gets what it lacks; `drift`: it differs otherwise, and a
 * deployment leaves it as it is.
 */
export type ObjectAction = 'create' | 'alter' | 'extend' | 'unchanged' | 'drift';

/** An object with what is to be done with it. */
export interface PlannedObject {
  readonly object: DatabaseObject;
  readonly action: ObjectAction;
  /** To run for `create`, `alter` and `extend`. */
  readonly batches: readonly SqlBatch[];
  /** What a table gets, for example `column AtomicValue`. */
  readonly additions: readonly string[];
  readonly drift: readonly DriftDetail[];
}

/**
 * Compares the objects of a project with those of a database. Procedures hold no data and are rewritten where their
 * text differs. A table that only lacks something gets it: columns that may be NULL or have a default, constraints,
 * indexes. Of all else a difference is reported, never repaired: only a person knows what may be lost.
 */
export function planDeployment(objects: readonly ProjectObject[], catalog: Catalog): PlannedObject[] {
  return objects.map(({ object, batches, facts }): PlannedObject => {
    const planned = { object, batches: [], additions: [], drift: [] };
    const found = catalog.get(objectKey(object));
    if (found === undefined) return { ...planned, action: 'create', batches: runnable(object, batches) };
    const differences = compareFacts(facts, found);
    if (differences.length === 0) return { ...planned, action: 'unchanged' };
    if (object.kind === 'procedure') return { ...planned, action: 'alter', batches: runnable(object, batches) };
    const additions = object.kind === 'table' ? additionsFor(differences, object, batches) : undefined;
    if (additions !== undefined) return { ...planned, action: 'extend', ...additions };
    const drift = differences.map((difference) => ({ object: describeObject(object), ...difference }));
    return { ...planned, action: 'drift', drift };
  });
}

/** What makes up for all differences of a table; undefined when something can't be made up for by adding. */
function additionsFor(
  differences: readonly FactDifference[],
  object: DatabaseObject,
  batches: readonly SqlBatch[],
): Pick<PlannedObject, 'additions' | 'batches'> | undefined {
  const [{ text, line } = { text: '', line: 1 }] = batches;
  const parts = tableParts(text, object.path);
  const lacking = new Set(differences.flatMap(({ what, found }) => (found === null ? [what] : [])));
  const missing = parts.filter(({ fact }) => lacking.has(fact));
  const added = new Set(missing.flatMap(({ fact, brings }) => [fact, ...brings]));
  const isEnough = differences.every(({ what }) => added.has(what));
  // A part must not bring a constraint that is there already under another column.
  const isNew = missing.every(({ obstacle, brings }) => obstacle === null && brings.every((fact) => lacking.has(fact)));
  if (!isEnough || !isNew) return undefined;
  const table = `${object.schema === null ? '' : `${bracketed(object.schema)}.`}${bracketed(object.name)}`;
  return {
    additions: missing.map(({ fact }) => fact),
    batches: extendTable(table, missing, object.path).map((statement) => ({ text: statement, line, count: 1 })),
  };
}

function runnable(object: DatabaseObject, batches: readonly SqlBatch[]): readonly SqlBatch[] {
  if (object.kind !== 'procedure') return batches;
  return batches.map((batch) => ({ ...batch, text: createOrAlter(batch.text, object.path) }));
}
