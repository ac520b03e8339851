import type { Statement } from '../../tsql/ast/statements.ts';
import { nameKey } from '../catalog/name-key.ts';
import { undeclaredTableVariable, undeclaredVariable } from '../query/errors/name-errors.ts';
import { requireFunction } from '../query/function-call.ts';
import type { ModuleFrame } from './module-frame.ts';

/** Properties that hold the name of a variable that a statement sets. */
const targets = ['variable', 'returnVariable', 'handle', 'into'] as const;

/**
 * Checks what needs no catalog: variables are declared and built-in functions exist. SQL Server does so when it reads a
 * batch, also in statements whose tables are not there yet.
 *
 * @throws {SqlError} 137, 1087 or 195
 */
export function checkNames(statements: readonly Statement[], frame: ModuleFrame): void {
  for (const statement of statements) visit(statement, frame, 0);
}

function visit(node: unknown, frame: ModuleFrame, around: number): void {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return;
  if (Array.isArray(node)) {
    for (const element of node) visit(element, frame, around);
    return;
  }
  const line = 'line' in node && typeof node.line === 'number' ? node.line : around;
  // What defines an object has a scope of its own, and is checked when it runs.
  if ('kind' in node && typeof node.kind === 'string' && /^(create|alter)/.test(node.kind)) return;
  checkNode(node, frame, line);
  for (const value of Object.values(node)) visit(value, frame, line);
}

function checkNode(node: object, frame: ModuleFrame, line: number): void {
  const { scalars, tables } = frame.declarations;
  for (const property of targets) {
    const name = property in node ? Reflect.get(node, property) : undefined;
    for (const target of Array.isArray(name) ? name : [name]) {
      if (typeof target !== 'string' || !target.startsWith('@')) continue;
      if (!scalars.has(nameKey(target)) && !tables.has(nameKey(target))) throw undeclaredVariable(target, line);
    }
  }
  if (!('kind' in node) || !('name' in node)) return;
  const { kind, name } = node;
  if (kind === 'variable' && typeof name === 'string') {
    if (!scalars.has(nameKey(name)) && !tables.has(nameKey(name))) throw undeclaredVariable(name, line);
  } else if (kind === 'tableVariable' && typeof name === 'string') {
    const known = tables.has(nameKey(name)) || frame.returnedTable?.name === nameKey(name);
    if (!known) throw undeclaredTableVariable(name, line);
  } else if (kind === 'function' && 'star' in node && typeof name === 'object' && name !== null) {
    const written = 'name' in name && typeof name.name === 'string' ? name.name : '';
    if (!('schema' in name) || name.schema === undefined) requireFunction(written, line);
  }
}
