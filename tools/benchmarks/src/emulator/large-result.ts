import mssql from 'mssql';
import type { Benchmark } from '../benchmark.ts';
import { processUsage } from '../process-usage.ts';
import { repeat } from '../repeat.ts';
import { type EmulatorProcess, password, startEmulatorProcess } from './emulator-process.ts';

/** Rows of the result. */
const rowCount = 300_000;

async function connect(emulator: EmulatorProcess): Promise<mssql.ConnectionPool & AsyncDisposable> {
  const pool = await new mssql.ConnectionPool({
    server: '127.0.0.1',
    port: emulator.port,
    user: 'sa',
    password,
    database: 'tempdb',
    requestTimeout: 120_000,
    pool: { min: 2, max: 2 },
    validateConnection: false,
    options: { encrypt: false, trustServerCertificate: true },
  }).connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}

interface Reading {
  /** From the request to its first row. */
  readonly firstRowMs: number;
  readonly rows: number;
}

/**
 * Reads the whole table.
 *
 * @param whenPaused is waited for after the first row, while the reader takes nothing; absent = it reads on
 */
function readAll(pool: mssql.ConnectionPool, whenPaused?: () => Promise<void>): Promise<Reading> {
  const request = pool.request();
  request.stream = true;
  const { promise, resolve, reject } = Promise.withResolvers<Reading>();
  const start = performance.now();
  let firstRowMs = 0;
  let rows = 0;
  request.on('row', () => {
    rows += 1;
    if (rows > 1) return;
    firstRowMs = performance.now() - start;
    if (whenPaused === undefined) return;
    request.pause();
    whenPaused().then(() => request.resume(), reject);
  });
  request.on('error', reject);
  request.on('done', () => resolve({ firstRowMs, rows }));
  void request.query('SELECT n, t FROM dbo.Large');
  return promise;
}

/** A result that is too large to be built whole: how soon its first row comes, and what a reader that stops costs. */
export const largeResultBenchmark: Benchmark = {
  results: [
    { name: 'emulator-first-row', unit: 'ms', about: `the first row of a SELECT of ${rowCount} rows, at the client` },
    {
      name: 'emulator-slow-reader-rss',
      unit: 'MB',
      about: `resident memory that a reader of ${rowCount} rows costs which stops after the first (Linux only)`,
    },
  ],
  async run(scale) {
    await using emulator = await startEmulatorProcess({ form: 'source' });
    await using pool = await connect(emulator);
    await pool.request().batch('CREATE TABLE dbo.Large (n int PRIMARY KEY, t varchar(200) NOT NULL)');
    await pool
      .request()
      .batch(`INSERT dbo.Large SELECT value, REPLICATE('x', 200) FROM GENERATE_SERIES(1, ${rowCount})`);
    const counts = scale.quick ? { warmUp: 1, runs: 3 } : { warmUp: 2, runs: 10 };
    const firstRow = await repeat(counts, async () => {
      const { firstRowMs, rows } = await readAll(pool);
      if (rows !== rowCount) throw new Error(`${rows} rows of ${rowCount} came`);
      return firstRowMs;
    });
    const before = processUsage(emulator.pid)?.rssBytes;
    const slow: number[] = [];
    await readAll(pool, async () => {
      // Its answer comes when the rows of the other request have all been produced.
      await pool.request().query('SELECT 1 AS n');
      const during = processUsage(emulator.pid)?.rssBytes;
      if (before !== undefined && during !== undefined) slow.push((during - before) / 1e6);
    });
    return [
      { name: 'emulator-first-row', samples: firstRow },
      ...(slow.length === 0 ? [] : [{ name: 'emulator-slow-reader-rss', samples: slow }]),
    ];
  },
};
