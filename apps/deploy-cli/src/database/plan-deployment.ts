import type { DatabaseObject } from '@hartonomous/provenance-schema';
import type { DriftDetail } from '../errors.ts';
import { compareFacts } from './facts.ts';
import { createOrAlter } from './module-text.ts';
import { describeObject, objectKey } from './object-name.ts';
import type { Catalog } from './read-catalog.ts';
import type { ProjectObject } from './read-project.ts';
import type { SqlBatch } from './split-batches.ts';

/** What a deployment does with an object. `drift`: it differs, and a deployment leaves it as it is. */
export type ObjectAction = 'create' | 'alter' | 'unchanged' | 'drift';

/** An object with what is to be done with it. */
export interface PlannedObject {
  readonly object: DatabaseObject;
  readonly action: ObjectAction;
  /** To run for `create` and `alter`. */
  readonly batches: readonly SqlBatch[];
  readonly drift: readonly DriftDetail[];
}

/**
 * Compares the objects of a project with those of a database. Procedures hold no data and are rewritten where their
 * text differs; of all else a difference is reported, never repaired: only a person knows what may be lost.
 */
export function planDeployment(objects: readonly ProjectObject[], catalog: Catalog): PlannedObject[] {
  return objects.map(({ object, batches, facts }): PlannedObject => {
    const found = catalog.get(objectKey(object));
    if (found === undefined) return { object, action: 'create', batches: runnable(object, batches), drift: [] };
    const differences = compareFacts(facts, found);
    if (differences.length === 0) return { object, action: 'unchanged', batches: [], drift: [] };
    if (object.kind === 'procedure') {
      return { object, action: 'alter', batches: runnable(object, batches), drift: [] };
    }
    const drift = differences.map((difference) => ({ object: describeObject(object), ...difference }));
    return { object, action: 'drift', batches: [], drift };
  });
}

function runnable(object: DatabaseObject, batches: readonly SqlBatch[]): readonly SqlBatch[] {
  if (object.kind !== 'procedure') return batches;
  return batches.map((batch) => ({ ...batch, text: createOrAlter(batch.text, object.path) }));
}
