import type { TableSource } from '../../tsql/ast/queries.ts';
import { unsupported } from '../../unsupported.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';

export function compileNodes(source: Extract<TableSource, { kind: 'nodes' }>, _scope: Scope): Rows {
  throw unsupported('the xml method nodes()', source.line);
}
