import type { Expression, Predicate } from './expressions.ts';
import type { IndexColumn, InlineIndex } from './indexes.ts';
import type { Located, ObjectName, TypeReference } from './nodes.ts';

export type ReferentialAction = 'noAction' | 'cascade' | 'setNull' | 'setDefault';

/** A table or column constraint; `columns` is filled for column constraints too. */
export type ConstraintDefinition = Located & { readonly name?: string } & (
    | { readonly kind: 'primaryKey' | 'unique'; readonly columns: readonly IndexColumn[]; readonly clustered?: boolean }
    | {
        readonly kind: 'check';
        readonly condition: Predicate /** The condition's source text. */;
        readonly text: string;
        /** The column that it is written at. */
        readonly column?: string;
      }
    | {
        readonly kind: 'default';
        readonly column: string;
        readonly value: Expression;
        readonly text: string;
        /** WITH VALUES: rows that are there already take the default where the new column takes NULL, too. */
        readonly withValues?: boolean;
      }
    | {
        readonly kind: 'foreignKey';
        readonly columns: readonly string[];
        readonly references: ObjectName;
        readonly referencedColumns: readonly string[];
        readonly onDelete: ReferentialAction;
        readonly onUpdate: ReferentialAction;
      }
  );

export interface ColumnDefinition extends Located {
  readonly name: string;
  /** Absent for a computed column. */
  readonly type?: TypeReference;
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly computed?: { readonly expression: Expression; readonly text: string; readonly persisted: boolean };
  readonly collation?: string;
  readonly rowGuid: boolean;
}

/** What stands between the parentheses of CREATE TABLE, DECLARE @t TABLE and CREATE TYPE ... AS TABLE. */
export interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly indexes: readonly InlineIndex[];
}

export interface CreateTableStatement extends Located {
  readonly kind: 'createTable';
  readonly name: ObjectName;
  readonly table: TableBody;
}

export interface AlterTableStatement extends Located {
  readonly kind: 'alterTable';
  readonly name: ObjectName;
  readonly change:
    | { readonly kind: 'add'; readonly table: TableBody; readonly withCheck: boolean }
    | { readonly kind: 'alterColumn'; readonly column: ColumnDefinition }
    | { readonly kind: 'dropColumns'; readonly names: readonly string[]; readonly ifExists: boolean }
    | { readonly kind: 'dropConstraints'; readonly names: readonly string[]; readonly ifExists: boolean }
    | {
        readonly kind: 'checkConstraints';
        readonly enabled: boolean /** Empty = ALL. */;
        readonly names: readonly string[];
        /** WITH CHECK: rows that are there already must meet them. */
        readonly withCheck: boolean;
      };
}
