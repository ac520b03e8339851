import type { Located } from './nodes.ts';

export interface CreateDatabaseStatement extends Located {
  readonly kind: 'createDatabase';
  readonly name: string;
  readonly collation?: string;
}

/** `ALTER DATABASE x SET option [value] [WITH termination]`. */
export interface AlterDatabaseStatement extends Located {
  readonly kind: 'alterDatabase';
  /** Absent = CURRENT. */
  readonly name?: string;
  /** Upper case, e.g. ENABLE_BROKER, READ_COMMITTED_SNAPSHOT. */
  readonly option: string;
  readonly value?: string;
  readonly termination?: 'rollbackImmediate' | 'noWait' | 'rollbackAfter';
  /** Of ROLLBACK AFTER n. */
  readonly seconds?: number;
}
