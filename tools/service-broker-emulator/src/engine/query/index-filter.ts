import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { parsePredicate } from '../../tsql/parse.ts';
import { unsupported } from '../../unsupported.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import type { RowFilter } from '../storage/index-keys.ts';
import { detachedFrame } from './detached-frame.ts';
import type { QueryEnvironment } from './environment.ts';
import { compilePredicate } from './predicate.ts';
import { Scope } from './scope.ts';

/** Names nothing but the table's own columns: what a filtered index may refer to. */
const columnsOnly: QueryEnvironment = {
  isolation: 'READ COMMITTED',
  database: '',
  relation: () => undefined,
  uses: () => {},
  attempt: () => () => {},
  inside: () => columnsOnly,
  tableVariable: () => undefined,
  tableFunction: () => undefined,
  scalarFunction: () => undefined,
  variable: () => undefined,
  dataType: (reference) => unsupported(`the type ${reference.name.name} in a filtered index`, reference.line),
  sequence: (_name: ObjectName) => undefined,
  referencingKeys: () => [],
  referencedTable: () => undefined,
};

/** The conditions of a table's filtered indexes, by index name. */
export function compileIndexFilters(definition: TableDefinition): ReadonlyMap<string, RowFilter> {
  const filters = new Map<string, RowFilter>();
  for (const index of definition.indexes) {
    if (index.filter !== undefined) filters.set(index.name, compileRowFilter(index.filter, definition));
  }
  return filters;
}

function compileRowFilter(text: string, definition: TableDefinition): RowFilter {
  const scope = rowScope(definition, columnsOnly);
  const test = compilePredicate(parsePredicate(text), scope);
  return (values) => {
    return test(detachedFrame([values])) === true;
  };
}

/** A scope whose one source, in slot 0, is a row of the table. */
export function rowScope(definition: TableDefinition, environment: QueryEnvironment): Scope {
  const scope = new Scope(environment, undefined, new Map());
  const slot = scope.newSlot();
  scope.sources = [
    {
      alias: definition.name,
      schema: definition.schema,
      slot,
      optional: false,
      columns: definition.columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    },
  ];
  return scope;
}
