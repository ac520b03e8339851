import type { Expression, FunctionCall, Predicate } from './expressions.ts';
import type { Located, ObjectName, TypeReference } from './nodes.ts';

export interface OrderByItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=';

export type SelectItem =
  | (Located & { readonly kind: 'expression'; readonly expression: Expression; readonly alias?: string })
  | (Located & { readonly kind: 'star' /** `t` in `t.*`, schema first. */; readonly qualifier: readonly string[] })
  | (Located & {
      readonly kind: 'assignment';
      readonly variable: string;
      readonly operator: AssignmentOperator;
      readonly expression: Expression;
    });

/** A column of an OPENJSON ... WITH clause. */
export interface OpenJsonColumn {
  readonly name: string;
  readonly type: TypeReference;
  readonly path?: string;
  readonly asJson: boolean;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'crossApply' | 'outerApply';

export type TableSource =
  /** Table, view, queue, system view, temp table, CTE, `inserted`/`deleted`. Hints are upper-case words, e.g. NOLOCK. */
  | (Located & {
      readonly kind: 'table';
      readonly name: ObjectName;
      readonly alias?: string;
      readonly hints: readonly string[];
    })
  | (Located & { readonly kind: 'tableVariable'; readonly name: string; readonly alias?: string })
  | (Located & {
      readonly kind: 'derived';
      readonly query: SelectStatement;
      readonly alias: string;
      readonly columns?: readonly string[];
    })
  | (Located & {
      readonly kind: 'values';
      readonly rows: readonly (readonly Expression[])[];
      readonly alias: string;
      readonly columns: readonly string[];
    })
  | (Located & {
      readonly kind: 'function';
      readonly name: ObjectName;
      readonly arguments: readonly Expression[];
      readonly alias?: string;
      readonly columns?: readonly string[];
    })
  | (Located & {
      readonly kind: 'openjson';
      readonly json: Expression;
      readonly path?: Expression;
      readonly with?: readonly OpenJsonColumn[];
      readonly alias?: string;
    })
  /** `x.nodes('...') AS t(c)`. */
  | (Located & {
      readonly kind: 'nodes';
      readonly target: Expression;
      readonly path: string;
      readonly alias: string;
      readonly column: string;
    })
  /** `source PIVOT (aggregate FOR column IN (values)) AS alias`. */
  | (Located & {
      readonly kind: 'pivot';
      readonly source: TableSource;
      readonly aggregate: FunctionCall;
      readonly column: readonly string[];
      readonly values: readonly string[];
      readonly alias: string;
    })
  /** `source UNPIVOT (value FOR name IN (columns)) AS alias`. */
  | (Located & {
      readonly kind: 'unpivot';
      readonly source: TableSource;
      /** Column of the values. */
      readonly value: string;
      /** Column of the names of the columns that they come from. */
      readonly name: string;
      readonly columns: readonly (readonly string[])[];
      readonly alias: string;
    })
  | (Located & {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly left: TableSource;
      readonly right: TableSource;
      readonly on?: Predicate;
    });

export interface TopClause {
  readonly count: Expression;
  readonly percent: boolean;
  readonly withTies: boolean;
}

export interface QuerySpecification extends Located {
  readonly kind: 'specification';
  readonly distinct: boolean;
  readonly top?: TopClause;
  readonly items: readonly SelectItem[];
  readonly into?: ObjectName;
  /** Comma-separated sources; empty = no FROM. */
  readonly from: readonly TableSource[];
  readonly where?: Predicate;
  /** Expressions of all groupings; none for `GROUP BY ()`. */
  readonly groupBy?: readonly Expression[];
  /** GROUPING SETS, ROLLUP and CUBE: for each grouping the places of its expressions in `groupBy`. Absent = one of all of them. */
  readonly groupingSets?: readonly (readonly number[])[];
  readonly having?: Predicate;
}

export interface SetOperation extends Located {
  readonly kind: 'set';
  readonly operator: 'union' | 'unionAll' | 'except' | 'intersect';
  readonly left: QueryExpression;
  readonly right: QueryExpression;
}

export type QueryExpression = QuerySpecification | SetOperation;

export interface CommonTableExpression {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: SelectStatement;
}

export type ForClause =
  | {
      readonly kind: 'json';
      readonly mode: 'auto' | 'path';
      readonly root?: string;
      readonly includeNulls: boolean;
      readonly withoutArrayWrapper: boolean;
    }
  | {
      readonly kind: 'xml';
      readonly mode: 'raw' | 'auto' | 'path';
      /** Element name of RAW('x') or PATH('x'); '' for PATH(''). */
      readonly element?: string;
      readonly root?: string;
      readonly type: boolean;
      readonly elements: boolean;
      readonly binaryBase64: boolean;
    };

/** A whole SELECT: also what subqueries, derived tables, CTEs, views and INSERT ... SELECT hold. */
export interface SelectStatement extends Located {
  readonly kind: 'select';
  readonly with: readonly CommonTableExpression[];
  readonly query: QueryExpression;
  readonly orderBy: readonly OrderByItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
  readonly for?: ForClause;
  /** OPTION (...) hints as written, upper case. */
  readonly options: readonly string[];
}
