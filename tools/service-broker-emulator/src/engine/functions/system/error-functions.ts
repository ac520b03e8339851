import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { intType, sysnameType, withLength } from '../../types/type-info.ts';
import { defineFunction } from '../define-function.ts';
import type { CaughtError } from '../function-context.ts';
import type { ScalarFunction } from '../scalar-function.ts';

function errorFact(name: string, type: SqlType, read: (error: CaughtError) => SqlValue): ScalarFunction {
  return defineFunction(name, {
    arguments: 0,
    deterministic: false,
    type,
    evaluate: (_args, _types, context) => (context.caughtError === undefined ? null : read(context.caughtError)),
  });
}

/** The error that a CATCH block handles; NULL outside of one. */
export const errorFunctions: readonly ScalarFunction[] = [
  errorFact('ERROR_NUMBER', intType, (error) => error.number),
  errorFact('ERROR_SEVERITY', intType, (error) => error.severity),
  errorFact('ERROR_STATE', intType, (error) => error.state),
  errorFact('ERROR_LINE', intType, (error) => error.line),
  errorFact('ERROR_PROCEDURE', sysnameType, (error) => error.procedure),
  errorFact('ERROR_MESSAGE', withLength('nvarchar', 4000), (error) => error.message),
];
