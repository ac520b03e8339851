import type { ResultSink } from '../session-contract.ts';

/** A sink for work without a client: activated procedures. Results are dropped; messages go to the listeners. */
export function silentSink(listeners: Pick<ResultSink, 'error' | 'info'>): ResultSink {
  return {
    columns: () => undefined,
    row: () => undefined,
    statementDone: () => undefined,
    statementDoneInProcedure: () => undefined,
    procedureDone: () => undefined,
    returnValue: () => undefined,
    error: listeners.error,
    info: listeners.info,
    environment: () => undefined,
    drained: () => undefined,
  };
}
