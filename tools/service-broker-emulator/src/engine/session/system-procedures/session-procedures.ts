import { argumentAt, done, integerAt, requiredText } from './call-arguments.ts';
import { readOnlyKey } from './errors.ts';
import type { SystemProcedure } from './system-procedure.ts';

/** Longest key of the session context. Source: sp_set_session_context. */
const maximumKeyLength = 128;

export const sessionProcedures: readonly SystemProcedure[] = [
  {
    name: 'sp_set_session_context',
    call(run, values) {
      const key = requiredText(values, 0, '@key', 'sp_set_session_context').slice(0, maximumKeyLength);
      const argument = argumentAt(values, 1, '@value');
      const readOnly = integerAt(values, 2, '@read_only') === 1;
      const known = run.session.sessionContext.get(key.toLowerCase());
      if (known?.readOnly === true) {
        throw readOnlyKey(key);
      }
      if (argument === undefined || argument.value === null) run.session.sessionContext.delete(key.toLowerCase());
      else run.session.sessionContext.set(key.toLowerCase(), { type: argument.type, value: argument.value, readOnly });
      return done;
    },
  },
  {
    name: 'sp_reset_connection',
    async call(run) {
      run.session.transactions.rollback(run.sink);
      run.session.tempTables.clear();
      return done;
    },
  },
];
