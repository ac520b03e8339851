import { quoteName } from '@hartonomous/broker-client';
import type { DatabaseMigration, DatabaseObject } from '@hartonomous/provenance-schema';
import type { DriftDetail } from '../errors.ts';
import { compareFacts, type FactDifference, ownerFactName } from './facts.ts';
import { createOrAlter } from './module-text.ts';
import { describeObject, type ObjectName, objectKey } from './object-name.ts';
import type { Catalog } from './read-catalog.ts';
import type { ProjectObject } from './read-project.ts';
import { qualifiedName, queueChange, remedyFor } from './remedies.ts';
import type { SqlBatch } from './split-batches.ts';
import { extendTable, tableParts } from './table-parts.ts';

/**
 * What a deployment does with an object. `extend`: a table gets what it lacks; `migrate`: pending migrations change it,
 * and nothing else is to be done; `drift`: it differs otherwise, and a deployment leaves it as it is.
 */
export type ObjectAction = 'create' | 'alter' | 'extend' | 'migrate' | 'unchanged' | 'drift';

/** An object with what is to be done with it. */
export interface PlannedObject {
  readonly object: DatabaseObject;
  readonly action: ObjectAction;
  /** To run for `create`, `alter` and `extend`. */
  readonly batches: readonly SqlBatch[];
  /** What a table gets, for example `column AtomicValue`. */
  readonly additions: readonly string[];
  readonly drift: readonly DriftDetail[];
  /** Differences that pending migrations of a deployment settle. */
  readonly migrated: readonly DriftDetail[];
  /** Columns that somebody gave a table and that nothing of ours has to fill, for example `column Phone (nvarchar(30) null)`. */
  readonly own: readonly string[];
}

/** The migrations as far as planning needs them. */
export interface PlannedMigrations {
  readonly pending: readonly DatabaseMigration[];
  readonly applied: readonly DatabaseMigration[];
}

const noMigrations: PlannedMigrations = { pending: [], applied: [] };

/**
 * Compares the objects of a project with those of a database. Procedures hold no data and are rewritten where their
 * text differs; so do the options of a queue, and the owner of an object. A table that only lacks something gets it: columns that
 * may be NULL or have a default, constraints, indexes. Columns of somebody's own that may be NULL are passed over. What a pending
 * migration settles is left to it. Of all else a difference is reported, never repaired: only a person knows what may be lost.
 */
export function planDeployment(
  objects: readonly ProjectObject[],
  catalog: Catalog,
  migrations: PlannedMigrations = noMigrations,
): PlannedObject[] {
  return objects.map(({ object, batches, facts }): PlannedObject => {
    const found = catalog.get(objectKey(object));
    const compared = found === undefined ? [] : compareFacts(facts, found);
    // What a migration has taken out of the project isn't a column of somebody's own.
    const own = compared.filter(
      (difference) =>
        isOwnColumn(object, difference) && detailOf(object, difference, batches, migrations).migration === null,
    );
    const planned = {
      ...{ object, batches: [], additions: [], drift: [], migrated: [] },
      own: own.map(({ what, found: type }) => `${what} (${type})`),
    };
    if (found === undefined) return { ...planned, action: 'create', batches: runnable(object, batches) };
    const details = compared
      .filter((difference) => !own.includes(difference))
      .map((difference) => detailOf(object, difference, batches, migrations))
      .filter((detail) => !isContracted(detail, migrations));
    if (object.kind === 'procedure' && details.length > 0) {
      return { ...planned, action: 'alter', batches: runnable(object, batches) };
    }
    // What a migration of class contract will take away is there until then: a table that lacks it gets it.
    const isLacking = (detail: DriftDetail) => detail.found === null && classOf(detail, migrations) === 'contract';
    const isPending = (detail: DriftDetail) => detail.migration?.state === 'pending' && !isLacking(detail);
    // Otherwise it stays, and isn't a reason to do anything now.
    const migrated = details.filter((detail) => isPending(detail) && classOf(detail, migrations) === 'expand');
    const differences = details.filter((detail) => !isPending(detail));
    if (differences.length === 0) {
      return { ...planned, action: migrated.length === 0 ? 'unchanged' : 'migrate', migrated };
    }
    const change = object.kind === 'queue' ? queueChange(differences, object, batches) : undefined;
    if (change !== undefined) return { ...planned, action: 'alter', batches: [change], migrated };
    const owner = ownerOnly(differences);
    if (owner !== undefined) return { ...planned, action: 'alter', batches: [changeOwner(object, owner)], migrated };
    const additions = object.kind === 'table' ? additionsFor(differences, object, batches) : undefined;
    if (additions !== undefined) return { ...planned, action: 'extend', ...additions, migrated };
    return { ...planned, action: 'drift', drift: differences, migrated };
  });
}

