import { SqlError } from '../../errors.ts';
import type { IndexColumn } from '../../tsql/ast/indexes.ts';
import type { ObjectName, TypeReference } from '../../tsql/ast/nodes.ts';
import type { ColumnDefinition, ConstraintDefinition, TableBody } from '../../tsql/ast/tables.ts';
import { unsupported } from '../../unsupported.ts';
import { collationOf } from '../types/collation.ts';
import { codePageOf } from '../types/collation-code-page.ts';
import { collationNotForText } from '../types/errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import { isCharacterType, isIntegerType, isPadded, isUnicodeType, typeFamily } from '../types/type-info.ts';
import {
  columnNotInTarget,
  columnWithoutType,
  constraintNotCreated,
  duplicateColumn,
  invalidDefaultColumn,
  invalidIdentityType,
  invalidReferencedTable,
  invalidReferencingColumn,
  keyAcrossDatabases,
  nullablePrimaryKey,
  rowGuidType,
  secondDefault,
  secondIdentity,
  secondPrimaryKey,
  secondRowGuid,
} from './errors.ts';
import { nameKey } from './name-key.ts';
import type {
  CheckDefinition,
  ForeignKeyDefinition,
  IndexDefinition,
  TableColumn,
  TableDefinition,
} from './table-definition.ts';

/** A scalar type that a name means. */
export interface ResolvedType {
  readonly type: SqlType;
  /** Whether columns of an alias type take NULL. */
  readonly nullable?: boolean;
  /** The alias type that was named. */
  readonly alias?: NonNullable<TableColumn['alias']>;
}

/** What building a table's shape needs from its surroundings. */
export interface TableBuildContext {
  /** @param position of the column, from 1: for the error */
  dataType(reference: TypeReference, position: number): ResolvedType;
  /** Constraints of rows are added without a look at the rows. @default false */
  readonly unchecked?: boolean;
  /** SET ANSI_PADDING is OFF. @default false */
  readonly withoutPadding?: boolean;
  /** Type of a computed column's expression over the columns already known. */
  computedType(text: string, columns: readonly TableColumn[]): { readonly type: SqlType; readonly nullable: boolean };
  /** Columns of the primary key of a referenced table, for REFERENCES without a column list. */
  primaryKeyOf(table: ObjectName): readonly string[] | undefined;
  defaultSchema: string;
  /** Schema of a table that is named without one: where such a table is, the default schema when there is none. */
  schemaOf(table: ObjectName): string;
  /** Name of the database that the table is in: a foreign key points at no other. */
  readonly database: string;
  /** Whether a column without NULL or NOT NULL takes NULL. @default true */
  readonly nullableByDefault?: boolean;
}

let systemNameCounter = 0;

