import type { Predicate } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export interface InlineIndex extends Located {
  readonly name: string;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly where?: Predicate;
  /** The filter's source text. */
  readonly whereText?: string;
}

export interface CreateIndexStatement extends Located {
  readonly kind: 'createIndex';
  readonly index: InlineIndex;
  readonly table: ObjectName;
}

export interface DropIndexStatement extends Located {
  readonly kind: 'dropIndex';
  readonly indexes: readonly { readonly name: string; readonly table: ObjectName }[];
  readonly ifExists: boolean;
}
