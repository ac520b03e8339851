import type { Expression } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';

interface DbccCommand extends Located {
  readonly kind: 'dbcc';
  /** WITH NO_INFOMSGS: without the messages that say nothing new. */
  readonly silent: boolean;
}

interface DbccUserOptions extends DbccCommand {
  readonly command: 'USEROPTIONS';
}

export interface DbccCheckIdentity extends DbccCommand {
  readonly command: 'CHECKIDENT';
  /** A name, or a text with one. */
  readonly table: ObjectName | string;
  /** Whether a current value that the column is ahead of is corrected. */
  readonly reseed: boolean;
  /** RESEED, value: the new current value. */
  readonly value?: Expression;
}

export type DbccStatement = DbccUserOptions | DbccCheckIdentity;
