import type { Batch, Statement } from '../../tsql/ast/statements.ts';
import { parseBatch } from '../../tsql/parse.ts';
import type { ModuleDeclarations } from './module-declarations.ts';

/** Batches kept parsed. Fewer means parsing the same text again, more costs memory (a batch takes some 10 kB). */
const maximumBatches = 2_000;

/** Longest text worth keeping: long ones are scripts that run once. */
const maximumTextLength = 64_000;

const batches = new Map<string, Batch>();

/** How a batch is read besides its text. */
interface BatchReading {
  /** Text of the declared parameters (sp_executesql): the same statement with others is another module. */
  readonly parameters?: string;
  /** SET QUOTED_IDENTIFIER of the session. @default true */
  readonly quotedIdentifier?: boolean;
  /** SET ANSI_NULLS of the session. @default true */
  readonly ansiNulls?: boolean;
}

/**
 * The syntax tree of a batch; the same tree for the same text, so that plans kept by tree node are found again.
 *
 */
export function parsedBatch(
  text: string,
  { parameters = '', quotedIdentifier = true, ansiNulls = true }: BatchReading = {},
): Batch {
  const mark = (quotedIdentifier ? '' : '\u0001') + (ansiNulls ? '' : '\u0002');
  const key = parameters === '' && mark === '' ? text : `${parameters}${mark}\u0000${text}`;
  const known = batches.get(key);
  if (known !== undefined) {
    batches.delete(key);
    batches.set(key, known);
    return known;
  }
  const batch = parseBatch(text, { quotedIdentifier, ansiNulls });
  if (text.length <= maximumTextLength) {
    batches.set(key, batch);
    if (batches.size > maximumBatches) {
      const oldest = batches.keys().next();
      if (oldest.done !== true) batches.delete(oldest.value);
    }
  }
  return batch;
}

/** When declarations were collected: what types are called in which database. */
export interface DeclarationsVersion {
  readonly databaseId: number;
  readonly catalogVersion: number;
}

const declarations = new WeakMap<readonly Statement[], DeclarationsVersion & { readonly value: ModuleDeclarations }>();

/** The declarations of a module, collected again when the catalog has changed (alias and table types may have). */
export function cachedDeclarations(
  statements: readonly Statement[],
  { databaseId, catalogVersion }: DeclarationsVersion,
  collect: () => ModuleDeclarations,
): ModuleDeclarations {
  const known = declarations.get(statements);
  if (known?.catalogVersion === catalogVersion && known.databaseId === databaseId) return known.value;
  const value = collect();
  declarations.set(statements, { databaseId, catalogVersion, value });
  return value;
}
