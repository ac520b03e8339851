import type { Located, ObjectName, TypeReference } from './nodes.ts';
import type { TableBody } from './tables.ts';

export interface CreateTypeStatement extends Located {
  readonly kind: 'createType';
  readonly name: ObjectName;
  readonly definition:
    | { readonly kind: 'table'; readonly table: TableBody }
    | { readonly kind: 'alias'; readonly type: TypeReference; readonly nullable: boolean };
}

export interface SequenceStatement extends Located {
  readonly kind: 'sequence';
  readonly mode: 'create' | 'alter';
  readonly name: ObjectName;
  readonly type?: TypeReference;
  /** START WITH, or RESTART [WITH] for ALTER. */
  readonly start?: bigint | 'restart';
  readonly increment?: bigint;
  readonly minimum?: bigint | 'none';
  readonly maximum?: bigint | 'none';
  readonly cycle?: boolean;
  readonly cache?: number | 'none' | 'default';
}
