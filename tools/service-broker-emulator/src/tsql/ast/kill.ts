import type { Located } from './nodes.ts';

export interface KillStatement extends Located {
  readonly kind: 'kill';
  readonly session: number;
  readonly statusOnly: boolean;
}
