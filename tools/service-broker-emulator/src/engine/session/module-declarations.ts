import type { TypeReference } from '../../tsql/ast/nodes.ts';
import type { Statement } from '../../tsql/ast/statements.ts';
import type { TableBody } from '../../tsql/ast/tables.ts';
import { nameKey } from '../catalog/name-key.ts';
import type { TableDefinition } from '../catalog/table-definition.ts';
import { intoTarget } from '../query/into-target.ts';
import type { SqlType } from '../types/sql-type.ts';
import { typeNotForVariables, variableDeclaredTwice } from './errors.ts';

/** The variables of a module: DECLARE takes effect when the module is compiled, wherever it stands. */
export interface ModuleDeclarations {
  /** By name in key form, with the `@`. */
  readonly scalars: ReadonlyMap<string, { readonly type: SqlType; readonly position: number }>;
  readonly tables: ReadonlyMap<string, TableDefinition>;
  /** Temp tables that statements of the module make, in key form. */
  readonly madeTempTables: ReadonlySet<string>;
}

/** How types and table bodies are understood where the module stands. */
export interface DeclarationResolver {
  /** @param position of the variable or parameter in its list, from 1: for the error */
  scalarType(reference: TypeReference, position: number): SqlType;
  /** The definition when `reference` names a table type. */
  tableType(reference: TypeReference): TableDefinition | undefined;
  table(name: string, body: TableBody): TableDefinition;
}

const largeObjectTypes: ReadonlySet<SqlType['name']> = new Set(['text', 'ntext', 'image']);

/** Calls `visit` for each statement, also those inside others. */
export function eachStatement(statements: readonly Statement[], visit: (statement: Statement) => void): void {
  for (const statement of statements) {
    visit(statement);
    switch (statement.kind) {
      case 'if':
        eachStatement(
          statement.otherwise === undefined ? [statement.then] : [statement.then, statement.otherwise],
          visit,
        );
        break;
      case 'while':
        eachStatement([statement.body], visit);
        break;
      case 'block':
        eachStatement(statement.statements, visit);
        break;
      case 'tryCatch':
        eachStatement(statement.body, visit);
        eachStatement(statement.handler, visit);
        break;
      default:
        break;
    }
  }
}

/**
 * Collects what a module declares, parameters first.
 *
 * @throws {SqlError} 134 for a name that is declared twice
 */
export function collectDeclarations(
  parameters: readonly { readonly name: string; readonly type: TypeReference; readonly line: number }[],
  statements: readonly Statement[],
  resolver: DeclarationResolver,
): ModuleDeclarations {
  const scalars = new Map<string, { readonly type: SqlType; readonly position: number }>();
  const tables = new Map<string, TableDefinition>();
  const claim = (name: string, line: number): string => {
    const key = nameKey(name);
    if (scalars.has(key) || tables.has(key)) {
      throw variableDeclaredTwice(name, line);
    }
    return key;
  };
  const declare = (name: string, type: TypeReference, line: number, position: number): SqlType | undefined => {
    const key = claim(name, line);
    const definition = resolver.tableType(type);
    if (definition !== undefined) {
      tables.set(key, definition);
      return undefined;
    }
    const scalar = resolver.scalarType(type, position);
    scalars.set(key, { type: scalar, position: scalars.size });
    return scalar;
  };
  for (const [position, { name, type, line }] of parameters.entries()) declare(name, type, line, position + 1);
  const madeTempTables = new Set<string>();
  eachStatement(statements, (statement) => {
    const made =
      statement.kind === 'createTable'
        ? statement.name
        : statement.kind === 'select'
          ? intoTarget(statement.query)
          : undefined;
    if (made?.name.startsWith('#') === true) madeTempTables.add(nameKey(made.name));
    if (statement.kind === 'declare') {
      for (const [position, variable] of statement.variables.entries()) {
        const type = declare(variable.name, variable.type, variable.line, position + 1);
        if (type !== undefined && largeObjectTypes.has(type.name)) throw typeNotForVariables(variable.line);
      }
    } else if (statement.kind === 'declareTable') {
      tables.set(claim(statement.name, statement.line), resolver.table(statement.name, statement.table));
    }
  });
  return { scalars, tables, madeTempTables };
}
