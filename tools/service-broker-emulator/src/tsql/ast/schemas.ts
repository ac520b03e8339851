import type { Located } from './nodes.ts';

export interface CreateSchemaStatement extends Located {
  readonly kind: 'createSchema';
  readonly name: string;
  readonly owner?: string;
}
