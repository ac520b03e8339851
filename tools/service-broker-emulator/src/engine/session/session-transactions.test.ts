import { describe, expect, it } from 'vitest';
import { Transaction } from '../storage/transaction.ts';
import { SessionTransactions } from './session-transactions.ts';
import { silentSink } from './silent-sink.ts';

const sink = silentSink({ error: () => undefined, info: () => undefined });

function fresh() {
  const begun: Transaction[] = [];
  const transactions = new SessionTransactions(
    {
      store: { write: (work) => work(undefined as never) },
      beginTransaction: (sessionId) => {
        const transaction = new Transaction(BigInt(begun.length + 1), sessionId);
        begun.push(transaction);
        return transaction;
      },
    },
    51,
  );
  return { transactions, begun };
}

describe('autocommit', () => {
  it('lives for one statement', () => {
    const { transactions, begun } = fresh();
    transactions.forWriting();
    expect(transactions.count).toBe(0);
    transactions.endStatement();
    transactions.forWriting();
    transactions.abandonStatement(0);
    expect(begun.map((transaction) => transaction.outcome)).toEqual(['committed', 'rolledBack']);
  });

  it('counts as one transaction for the statements inside a statement, which do not commit it', async () => {
    const { transactions, begun } = fresh();
    const alive = await transactions.inside(async () => {
      expect(transactions.count).toBe(1);
      transactions.endStatement();
      expect(begun[0]?.outcome).toBeUndefined();
    });
    expect([alive, transactions.count]).toEqual([true, 0]);
    transactions.endStatement();
    expect(begun.map((transaction) => transaction.outcome)).toEqual(['committed']);
  });

  it('reports when the transaction ended inside', async () => {
    const { transactions } = fresh();
    expect(await transactions.inside(async () => void transactions.rollback(sink))).toBe(false);
    expect([transactions.count, transactions.state]).toEqual([0, 0]);
  });
});

describe('explicit transactions', () => {
  it('commit with the outermost COMMIT, roll back whole', () => {
    const { transactions, begun } = fresh();
    transactions.begin(sink);
    transactions.begin(sink);
    transactions.commit(sink);
    expect([transactions.count, begun[0]?.outcome]).toEqual([1, undefined]);
    transactions.commit(sink);
    transactions.begin(sink);
    transactions.begin(sink);
    expect(transactions.rollback(sink)).toBe(true);
    expect(begun.map((transaction) => transaction.outcome)).toEqual(['committed', 'rolledBack']);
  });

  it('take a failed statement back to its mark', () => {
    const { transactions } = fresh();
    const undone: number[] = [];
    transactions.begin(sink);
    transactions.forWriting().record(() => undone.push(1));
    const mark = transactions.mark();
    transactions.forWriting().record(() => undone.push(2));
    transactions.abandonStatement(mark);
    expect(undone).toEqual([2]);
  });

  it('refuse everything but a rollback once doomed (3930)', () => {
    const { transactions, begun } = fresh();
    transactions.begin(sink);
    if (begun[0] !== undefined) begun[0].doomed = true;
    expect(transactions.state).toBe(-1);
    expect(() => transactions.forWriting()).toThrow(expect.objectContaining({ number: 3930 }));
    expect(() => transactions.commit(sink)).toThrow(expect.objectContaining({ number: 3930 }));
    expect(transactions.rollback(sink)).toBe(true);
  });

  it('are needed for COMMIT (3902) and SAVE (628)', () => {
    const { transactions } = fresh();
    expect(() => transactions.commit(sink)).toThrow(expect.objectContaining({ number: 3902 }));
    expect(() => transactions.save('s')).toThrow(expect.objectContaining({ number: 628 }));
    expect(transactions.rollback(sink)).toBe(false);
  });
});
