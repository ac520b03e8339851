import { bytesOf } from '../types/convert-to-binary.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { bigintType, intType, numericType, sysnameType, withLength } from '../types/type-info.ts';
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
  ['@@ROWCOUNT', { type: intType, evaluate: (context) => Number(context.rowCount) }],
  ['@@ERROR', { type: intType, evaluate: (context) => context.lastErrorNumber }],
  ['@@TRANCOUNT', { type: intType, evaluate: (context) => context.transactionCount }],
  ['@@SPID', { type: smallintType, evaluate: (context) => context.sessionId }],
  [
    '@@IDENTITY',
    {
      type: numericType(38, 0),
      evaluate: (context) => (context.lastIdentity === null ? null : { unscaled: context.lastIdentity, scale: 0 }),
    },
  ],
  ['@@SERVERNAME', { type: sysnameType, evaluate: (context) => context.serverName }],
  ['@@SERVICENAME', { type: sysnameType, evaluate: () => 'MSSQLSERVER' }],
  ['@@VERSION', { type: withLength('nvarchar', 300), evaluate: (context) => context.versionText }],
  ['@@MICROSOFTVERSION', { type: intType, evaluate: () => 0x10000000 }],
  ['@@PROCID', { type: intType, evaluate: (context) => context.moduleId }],
  ['@@NESTLEVEL', { type: intType, evaluate: (context) => context.nestLevel }],
  ['@@FETCH_STATUS', { type: intType, evaluate: (context) => context.fetchStatus }],
  ['@@CURSOR_ROWS', { type: intType, evaluate: (context) => context.cursorRows }],
  ['@@DATEFIRST', { type: tinyintType, evaluate: (context) => context.dateFirst }],
  ['@@LANGUAGE', { type: sysnameType, evaluate: (context) => context.dates.language.name }],
  ['@@LANGID', { type: smallintType, evaluate: (context) => context.dates.language.id }],
  ['@@LOCK_TIMEOUT', { type: intType, evaluate: (context) => context.lockTimeoutMs }],
  ['@@MAX_PRECISION', { type: tinyintType, evaluate: () => 38 }],
  ['@@MAX_CONNECTIONS', { type: intType, evaluate: () => 32_767 }],
  ['@@OPTIONS', { type: intType, evaluate: (context) => context.setOptionBits }],
  ['@@TEXTSIZE', { type: intType, evaluate: (context) => context.textSize }],
  [
    '@@DBTS',
    { type: { name: 'varbinary', length: 8 }, evaluate: (context) => bytesOf(context.lastRowVersion, bigintType) },
  ],
]);

/** @param name with both signs, in any case */
export function findGlobalVariable(name: string): GlobalVariable | undefined {
  return variables.get(name.toUpperCase());
}
