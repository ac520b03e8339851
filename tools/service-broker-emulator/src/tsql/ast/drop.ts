import type { Located, ObjectName } from './nodes.ts';

export type DroppableKind =
  | 'TABLE'
  | 'VIEW'
  | 'PROCEDURE'
  | 'FUNCTION'
  | 'TRIGGER'
  | 'TYPE'
  | 'SEQUENCE'
  | 'SCHEMA'
  | 'DATABASE'
  | 'USER'
  | 'ROLE'
  | 'LOGIN'
  | 'SYNONYM'
  | 'MESSAGE TYPE'
  | 'CONTRACT'
  | 'QUEUE'
  | 'SERVICE'
  | 'ROUTE'
  | 'BROKER PRIORITY';

export interface DropStatement extends Located {
  readonly kind: 'drop';
  readonly object: DroppableKind;
  readonly names: readonly ObjectName[];
  readonly ifExists: boolean;
}
