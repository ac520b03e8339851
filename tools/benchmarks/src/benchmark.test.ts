import { expect, test } from 'vitest';
import { type Benchmark, selectBenchmarks } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';

function benchmark(name: string, ratioTo?: string): Benchmark {
  return {
    results: [{ name, unit: 'ms', about: name, ...(ratioTo === undefined ? {} : { ratioTo }) }],
    run: async () => [{ name, samples: [1] }],
  };
}

const ceiling = benchmark('ceiling');
const drain20k = benchmark('drain-20k', 'ceiling');
const drain200k = benchmark('drain-200k', 'drain-20k');
const latency = benchmark('latency');
const all = [ceiling, drain20k, drain200k, latency];

test('no names mean everything', () => {
  expect(selectBenchmarks(all, [])).toEqual({ selected: all, unknown: [] });
});

test('a quick run leaves out what is for the asking, unless it is asked for', () => {
  const long = { ...benchmark('long'), onRequestWhenQuick: true };
  expect(selectBenchmarks([ceiling, long], [], true).selected).toEqual([ceiling]);
  expect(selectBenchmarks([ceiling, long], [], false).selected).toEqual([ceiling, long]);
  expect(selectBenchmarks([ceiling, long], ['long'], true).selected).toEqual([long]);
});

test('a name brings what its ratio needs, and what that needs, in the usual order', () => {
  expect(selectBenchmarks(all, ['drain-200k']).selected).toEqual([ceiling, drain20k, drain200k]);
});

test('the beginning of names up to a dash means all of them', () => {
  expect(selectBenchmarks(all, ['drain']).selected).toEqual([ceiling, drain20k, drain200k]);
  expect(selectBenchmarks(all, ['dra']).unknown).toEqual(['dra']);
});

test('unknown names are reported', () => {
  expect(selectBenchmarks(all, ['latency', 'nothing'])).toEqual({ selected: [latency], unknown: ['nothing'] });
});

test('names of results are unique, and every ratio is to one of them', () => {
  const results = benchmarks.flatMap((known) => known.results);
  const names = results.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { ratioTo } of results) if (ratioTo !== undefined) expect(names).toContain(ratioTo);
});