/** A column that the project doesn't have and that no INSERT has to name. In a table type it would be in the way of every caller. */
function isOwnColumn({ kind }: DatabaseObject, { what, expected, found }: FactDifference): boolean {
  if (kind !== 'table' || expected !== null || found === null || !what.startsWith('column ')) return false;
  return found === 'computed' || (/ null$/.test(found) && !/ not null$/.test(found));
}

function detailOf(
  object: DatabaseObject,
  difference: FactDifference,
  batches: readonly SqlBatch[],
  { pending, applied }: PlannedMigrations,
): DriftDetail {
  const name = describeObject(object);
  const settles = (migration: DatabaseMigration) =>
    migration.settles.some((settled) => settled.object === name && settled.what === difference.what);
  const last = pending.findLast(settles) ?? applied.findLast(settles);
  const state = last === undefined ? undefined : pending.includes(last) ? 'pending' : 'applied';
  return {
    object: name,
    ...difference,
    migration: last === undefined || state === undefined ? null : { number: last.number, name: last.name, state },
    remedy: remedyFor(object, difference, batches),
  };
}

/** What `database contract` has taken away, though the project still has it for databases with older programs. */
function isContracted({ found, migration }: DriftDetail, { applied }: PlannedMigrations): boolean {
  if (found !== null || migration?.state !== 'applied') return false;
  return applied.some((one) => one.number === migration.number && one.class === 'contract');
}

function classOf({ migration }: DriftDetail, { pending }: PlannedMigrations): DatabaseMigration['class'] | undefined {
  return pending.find(({ number }) => number === migration?.number)?.class;
}

/** The owner that an object should have, when that is all that differs. */
function ownerOnly(differences: readonly FactDifference[]): string | undefined {
  const [difference, ...others] = differences;
  return others.length === 0 && difference?.what === ownerFactName ? (difference.expected ?? undefined) : undefined;
}

const securableClasses: Partial<Record<DatabaseObject['kind'], string>> = {
  role: 'ROLE',
  messageType: 'MESSAGE TYPE',
  contract: 'CONTRACT',
  service: 'SERVICE',
};

/** An owner holds no data and is changed, as a procedure is rewritten. */
function changeOwner({ kind, name }: DatabaseObject, owner: string): SqlBatch {
  const securable = `${securableClasses[kind] ?? 'OBJECT'}::${quoteName(name)}`;
  return { text: `ALTER AUTHORIZATION ON ${securable} TO ${quoteName(owner)};`, line: 1, count: 1 };
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
  return {
    additions: missing.map(({ fact }) => fact),
    batches: extendTable(qualifiedName(object), missing, object.path).map((statement) => ({
      text: statement,
      line,
      count: 1,
    })),
  };
}

function runnable(object: DatabaseObject, batches: readonly SqlBatch[]): readonly SqlBatch[] {
  if (object.kind !== 'procedure') return batches;
  return batches.map((batch) => ({ ...batch, text: createOrAlter(batch.text, object.path) }));
}

/** The object's name alone. */
export function nameOf({ object: { kind, schema, name } }: PlannedObject): ObjectName {
  return { kind, schema, name };
}
