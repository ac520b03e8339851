/** Every state of a `ReceiveLoop`; its documentation has the table of what they mean. */
export const receiveLoopStates = [
  'created',
  'receiving',
  'interrupted',
  'trial',
  'draining',
  'stopped',
  'failed',
] as const;

/** One of {@link receiveLoopStates}. */
export type ReceiveLoopState = (typeof receiveLoopStates)[number];

/** The states that may follow each state of a receive loop. */
export const receiveLoopExits: Readonly<Record<ReceiveLoopState, readonly ReceiveLoopState[]>> = {
  created: ['receiving'],
  receiving: ['interrupted', 'draining'],
  interrupted: ['trial', 'draining'],
  trial: ['receiving', 'interrupted', 'draining'],
  draining: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};
