import { unsupported } from '../unsupported.ts';
import type { Expression } from './ast/expressions.ts';
import type { TransactionStatement } from './ast/transactions.ts';
import { isIdentifier } from './names.ts';
import type { TokenStream } from './token-stream.ts';

/** A name or variable after BEGIN, SAVE, COMMIT or ROLLBACK TRANSACTION. */
function parseTransactionName(t: TokenStream): string | Expression | undefined {
  if (t.current.kind === 'variable') {
    const { text, line } = t.advance();
    return { kind: 'variable', name: text, line };
  }
  return isIdentifier(t.current) && t.peek(1).key !== ':' ? t.advance().text : undefined;
}

const transactionActions = { BEGIN: 'begin', COMMIT: 'commit', ROLLBACK: 'rollback', SAVE: 'save' } as const;

/** BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION. */
export function parseTransaction(t: TokenStream): TransactionStatement {
  const { line } = t;
  const word = t.expectOneOf('BEGIN', 'COMMIT', 'ROLLBACK', 'SAVE');
  const action = transactionActions[word];
  const named = t.acceptOneOf('TRAN', 'TRANSACTION') !== undefined;
  if (!named) {
    if (word === 'BEGIN' || word === 'SAVE') throw t.unexpected();
    t.accept('WORK');
    return { kind: 'transaction', action, line };
  }
  const name = parseTransactionName(t);
  if (word === 'SAVE' && name === undefined) throw t.unexpected();
  if (t.is('WITH') && t.peek(1).key === 'MARK') unsupported('BEGIN TRANSACTION ... WITH MARK', line);
  if (word === 'COMMIT' && t.areNext('WITH', '(', 'DELAYED_DURABILITY')) {
    t.expect('WITH', '(', 'DELAYED_DURABILITY', '=');
    t.expectOneOf('ON', 'OFF');
    t.expect(')');
  }
  return { kind: 'transaction', action, ...(name === undefined ? {} : { name }), line };
}
