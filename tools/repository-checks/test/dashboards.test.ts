import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// Dashboards and alert rules name metrics by text alone: a metric that is renamed would leave them silent.

const repositoryRoot = join(import.meta.dirname, '../../..');

const created = /(?:create(?:Observable)?(?:Counter|Gauge|Histogram|UpDownCounter)|\bgauge)\(\s*'([a-z0-9_.]+)'/g;

/** Every metric that the workers create, by OpenTelemetry's names. */
const metrics = new Set(
  globSync('{packages,apps}/*/src/**/*.ts', { cwd: repositoryRoot })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...readFileSync(join(repositoryRoot, file), 'utf8').matchAll(created)].flatMap(([, name]) => name ?? []),
    ),
);

const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8');

/** Whether Prometheus has a metric under this name: with the ending of its unit, and that of its kind. */
function isScraped(name: string): boolean {
  const plain = name.replace(/_(?:total|bucket|count|sum)$/, '').replace(/_(?:seconds|bytes|ratio)$/, '');
  return [...metrics].some((metric) => metric.replaceAll('.', '_') === plain);
}

test('the metrics are found', () => {
  expect([...metrics]).toEqual(
    expect.arrayContaining(['worker.ready', 'service_broker.queue.depth', 'hartonomous.sync.age']),
  );
});

test.each(['alerts', 'workbook'])('infra/azure/%s.bicep names metrics that there are', (file) => {
  const named = [...read(`infra/azure/${file}.bicep`).matchAll(/"((?:worker|service_broker|hartonomous)\.[a-z_.]+)"/g)];
  expect(named.length).toBeGreaterThan(5);
  for (const [, name] of named) expect([...metrics]).toContain(name);
});

test('the dashboard of Grafana names metrics that there are', () => {
  const { panels } = JSON.parse(read('deploy/grafana/hartonomous-workers.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const named = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:worker|service_broker|hartonomous|process)_[a-z_]+/g) ?? []),
  );
  expect(named.length).toBeGreaterThan(panels.length);
  expect(named.filter((name) => !isScraped(name))).toEqual([]);
});

test('the workbook of Azure has the panels of the dashboard of Grafana', () => {
  const { panels } = JSON.parse(read('deploy/grafana/hartonomous-workers.json')) as { panels: { title: string }[] };
  const titles = [...read('infra/azure/workbook.bicep').matchAll(/^ {4}title: '(.+)'$/gm)].map(([, title]) => title);
  expect(titles).toEqual(expect.arrayContaining(panels.map(({ title }) => title)));
});