/** A name such as `PK__Atom__3A81B327`: what SQL Server gives a constraint without one. */
function systemName(prefix: string, table: string, column?: string): string {
  systemNameCounter = (systemNameCounter + 1) >>> 0;
  const suffix = ((Date.now() ^ (systemNameCounter * 0x9e3779b1)) >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return [prefix, table.slice(0, 9), ...(column === undefined ? [] : [column.slice(0, 5)]), suffix].join('__');
}

function ordinalOf(columns: readonly TableColumn[], name: string): number {
  const ordinal = columns.findIndex((column) => nameKey(column.name) === nameKey(name));
  if (ordinal < 0) {
    throw columnNotInTarget(name);
  }
  return ordinal;
}

function indexColumns(columns: readonly TableColumn[], list: readonly IndexColumn[]): IndexDefinition['columns'] {
  return list.map((entry) => ({ ordinal: ordinalOf(columns, entry.name), descending: entry.descending }));
}

/** Columns of a constraint: 1750 follows what is wrong with them. */
function constraintColumns(draft: Draft, list: readonly IndexColumn[]): IndexDefinition['columns'] {
  try {
    return indexColumns(draft.columns, list);
  } catch (error) {
    if (error instanceof SqlError && error.number === 1911) throw constraintNotCreated(error);
    throw error;
  }
}

/** The mutable parts of a definition while it is put together. */
interface Draft {
  readonly schema: string;
  readonly name: string;
  readonly columns: TableColumn[];
  readonly indexes: IndexDefinition[];
  readonly checks: CheckDefinition[];
  readonly foreignKeys: ForeignKeyDefinition[];
}

function addColumn(
  draft: Draft,
  column: ColumnDefinition,
  context: TableBuildContext,
  notNull: ReadonlySet<string>,
): void {
  if (draft.columns.some((known) => nameKey(known.name) === nameKey(column.name))) {
    throw duplicateColumn(column.name, draft.name);
  }
  if (column.computed !== undefined) {
    const { type, nullable } = context.computedType(column.computed.text, draft.columns);
    const { text, persisted } = column.computed;
    draft.columns.push({
      name: column.name,
      type,
      nullable: nullable && column.nullable !== false,
      computed: { text, persisted },
    });
    return;
  }
  if (column.type === undefined) throw columnWithoutType(column.name);
  const resolved = context.dataType(column.type, draft.columns.length + 1);
  const type = column.collation === undefined ? resolved.type : collatedColumn(column, resolved.type);
  if (context.withoutPadding === true && isPadded(type)) {
    unsupported(`columns of ${type.name} made under SET ANSI_PADDING OFF`, column.line);
  }
  if (column.rowGuid) refuseRowGuid(draft, type);
  if (column.identity !== undefined) refuseIdentity(draft, column.name, type, column.nullable === true);
  const implied = column.identity !== undefined || type.name === 'rowversion' || notNull.has(nameKey(column.name));
  if (column.nullable === true && notNull.has(nameKey(column.name))) throw nullableKey(draft.name);
  const byDefault = context.nullableByDefault ?? true;
  const nullable = column.nullable ?? (implied ? false : (resolved.nullable ?? byDefault));
  draft.columns.push({
    name: column.name,
    type,
    nullable: nullable && !notNull.has(nameKey(column.name)),
    ...(resolved.alias === undefined ? {} : { alias: resolved.alias }),
    ...(column.identity === undefined ? {} : { identity: column.identity }),
    ...(column.rowGuid ? { rowGuid: true } : {}),
  });
}

/**
 * @throws {SqlError} 448 for a name that isn't a collation, 459 for one of Unicode types only, 4188 for text in UTF-8 or
 * UTF-16, 40000 for char and varchar in code pages 437 and 850
 */
function collatedColumn(column: ColumnDefinition, type: SqlType): SqlType {
  const { collation = '' } = column;
  if (/^(DATABASE|CATALOG)_DEFAULT$/i.test(collation)) return type;
  const name = collationOf(collation).name;
  if (isCharacterType(type) && !isUnicodeType(type)) codePageOf(name);
  if ((type.name === 'text' || type.name === 'ntext') && /_(SC|UTF8)$/i.test(name)) {
    throw collationNotForText(column.name, type, name);
  }
  return { ...type, collation };
}

/** @throws {SqlError} 2744 for a second identity column, 2749 for one of another type than whole numbers that aren't NULL */
function refuseIdentity(draft: Draft, name: string, type: SqlType, nullable: boolean): void {
  if (draft.columns.some((column) => column.identity !== undefined)) {
    throw secondIdentity(draft.name);
  }
  const whole =
    (isIntegerType(type) && type.name !== 'bit') || (typeFamily(type) === 'decimal' && (type.scale ?? 0) === 0);
  if (whole && !nullable) return;
  throw invalidIdentityType(name);
}

/** @throws {SqlError} 2761 for ROWGUIDCOL of another type, 8196 for a second one */
function refuseRowGuid(draft: Draft, type: SqlType): void {
  if (type.name !== 'uniqueidentifier') throw rowGuidType();
  if (draft.columns.some((column) => column.rowGuid === true)) throw secondRowGuid();
}

/** 1750 behind 8111. */
function nullableKey(table: string): SqlError {
  const before = nullablePrimaryKey(table);
  return constraintNotCreated(before);
}

function addConstraint(draft: Draft, constraint: ConstraintDefinition, context: TableBuildContext): void {
  const unnamed = constraint.name === undefined ? { systemNamed: true } : {};
  const untrusted = context.unchecked === true ? { untrusted: true } : {};
  switch (constraint.kind) {
    case 'primaryKey':
    case 'unique': {
      const primary = constraint.kind === 'primaryKey';
      if (primary && draft.indexes.some((index) => index.kind === 'primaryKey')) {
        throw secondPrimaryKey(draft.name);
      }
      const columns = constraintColumns(draft, constraint.columns);
      if (primary && columns.some(({ ordinal }) => draft.columns[ordinal]?.nullable === true)) {
        throw nullableKey(draft.name);
      }
      draft.indexes.push({
        name: constraint.name ?? systemName(primary ? 'PK' : 'UQ', draft.name),
        kind: primary ? 'primaryKey' : 'uniqueConstraint',
        clustered: constraint.clustered ?? primary,
        columns,
        include: [],
        ...unnamed,
      });
      return;
    }
    case 'check':
      draft.checks.push({
        name: constraint.name ?? systemName('CK', draft.name),
        text: constraint.text,
        enabled: true,
        ...(constraint.column === undefined ? {} : { column: constraint.column }),
        ...unnamed,
        ...untrusted,
      });
      return;
    case 'default': {
      const ordinal = draft.columns.findIndex(({ name }) => nameKey(name) === nameKey(constraint.column));
      const column = draft.columns[ordinal];
      if (column === undefined) throw constraintNotCreated(invalidDefaultColumn(constraint.column, draft.name));
      if (column.default !== undefined) {
        throw secondDefault();
      }
      draft.columns[ordinal] = {
        ...column,
        default: {
          name: constraint.name ?? systemName('DF', draft.name, column.name),
          text: constraint.text,
          ...unnamed,
        },
      };
      return;
    }
    case 'foreignKey': {
      const { server, database, schema = '', name } = constraint.references;
      if (server !== undefined || (database !== undefined && nameKey(database) !== nameKey(context.database))) {
        const written = [server, database, schema, name].filter((part) => part !== undefined).join('.');
        throw constraintNotCreated(keyAcrossDatabases(written));
      }
      const referencedColumns =
        constraint.referencedColumns.length > 0
          ? constraint.referencedColumns
          : context.primaryKeyOf(constraint.references);
      if (referencedColumns === undefined) {
        throw constraintNotCreated(
          invalidReferencedTable(
            constraint.name ?? '',
            constraint.references.schema ?? context.defaultSchema,
            constraint.references.name,
          ),
        );
      }
      const keyName = constraint.name ?? systemName('FK', draft.name);
      draft.foreignKeys.push({
        name: keyName,
        columns: constraint.columns.map((column) => {
          const ordinal = draft.columns.findIndex((known) => nameKey(known.name) === nameKey(column));
          if (ordinal < 0) throw constraintNotCreated(invalidReferencingColumn(keyName, column, draft.name));
          return ordinal;
        }),
        referencedSchema: constraint.references.schema ?? context.schemaOf(constraint.references),
        referencedTable: constraint.references.name,
        referencedColumns,
        onDelete: constraint.onDelete,
        onUpdate: constraint.onUpdate,
        enabled: true,
        ...unnamed,
        ...untrusted,
      });
    }
  }
}

/**
 * Adds columns, constraints and indexes to a table's shape: all of them for CREATE TABLE, those of ALTER TABLE ADD.
 *
 * @throws {SqlError} 2705, 1779, 1781, 1911, 1767 for shapes that SQL Server refuses
 */
export function extendTableDefinition(
  base: TableDefinition,
  body: TableBody,
  context: TableBuildContext,
): TableDefinition {
  const draft: Draft = {
    schema: base.schema,
    name: base.name,
    columns: [...base.columns],
    indexes: [...base.indexes],
    checks: [...base.checks],
    foreignKeys: [...base.foreignKeys],
  };
  const keyColumns = body.constraints.flatMap((constraint) =>
    constraint.kind === 'primaryKey' ? constraint.columns.map((column) => nameKey(column.name)) : [],
  );
  const notNull = new Set(keyColumns);
  for (const column of body.columns) addColumn(draft, column, context, notNull);
  for (const constraint of body.constraints) addConstraint(draft, constraint, context);
  for (const index of body.indexes) {
    draft.indexes.push({
      name: index.name,
      kind: index.unique ? 'uniqueIndex' : 'index',
      clustered: index.clustered,
      columns: indexColumns(draft.columns, index.columns),
      include: index.include.map((name) => ordinalOf(draft.columns, name)),
      ...(index.whereText === undefined ? {} : { filter: index.whereText }),
    });
  }
  return draft;
}

/** The shape that CREATE TABLE, DECLARE @t TABLE or CREATE TYPE ... AS TABLE describes. */
export function buildTableDefinition(
  schema: string,
  name: string,
  body: TableBody,
  context: TableBuildContext,
): TableDefinition {
  return extendTableDefinition({ schema, name, columns: [], indexes: [], checks: [], foreignKeys: [] }, body, context);
}
