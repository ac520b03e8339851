import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { type Measurement, type RunScale, selectBenchmarks } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { UnknownBenchmarkError } from './errors.ts';
import { type LoadOptions, parseLoadArguments } from './load/options.ts';
import { runLoad } from './load/run-load.ts';
import type { LoadInterval } from './load/verdict.ts';
import { type BenchmarkOptions, parseArguments } from './options.ts';
import { summarize, toJson } from './results.ts';
import { formatTable } from './table.ts';
import { type BenchServers, startBenchServers } from './worker/bench-servers.ts';

const resultsFile = fileURLToPath(new URL('../../../bench-results/latest.json', import.meta.url));

async function main(options: BenchmarkOptions, signal: AbortSignal): Promise<void> {
  const known = benchmarks.flatMap((benchmark) => benchmark.results);
  if (options.list) {
    const width = Math.max(...known.map(({ name }) => name.length));
    for (const { name, unit, about } of known) console.log(`${name.padEnd(width)}  ${unit}: ${about}`);
    return;
  }
  const { selected, unknown } = selectBenchmarks(benchmarks, options.only, options.quick);
  if (unknown.length > 0) {
    throw new UnknownBenchmarkError(
      unknown,
      known.map(({ name }) => name),
    );
  }
  const onProgress = (text: string) => process.stderr.write(`${text}\n`);
  await using shared = new AsyncDisposableStack();
  let servers: Promise<BenchServers> | undefined;
  const { readCommittedSnapshot } = options;
  const scale: RunScale = {
    quick: options.quick,
    signal,
    onProgress,
    servers: () => {
      servers ??= startBenchServers({ signal, onProgress, profileTo: options.profile, readCommittedSnapshot }).then(
        (s) => shared.use(s),
      );
      return servers;
    },
    ...(options.profile === undefined ? {} : { profileTo: options.profile }),
  };
  const measurements: Measurement[] = [];
  for (const benchmark of selected) {
    signal.throwIfAborted();
    scale.onProgress(`measuring ${benchmark.results.map(({ name }) => name).join(', ')}`);
    measurements.push(...(await benchmark.run(scale)));
  }
  const rows = summarize(
    selected.flatMap((benchmark) => benchmark.results),
    measurements,
  );
  await mkdir(dirname(resultsFile), { recursive: true });
  await writeFile(resultsFile, toJson(rows));
  process.stdout.write(options.json ? toJson(rows) : `${formatTable(rows)}\n`);
}

async function load(options: LoadOptions, signal: AbortSignal): Promise<void> {
  const onProgress = (text: string) => process.stderr.write(`${text}\n`);
  const result = await runLoad(options, (interval) => onProgress(intervalLine(interval)), onProgress, signal);
  const sign = result.held ? '✓' : '✗';
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${sign} ${result.reason}\n`);
  if (!result.held) process.exitCode = 1;
}

function intervalLine({ atSeconds, arrived, open, p50, p95, p99, memoryMb }: LoadInterval): string {
  const memory = memoryMb === null ? '' : `, worker ${memoryMb} MB`;
  const latency = [p50, p95, p99].map((ms) => ms.toFixed(0)).join(' / ');
  return `  ${atSeconds} s: ${arrived} arrived, ${open} open, p50 / p95 / p99 ${latency} ms${memory}`;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}
try {
  const output = {
    out: (text: string) => process.stdout.write(text),
    error: (text: string) => process.stderr.write(text),
  };
  const [first, ...rest] = process.argv.slice(2);
  if (first === 'load') await load(parseLoadArguments(rest, output), stop.signal);
  else await main(parseArguments(process.argv.slice(2), output), stop.signal);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(
      `${error instanceof UnknownBenchmarkError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = error instanceof UnknownBenchmarkError ? 2 : 1;
  }
}
