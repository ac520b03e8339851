import type { Located, ObjectName } from './nodes.ts';

/** ALTER INDEX: work on how an index is stored, not on what it means. */
export interface AlterIndexStatement extends Located {
  readonly kind: 'alterIndex';
  /** Absent for ALL. */
  readonly index?: string;
  readonly table: ObjectName;
  readonly work: 'rebuild' | 'reorganize' | 'set';
}

export interface UpdateStatisticsStatement extends Located {
  readonly kind: 'updateStatistics';
  /** A table or view. */
  readonly table: ObjectName;
  /** Names of indexes and statistics; none = all. */
  readonly statistics: readonly string[];
}

export interface CheckpointStatement extends Located {
  readonly kind: 'checkpoint';
}

export type MaintenanceStatement = AlterIndexStatement | UpdateStatisticsStatement | CheckpointStatement;
