import type { TableSource } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';

export function compileOpenJson(source: Extract<TableSource, { kind: 'openjson' }>, _scope: Scope): Rows {
  throw unsupported('OPENJSON', source.line);
}
