import type { CreateTypeStatement, SequenceStatement } from '../../../tsql/ast/types-and-sequences.ts';
import { buildTableDefinition } from '../../catalog/build-table-definition.ts';
import type { SequenceDefinition } from '../../catalog/catalog-object.ts';
import { Sequence } from '../../storage/sequence.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { isIntegerType } from '../../types/type-info.ts';
import { objectNotFound } from '../errors.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { tableBuildContext } from '../module-tables.ts';
import { findObject, printName, resolveScalarType } from '../name-resolution.ts';
import {
  incrementTooLarge,
  invalidSequenceArgument,
  invalidSequenceType,
  minimumNotBelowMaximum,
  startOutOfRange,
  zeroIncrement,
} from './errors/definition-errors.ts';

export function runCreateType(run: Interpreter, statement: CreateTypeStatement, frame: ModuleFrame): void {
  const { session } = run;
  const schema = session.targetSchema(statement.name, frame);
  const { database } = session;
  const now = Date.now();
  const head = {
    objectId: database.nextObjectId(),
    schema,
    name: statement.name.name,
    createdAt: now,
    modifiedAt: now,
  };
  const transaction = session.transactionForWriting();
  if (statement.definition.kind === 'table') {
    const context = tableBuildContext(session, database, schema);
    const definition = buildTableDefinition(schema, statement.name.name, statement.definition.table, context);
    database.catalog.addType(transaction, { ...head, kind: 'tableType', definition });
    return;
  }
  const { type } = resolveScalarType(statement.definition.type, database, schema);
  database.catalog.addType(transaction, { ...head, kind: 'aliasType', type, nullable: statement.definition.nullable });
}

function isSequenceType(type: SqlType): boolean {
  if (type.name === 'decimal' || type.name === 'numeric') return (type.scale ?? 0) === 0;
  return isIntegerType(type) && type.name !== 'bit';
}

/** Range of values of a sequence's type. */
function rangeOf(type: SqlType): readonly [bigint, bigint] {
  switch (type.name) {
    case 'tinyint':
      return [0n, 255n];
    case 'smallint':
      return [-32_768n, 32_767n];
    case 'int':
      return [-2_147_483_648n, 2_147_483_647n];
    case 'decimal':
    case 'numeric': {
      const limit = 10n ** BigInt(type.precision ?? 18) - 1n;
      return [-limit, limit];
    }
    default:
      return [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n];
  }
}

/** CACHE without a size; SQL Server leaves the number open. */
const defaultCache = 50;

function cacheOf(cache: SequenceStatement['cache'], fallback: number): number {
  if (cache === undefined) return fallback;
  if (cache === 'none') return 0;
  return cache === 'default' ? defaultCache : cache;
}

function sequenceDefinition(
  statement: SequenceStatement,
  type: SqlType,
  base: SequenceDefinition | undefined,
): SequenceDefinition {
  const [lowest, highest] = rangeOf(type);
  const increment = statement.increment ?? base?.increment ?? 1n;
  if (increment === 0n) throw zeroIncrement(printName(statement.name));
  const name = printName(statement.name);
  if (!isSequenceType(type)) throw invalidSequenceType(name);
  for (const [argument, value] of Object.entries({
    'START WITH': statement.start,
    'INCREMENT BY': statement.increment,
    MINVALUE: statement.minimum,
    MAXVALUE: statement.maximum,
  })) {
    // The range of the increment is that of the type in both directions, also for tinyint.
    const least = argument === 'INCREMENT BY' ? -highest : lowest;
    if (typeof value !== 'bigint' || (value >= least && value <= highest)) continue;
    throw invalidSequenceArgument(argument);
  }
  const minimum = statement.minimum === 'none' ? lowest : (statement.minimum ?? base?.minimum ?? lowest);
  const maximum = statement.maximum === 'none' ? highest : (statement.maximum ?? base?.maximum ?? highest);
  if (minimum >= maximum) {
    throw minimumNotBelowMaximum(name);
  }
  if ((increment < 0n ? -increment : increment) > maximum - minimum) {
    throw incrementTooLarge(name);
  }
  const start =
    typeof statement.start === 'bigint' ? statement.start : (base?.start ?? (increment > 0n ? minimum : maximum));
  if (start < minimum || start > maximum) {
    throw startOutOfRange(printName(statement.name));
  }
  return {
    type,
    start,
    increment,
    minimum,
    maximum,
    cycle: statement.cycle ?? base?.cycle ?? false,
    cache: cacheOf(statement.cache, base?.cache ?? defaultCache),
  };
}

export function runSequence(run: Interpreter, statement: SequenceStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { database } = session;
  const transaction = session.transactionForWriting();
  if (statement.mode === 'create') {
    const schema = session.targetSchema(statement.name, frame);
    const type =
      statement.type === undefined
        ? ({ name: 'bigint' } as const)
        : resolveScalarType(statement.type, database, schema).type;
    database.createSequence(transaction, schema, statement.name.name, sequenceDefinition(statement, type, undefined));
    return;
  }
  const object = findObject(statement.name, database, frame.defaultSchema);
  if (object?.kind !== 'sequence' || !(object.state instanceof Sequence)) {
    throw objectNotFound(printName(statement.name), 1088);
  }
  const definition = sequenceDefinition(
    { ...statement, start: typeof statement.start === 'bigint' ? statement.start : object.definition.start },
    object.definition.type,
    object.definition,
  );
  const state = object.state.changed(object.name, definition);
  if (statement.start !== undefined)
    state.restart(statement.start === 'restart' ? object.definition.start : statement.start);
  database.catalog.replace(transaction, object, { ...object, definition, state, modifiedAt: Date.now() });
}
