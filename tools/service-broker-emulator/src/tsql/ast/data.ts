import type { ExecuteStatement } from './execute.ts';
import type { Expression, Predicate } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';
import type {
  AssignmentOperator,
  CommonTableExpression,
  SelectItem,
  SelectStatement,
  TableSource,
  TopClause,
} from './queries.ts';

/** What a DML statement changes: a table (or view, alias from FROM, CTE) or a table variable. */
export type DataTarget =
  | (Located & { readonly kind: 'table'; readonly name: ObjectName; readonly hints: readonly string[] })
  | (Located & { readonly kind: 'tableVariable'; readonly name: string });

export interface OutputClause {
  readonly items: readonly SelectItem[];
  readonly into?: { readonly target: DataTarget; readonly columns?: readonly string[] };
}

export interface InsertStatement extends Located {
  readonly kind: 'insert';
  readonly with: readonly CommonTableExpression[];
  /** OPTION (...) hints as written, upper case. */
  readonly options: readonly string[];
  readonly top?: TopClause;
  readonly target: DataTarget;
  readonly columns?: readonly string[];
  readonly output: readonly OutputClause[];
  readonly source:
    | { readonly kind: 'values'; readonly rows: readonly (readonly Expression[])[] }
    | { readonly kind: 'select'; readonly query: SelectStatement }
    | { readonly kind: 'execute'; readonly execute: ExecuteStatement }
    | { readonly kind: 'defaultValues' };
}

/** `SET column = ...`, `SET @v = ...` or `SET @v = column = ...`. */
export interface SetItem extends Located {
  readonly variable?: string;
  readonly column?: readonly string[];
  readonly operator: AssignmentOperator;
  readonly value: Expression;
}

export interface UpdateStatement extends Located {
  readonly kind: 'update';
  readonly with: readonly CommonTableExpression[];
  /** OPTION (...) hints as written, upper case. */
  readonly options: readonly string[];
  readonly top?: TopClause;
  readonly target: DataTarget;
  readonly set: readonly SetItem[];
  readonly output: readonly OutputClause[];
  readonly from: readonly TableSource[];
  readonly where?: Predicate;
  /** WHERE CURRENT OF cursor. */
  readonly currentOf?: string;
}

export interface DeleteStatement extends Located {
  readonly kind: 'delete';
  readonly with: readonly CommonTableExpression[];
  /** OPTION (...) hints as written, upper case. */
  readonly options: readonly string[];
  readonly top?: TopClause;
  readonly target: DataTarget;
  readonly output: readonly OutputClause[];
  readonly from: readonly TableSource[];
  readonly where?: Predicate;
  readonly currentOf?: string;
}

export interface MergeBranch extends Located {
  readonly when: 'matched' | 'notMatchedByTarget' | 'notMatchedBySource';
  readonly and?: Predicate;
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly SetItem[] }
    | { readonly kind: 'delete' }
    | {
        readonly kind: 'insert';
        readonly columns?: readonly string[] /** Absent = DEFAULT VALUES. */;
        readonly values?: readonly Expression[];
      };
}

export interface MergeStatement extends Located {
  readonly kind: 'merge';
  readonly with: readonly CommonTableExpression[];
  /** OPTION (...) hints as written, upper case. */
  readonly options: readonly string[];
  readonly top?: TopClause;
  readonly target: DataTarget;
  readonly alias?: string;
  readonly source: TableSource;
  readonly on: Predicate;
  readonly branches: readonly MergeBranch[];
  readonly output: readonly OutputClause[];
}

export interface TruncateStatement extends Located {
  readonly kind: 'truncate';
  readonly table: ObjectName;
}

export type DataStatement = InsertStatement | UpdateStatement | DeleteStatement | MergeStatement | TruncateStatement;
