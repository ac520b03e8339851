import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateTriggerStatement,
} from '../../tsql/ast/modules.ts';
import type { Batch } from '../../tsql/ast/statements.ts';
import { parseBatch } from '../../tsql/parse.ts';
import type { ModuleObject } from './catalog-object.ts';

/** The batch that made a module, read as it was then. */
export function parseModuleText(object: ModuleObject): Batch {
  const { quotedIdentifier = true, ansiNulls = true } = object;
  return parseBatch(object.text, { quotedIdentifier, ansiNulls });
}

const procedures = new WeakMap<ModuleObject, CreateProcedureStatement>();

/** The syntax tree of a stored procedure. */
export function parsedProcedure(object: ModuleObject): CreateProcedureStatement {
  const known = procedures.get(object);
  if (known !== undefined) return known;
  const statement = parseModuleText(object).statements.find(
    (candidate): candidate is CreateProcedureStatement => candidate.kind === 'createProcedure',
  );
  if (statement === undefined) throw new Error(`the text of procedure ${object.name} holds no CREATE PROCEDURE`);
  procedures.set(object, statement);
  return statement;
}

const functions = new WeakMap<ModuleObject, CreateFunctionStatement>();

/** The syntax tree of a user-defined function. */
export function parsedFunction(object: ModuleObject): CreateFunctionStatement {
  const known = functions.get(object);
  if (known !== undefined) return known;
  const statement = parseModuleText(object).statements.find(
    (candidate): candidate is CreateFunctionStatement => candidate.kind === 'createFunction',
  );
  if (statement === undefined) throw new Error(`the text of function ${object.name} holds no CREATE FUNCTION`);
  functions.set(object, statement);
  return statement;
}

const trees = new WeakMap<ModuleObject, CreateTriggerStatement>();

/** The syntax tree of a trigger. */
export function parsedTrigger(object: ModuleObject): CreateTriggerStatement {
  const known = trees.get(object);
  if (known !== undefined) return known;
  const tree = parseModuleText(object).statements.find(
    (statement): statement is CreateTriggerStatement => statement.kind === 'createTrigger',
  );
  if (tree === undefined) throw new Error(`the text of trigger ${object.name} holds no CREATE TRIGGER`);
  trees.set(object, tree);
  return tree;
}
