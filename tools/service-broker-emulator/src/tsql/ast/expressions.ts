import type { Located, ObjectName, TypeReference } from './nodes.ts';
import type { OrderByItem, SelectStatement } from './queries.ts';

/** A literal. Numbers keep their source text: the engine decides int, bigint or numeric from it. */
export type Literal = Located & { readonly kind: 'literal' } & (
    | { readonly type: 'null' }
    | { readonly type: 'integer' | 'decimal' | 'float' | 'money'; readonly text: string }
    | { readonly type: 'string'; readonly value: string; readonly unicode: boolean }
    | { readonly type: 'binary'; readonly value: Uint8Array }
  );

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** One edge of a window frame. */
export interface FrameBound {
  readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' | 'preceding' | 'following';
  readonly offset?: Expression;
}

export interface WindowSpecification {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderByItem[];
  readonly frame?: { readonly unit: 'rows' | 'range'; readonly start: FrameBound; readonly end: FrameBound };
}

/** A call by name: built-in scalar, aggregate, window or user-defined function; COALESCE and NULLIF come this way too. */
export interface FunctionCall extends Located {
  readonly kind: 'function';
  readonly name: ObjectName;
  readonly arguments: readonly Expression[];
  /** COUNT(*) and the like. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly over?: WindowSpecification;
  readonly withinGroup?: readonly OrderByItem[];
}

/** A scalar (non-boolean) expression. */
export type Expression =
  | Literal
  | FunctionCall
  | (Located & { readonly kind: 'variable' /** With its `@`. */; readonly name: string })
  | (Located & { readonly kind: 'globalVariable' /** With its `@@`. */; readonly name: string })
  | (Located & {
      readonly kind: 'column' /** Qualifiers first, the column name last. */;
      readonly parts: readonly string[];
    })
  | (Located & { readonly kind: 'unary'; readonly operator: '-' | '+' | '~'; readonly operand: Expression })
  | (Located & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Located & { readonly kind: 'collate'; readonly operand: Expression; readonly collation: string })
  | (Located & { readonly kind: 'atTimeZone'; readonly operand: Expression; readonly zone: Expression })
  | (Located & {
      readonly kind: 'cast';
      readonly operand: Expression;
      readonly type: TypeReference /** TRY_CAST */;
      readonly tolerant: boolean;
    })
  | (Located & {
      readonly kind: 'convert';
      readonly operand: Expression;
      readonly type: TypeReference;
      readonly style?: Expression;
      /** TRY_CONVERT */
      readonly tolerant: boolean;
    })
  | (Located & {
      readonly kind: 'case';
      /** Present in the simple form, whose branches compare it with `when`. */
      readonly operand?: Expression;
      readonly branches: readonly { readonly when: Expression | Predicate; readonly then: Expression }[];
      readonly otherwise?: Expression;
    })
  | (Located & {
      readonly kind: 'iif';
      readonly condition: Predicate;
      readonly then: Expression;
      readonly otherwise: Expression;
    })
  | (Located & { readonly kind: 'subquery'; readonly query: SelectStatement })
  | (Located & {
      readonly kind: 'method';
      readonly target: Expression;
      readonly method: string;
      readonly arguments: readonly Expression[];
      /** WITH XMLNAMESPACES of the statement, as declarations of XQuery. */
      readonly namespaces?: string;
    })
  | (Located & { readonly kind: 'nextValueFor'; readonly sequence: ObjectName; readonly over?: readonly OrderByItem[] })
  /** DEFAULT as a value in VALUES, SET and EXEC arguments. */
  | (Located & { readonly kind: 'default' });

/** A search condition. Three-valued; kept apart from {@link Expression} as T-SQL has no boolean values. */
export type Predicate =
  | (Located & { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate })
  | (Located & { readonly kind: 'not'; readonly operand: Predicate })
  | (Located & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Located & {
      readonly kind: 'quantified';
      readonly operator: ComparisonOperator;
      readonly quantifier: 'all' | 'any';
      readonly operand: Expression;
      readonly query: SelectStatement;
    })
  | (Located & {
      readonly kind: 'distinctFrom';
      readonly left: Expression;
      readonly right: Expression;
      readonly negated: boolean;
    })
  | (Located & { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean })
  | (Located & {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    })
  | (Located & {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    })
  | (Located & {
      readonly kind: 'inQuery';
      readonly operand: Expression;
      readonly query: SelectStatement;
      readonly negated: boolean;
    })
  | (Located & {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly negated: boolean;
    })
  | (Located & { readonly kind: 'exists'; readonly query: SelectStatement })
  /** `UPDATE(column)` in a trigger. */
  | (Located & { readonly kind: 'updated'; readonly column: string });
