import { type BrokerClient, TransientSqlError } from '@hartonomous/broker-client';
import {
  type EmbeddingProvider,
  findModel,
  ProviderUnavailableError,
  TextEmbedder,
} from '@hartonomous/embedding-providers';
import { createLogger } from '@hartonomous/worker-host';
import { createNoopMeter } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { GeneratorMetrics } from './generator-metrics.ts';
import { JobRunner } from './job-runner.ts';
import { JobStore } from './job-store.ts';
import { Projector } from './projection.ts';
import { Usage } from './usage.ts';

/** Rows that SQL Server gives, by what is asked; a function may throw. What isn't here gives none. */
type Answers = Readonly<Record<string, (call: number, statement: string) => readonly object[]>>;

const signal = new AbortController().signal;
const job = (id: number) => ({ id: BigInt(id), leaseToken: 1n, attempts: 1, atomId: BigInt(id), tenantId: 1 });
const usual: Answers = {
  'looking for the embedding model': () => [
    { id: 1, name: 'bge-m3', version: '1', dimension: 1_024, state: 'ENABLED' },
  ],
  'counting embedding jobs': () => [{ jobs: 100, age: 1 }],
  'counting tokens and their cost': () => [{ tokens: 0, cost: 0, isCapReached: false, secondsLeft: 1 }],
};

async function runner(answers: Answers, embed: EmbeddingProvider['embed']) {
  const asked: string[] = [];
  const warnings = new Map<string, string>();
  const client = {
    query: async (
      statement: string,
      _values: unknown,
      _schema: unknown,
      options: { context: { operation: string } },
    ) => {
      const { operation } = options.context;
      asked.push(operation);
      const call = asked.filter((each) => each === operation).length;
      return ({ ...usual, ...answers }[operation] ?? (() => []))(call, statement);
    },
  } as unknown as Pick<BrokerClient, 'query'>;
  const store = new JobStore(client, '6F9619FF-8B86-D011-B42D-00C04FC964FF', 3_600);
  const usage = new Usage(store, { price: 0, maxTokens: undefined, maxCost: undefined });
  const model = findModel('bge-m3');
  if (model === undefined) throw new TypeError('The table of models has bge-m3.');
  const limits = { maxInputs: 16, maxTokens: 10_000 };
  const embedder = await TextEmbedder.create({ kind: 'openai', model, dimension: 1_024, limits, embed });
  const made = new JobRunner({
    ...{ store, embedder, usage, modelKey: 'bge_m3', claimJobs: 256, leaseSeconds: 3_600, pollMs: 10, maxAttempts: 10 },
    projector: new Projector(1_024),
    rule: { isOutside: false, unclassified: 'internal', tenants: new Set() },
    metrics: new GeneratorMetrics(createNoopMeter(), () => 0),
    logger: createLogger({ level: 'silent' }, { name: 'test' }),
    addWarning: (name) => ({
      raise: (text: string) => void warnings.set(name, text),
      clear: () => void warnings.delete(name),
    }),
  });
  return { made, asked, warnings };
}

/** Drains the runner at the so many-th time that something is asked. */
function drainAt(drain: AbortController, at: number) {
  return (call: number): readonly object[] => {
    if (call >= at) drain.abort(new Error('enough'));
    return [];
  };
}

test('a provider that is away is not taken for healthy by jobs that ask nothing of it', async () => {
  const drain = new AbortController();
  const down = () => Promise.reject(new ProviderUnavailableError('down'));
  const { made, warnings } = await runner(
    {
      'claiming embedding jobs': (call) => [job(call)],
      // The first has a text, and those after it have none.
      'reading the texts of atoms': (call) =>
        call === 1 ? [{ AtomId: 1n, text: 'a text', hash: null }] : drainAt(drain, 3)(call),
    },
    down,
  );
  await made.run({ drain: drain.signal, force: signal });
  expect(warnings.get('embedding-provider')).toContain('down');
});

test('SQL Server that answers again is taken for healthy, also where there is nothing to claim for a paused model', async () => {
  const drain = new AbortController();
  const { made, warnings } = await runner(
    {
      'looking for the embedding model': (call) => {
        if (call === 1) throw new TransientSqlError('deadlock', { number: 1205 });
        if (call === 3) drain.abort(new Error('enough'));
        return [{ id: 1, name: 'bge-m3', version: '1', dimension: 1_024, state: 'PAUSED' }];
      },
    },
    () => Promise.reject(new Error('is not called')),
  );
  await made.run({ drain: drain.signal, force: signal });
  expect([...warnings]).toEqual([]);
});

test('atoms that an application holds, all of a claim, are waited for some seconds altogether, and a stop ends it', async () => {
  const drain = new AbortController();
  let waitedMs = 0;
  const { made, asked } = await runner(
    {
      'claiming embedding jobs': () => Array.from({ length: 256 }, (_, id) => job(id + 1)),
      'reading the texts of atoms': (call, statement) => {
        if (call > 511) drain.abort(new Error('enough'));
        if (call <= 511) waitedMs += Number(/LOCK_TIMEOUT (\d+)/.exec(statement)?.[1]);
        throw new TransientSqlError('Lock request time out.', { number: 1222 });
      },
    },
    () => Promise.reject(new Error('is not called')),
  );
  await made.run({ drain: drain.signal, force: signal });
  expect(waitedMs).toBeLessThan(25_000);
  expect(asked.filter((each) => each === 'reading the texts of atoms')).toHaveLength(512);
});
