import type { TableSource } from '../../tsql/ast/queries.ts';
import { xmlType } from '../types/type-info.ts';
import { compileXmlQuery, xmlNodes } from './evaluate-xml-method.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';
import { compileExternal, compileXmlTarget } from './xml-method.ts';

/** `x.nodes('query') AS t(c)`: a row per node. */
export function compileNodes(source: Extract<TableSource, { kind: 'nodes' }>, scope: Scope): Rows {
  const target = compileXmlTarget(source.target, source.line, scope);
  const query = compileXmlQuery(source.path, 'nodes');
  const external = compileExternal(source.path, scope, source.line);
  return {
    columns: [{ name: source.column, type: xmlType, nullable: true }],
    correlated: false,
    computed: true,
    estimate: 50,
    scan: (slot) => (frame, step) => {
      for (const node of xmlNodes(target.evaluate(frame), query, external(frame))) {
        frame.rows[slot] = [node];
        if (!step()) return false;
      }
      return true;
    },
  };
}
