import type { Located, ObjectName } from './nodes.ts';

export interface CreateSchemaStatement extends Located {
  readonly kind: 'createSchema';
  readonly name: string;
  readonly owner?: string;
}

/** `ALTER SCHEMA schema TRANSFER [OBJECT::]name`. */
export interface TransferStatement extends Located {
  readonly kind: 'transfer';
  readonly schema: string;
  readonly name: ObjectName;
}
