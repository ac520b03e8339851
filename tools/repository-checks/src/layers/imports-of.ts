import { parseSync, Visitor } from 'oxc-parser';
import { SourceFileError } from '../errors.ts';

/** One import of a file, whatever its form. */
export interface FoundImport {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
}

/**
 * What a file imports: by `import`, `export ... from`, `import()` with a literal, and types by `import('...')`.
 *
 * @param file its path; the extension says the language
 * @throws SourceFileError
 */
export function importsOf(file: string, text: string): readonly FoundImport[] {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new SourceFileError(file, error.message);
  const found: FoundImport[] = [];
  const add = (node: object | null | undefined) => {
    if (node === null || node === undefined || !('value' in node) || !('start' in node)) return;
    const { value, start } = node;
    if (typeof value !== 'string' || typeof start !== 'number') return;
    found.push({ specifier: value, line: text.slice(0, start).split('\n').length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return found;
}
