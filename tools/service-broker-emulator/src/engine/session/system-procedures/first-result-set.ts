import { parseParameterDeclarations } from '../../../tsql/parse.ts';
import { compileSelect } from '../../query/compile-statement.ts';
import type { ResultColumn } from '../../session-contract.ts';
import { ModuleFrame } from '../module-frame.ts';
import { declarationsOf } from '../procedure-call.ts';
import type { SessionCore } from '../session-core.ts';

/**
 * The columns that the first SELECT of a batch answers with; none when it has none. Nothing is run.
 *
 * @param parameters declarations as sp_executesql takes them
 * @throws {SqlError} when the batch doesn't compile
 */
export function firstResultSet(session: SessionCore, text: string, parameters: string): readonly ResultColumn[] {
  const batch = session.parse(text, parameters);
  const declarations = declarationsOf(
    session,
    parameters.trim() === '' ? [] : parseParameterDeclarations(parameters),
    batch.statements,
    session.defaultSchema,
  );
  const frame = new ModuleFrame({ procedure: '', moduleId: 0, declarations, defaultSchema: session.defaultSchema });
  const select = batch.statements.find((statement) => statement.kind === 'select');
  return select === undefined ? [] : compileSelect(select, session.environment(frame)).columns;
}
