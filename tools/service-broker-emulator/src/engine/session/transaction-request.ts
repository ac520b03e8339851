import type { ResultSink, TransactionRequest } from '../session-contract.ts';
import type { SessionCore } from './session-core.ts';
import type { SetOptions } from './set-options.ts';

/** Isolation levels by their number in the request; 0 leaves the level as it is. Source: MS-TDS, TM_BEGIN_XACT. */
const isolationLevels: readonly (SetOptions['isolation'] | undefined)[] = [
  undefined,
  'READ UNCOMMITTED',
  'READ COMMITTED',
  'REPEATABLE READ',
  'SERIALIZABLE',
  'SNAPSHOT',
];

function begin(session: SessionCore, isolation: number, name: string, sink: ResultSink): void {
  const level = isolationLevels[isolation];
  if (level !== undefined) session.options.isolation = level;
  session.transactions.begin(sink, name);
}

/**
 * Carries out a request of the client's transaction manager (TDS packet type 0x0E).
 *
 * @throws {SqlError} 3902, 3903 without a transaction, 3930 for a doomed one, 628 for a savepoint outside one
 */
export function runTransactionRequest(session: SessionCore, request: TransactionRequest, sink: ResultSink): void {
  const { transactions } = session;
  switch (request.kind) {
    case 'begin':
      begin(session, request.isolation, request.name, sink);
      sink.statementDone({ command: 'begin' });
      return;
    case 'save':
      transactions.save(request.name);
      sink.statementDone({ command: 'other' });
      return;
    case 'commit':
      // A client that commits and begins again in one request (ODBC without autocommit) may have nothing open.
      if (request.beginAgain === undefined || transactions.count > 0) transactions.commit(sink);
      break;
    case 'rollback': {
      const toSavepoint = request.name !== '' && transactions.explicit?.rollbackToSavepoint(request.name) === true;
      if (toSavepoint) {
        sink.statementDone({ command: 'rollback' });
        return;
      }
      transactions.rollback(sink);
      break;
    }
  }
  if (request.beginAgain !== undefined) begin(session, request.beginAgain.isolation, request.beginAgain.name, sink);
  sink.statementDone({ command: request.kind });
}
