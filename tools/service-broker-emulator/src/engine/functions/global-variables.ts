import { bytesOf } from '../types/convert-to-binary.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { BIGINT, INT, numericType, SYSNAME, withLength } from '../types/type-info.ts';
import type { FunctionContext } from './function-context.ts';

/** A `@@` name: a function without parentheses. */
export interface GlobalVariable {
  readonly type: SqlType;
  readonly evaluate: (context: FunctionContext) => SqlValue;
}

const smallintType: SqlType = { name: 'smallint' };
const tinyintType: SqlType = { name: 'tinyint' };

/** By name in upper case, with both signs. */
const variables = new Map<string, GlobalVariable>([
  ['@@ROWCOUNT', { type: INT, evaluate: (context) => Number(context.rowCount) }],
  ['@@ERROR', { type: INT, evaluate: (context) => context.lastErrorNumber }],
  ['@@TRANCOUNT', { type: INT, evaluate: (context) => context.transactionCount }],
  ['@@SPID', { type: smallintType, evaluate: (context) => context.sessionId }],
  [
    '@@IDENTITY',
    {
      type: numericType(38, 0),
      evaluate: (context) => (context.lastIdentity === null ? null : { unscaled: context.lastIdentity, scale: 0 }),
    },
  ],
  ['@@SERVERNAME', { type: SYSNAME, evaluate: (context) => context.serverName }],
  ['@@SERVICENAME', { type: SYSNAME, evaluate: () => 'MSSQLSERVER' }],
  ['@@VERSION', { type: withLength('nvarchar', 300), evaluate: (context) => context.versionText }],
  ['@@MICROSOFTVERSION', { type: INT, evaluate: () => 0x10000000 }],
  ['@@PROCID', { type: INT, evaluate: (context) => context.moduleId }],
  ['@@NESTLEVEL', { type: INT, evaluate: (context) => context.nestLevel }],
  ['@@FETCH_STATUS', { type: INT, evaluate: (context) => context.fetchStatus }],
  ['@@CURSOR_ROWS', { type: INT, evaluate: (context) => context.cursorRows }],
  ['@@DATEFIRST', { type: tinyintType, evaluate: (context) => context.dateFirst }],
  ['@@LANGUAGE', { type: SYSNAME, evaluate: (context) => context.dates.language.name }],
  ['@@LANGID', { type: smallintType, evaluate: (context) => context.dates.language.id }],
  ['@@LOCK_TIMEOUT', { type: INT, evaluate: (context) => context.lockTimeoutMs }],
  ['@@MAX_PRECISION', { type: tinyintType, evaluate: () => 38 }],
  ['@@MAX_CONNECTIONS', { type: INT, evaluate: () => 32_767 }],
  ['@@OPTIONS', { type: INT, evaluate: (context) => context.setOptionBits }],
  ['@@TEXTSIZE', { type: INT, evaluate: (context) => context.textSize }],
  [
    '@@DBTS',
    { type: { name: 'varbinary', length: 8 }, evaluate: (context) => bytesOf(context.lastRowVersion, BIGINT) },
  ],
]);

/** @param name with both signs, in any case */
export function findGlobalVariable(name: string): GlobalVariable | undefined {
  return variables.get(name.toUpperCase());
}
