import { unsupported } from '../unsupported.ts';
import type { CreateTypeStatement, SequenceStatement } from './ast/types-and-sequences.ts';
import { parseInteger, parseNameInDatabase, parseSchemaTypeName, parseSignedInteger, parseType } from './names.ts';
import { parseTableBody } from './table-body.ts';
import type { TokenStream } from './token-stream.ts';

/** `TYPE name FROM type [NULL | NOT NULL]` and `TYPE name AS TABLE (...)`. */
export function parseCreateType(t: TokenStream, line: number): CreateTypeStatement {
  t.expect('TYPE');
  const name = parseSchemaTypeName(t);
  if (t.accept('FROM')) {
    const type = parseType(t);
    const nullable = !t.acceptAll('NOT', 'NULL');
    if (nullable) t.accept('NULL');
    return { kind: 'createType', name, definition: { kind: 'alias', type, nullable }, line };
  }
  if (t.is('EXTERNAL')) unsupported('CLR types (EXTERNAL NAME)', line);
  t.expect('AS', 'TABLE');
  const table = parseTableBody(t);
  if (t.is('WITH') && t.peek(1).key === '(') unsupported('memory-optimized table types', line);
  return { kind: 'createType', name, definition: { kind: 'table', table }, line };
}

type SequenceOptions = { -readonly [K in keyof SequenceStatement]?: SequenceStatement[K] };

/** `SEQUENCE name [AS type] options`. */
export function parseSequence(t: TokenStream, mode: 'create' | 'alter', line: number): SequenceStatement {
  t.expect('SEQUENCE');
  const name = parseNameInDatabase(t, `${mode.toUpperCase()} SEQUENCE`);
  const options: SequenceOptions = {};
  if (mode === 'create' && t.accept('AS')) options.type = parseType(t);
  while (parseSequenceOption(t, mode, options)) {
    // The options come in any order.
  }
  if (mode === 'alter' && Object.keys(options).length === 0) throw t.unexpected();
  return { kind: 'sequence', mode, name, ...options, line };
}

function parseSequenceOption(t: TokenStream, mode: 'create' | 'alter', options: SequenceOptions): boolean {
  switch (t.current.key) {
    case 'START':
      if (mode === 'alter') throw t.unexpected();
      t.expect('START', 'WITH');
      options.start = parseSignedInteger(t);
      return true;
    case 'RESTART':
      if (mode === 'create') throw t.unexpected();
      t.advance();
      options.start = t.accept('WITH') ? parseSignedInteger(t) : 'restart';
      return true;
    case 'INCREMENT':
      t.expect('INCREMENT', 'BY');
      options.increment = parseSignedInteger(t);
      return true;
    case 'MINVALUE':
      t.advance();
      options.minimum = parseSignedInteger(t);
      return true;
    case 'MAXVALUE':
      t.advance();
      options.maximum = parseSignedInteger(t);
      return true;
    case 'CYCLE':
      t.advance();
      options.cycle = true;
      return true;
    case 'CACHE':
      t.advance();
      options.cache = t.current.kind === 'integer' ? parseInteger(t) : 'default';
      return true;
    case 'NO':
      t.advance();
      parseNegatedOption(t, options);
      return true;
    default:
      return false;
  }
}

function parseNegatedOption(t: TokenStream, options: SequenceOptions): void {
  switch (t.expectOneOf('MINVALUE', 'MAXVALUE', 'CYCLE', 'CACHE')) {
    case 'MINVALUE':
      options.minimum = 'none';
      break;
    case 'MAXVALUE':
      options.maximum = 'none';
      break;
    case 'CYCLE':
      options.cycle = false;
      break;
    case 'CACHE':
      options.cache = 'none';
      break;
  }
}
