import { nameKey } from '../../catalog/name-key.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import type { CallArgument, CallResult } from '../procedure-call.ts';
import { applicationLockProcedures } from './application-lock-procedures.ts';
import { describeProcedures } from './describe-procedures.ts';
import { extendedPropertyProcedures } from './extended-property-procedures.ts';
import { preparedStatementProcedures } from './prepared-statements.ts';
import { sessionProcedures } from './session-procedures.ts';

import { sqlProcedures } from './sql-procedures.ts';
import { tableProcedures } from './table-procedures.ts';

/** A procedure that the server brings along. */
export interface SystemProcedure {
  readonly name: string;
  /** @param outer the calling module; `undefined` for a call from the wire */
  call(
    run: Interpreter,
    values: readonly CallArgument[],
    outer: ModuleFrame | undefined,
  ): Promise<CallResult> | CallResult;
}

let index: Map<string, SystemProcedure> | undefined;

export function findSystemProcedure(name: string): SystemProcedure | undefined {
  index ??= new Map(
    [
      ...preparedStatementProcedures,
      ...sessionProcedures,
      ...applicationLockProcedures,
      ...describeProcedures,
      ...tableProcedures,
      ...extendedPropertyProcedures,
      ...sqlProcedures,
    ].map((procedure) => [nameKey(procedure.name), procedure]),
  );
  return index.get(nameKey(name));
}
