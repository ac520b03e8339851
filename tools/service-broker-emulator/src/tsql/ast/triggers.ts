import type { Located, ObjectName } from './nodes.ts';

/** ENABLE TRIGGER and DISABLE TRIGGER, also as a form of ALTER TABLE. */
export interface TriggerStateStatement extends Located {
  readonly kind: 'triggerState';
  readonly enabled: boolean;
  /** Empty = ALL. */
  readonly names: readonly ObjectName[];
  readonly table: ObjectName;
}
