import { SqlError } from '../../errors.ts';
import { unsupported } from '../../unsupported.ts';

/** 4508, for a view that reads `#name`. */
export function viewOnTempTable(): SqlError {
  return new SqlError(
    "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.",
    { number: 4508 },
  );
}

/** 2772, for a function that reads `#name`. */
export function tempTableInFunction(): SqlError {
  return new SqlError('Cannot access temporary tables from within a function.', { number: 2772 });
}

/** For `CREATE VIEW #name` and the like: only procedures may be temporary. */
export function temporaryModule(kind: 'createView' | 'createFunction' | 'createTrigger', name: string): SqlError {
  if (kind === 'createView') {
    return new SqlError(`'${name}': Temporary views are not allowed.`, { number: 4103, severity: 15 });
  }
  if (kind === 'createFunction') {
    return new SqlError('Creation of temporary functions is not allowed.', { number: 1074, severity: 15 });
  }
  return unsupported(`a trigger named ${name}`);
}
