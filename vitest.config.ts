import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ServersFirstSequencer } from './tools/test-support/src/servers-first-sequencer.ts';

// From this file's folder, not the working directory: the scripts of packages run in theirs.
const root = import.meta.dirname;

// They check an earlier commit out and install it, so `pnpm test:upgrade` alone runs them.
const upgrades = process.env.UPGRADE_FROM === undefined ? [] : ['test/**/*.upgrade.ts'];

// They start all of `pnpm dev` for each way that it can end, so `pnpm test:dev` alone runs them.
const ends = process.env.DEV_FORM === 'long' ? ['test/**/*.ends.ts'] : [];

// They install drivers and ORMs from their registries, so `pnpm test:clients` alone runs them.
const matrix = process.env.CLIENT_MATRIX === undefined ? [] : ['test/clients/*.matrix.ts'];

// They install Python packages, so `pnpm test:exports` and `pnpm test:openapi` alone run them.
const foreign = process.env.API_FORM === undefined ? [] : ['test/**/*.foreign.ts'];

// They stop, replace and restore servers, or measure: `pnpm test:runbooks` and `pnpm artifacts:ready` alone run them.
const walks = process.env.ARTIFACTS_FORM === undefined ? [] : ['test/**/*.walk.ts'];

const tests = [
  'src/**/*.test.ts',
  'test/**/*.test.ts',
  'conformance/**/*.test.ts',
  ...upgrades,
  ...matrix,
  ...foreign,
  ...ends,
  ...walks,
];

// The global setup is loaded by Node in the main process, which has no --conditions.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@hartonomous/source'] }),
});

export default defineConfig({
  root,
  plugins: [
    {
      name: 'conditions-of-node',
      // What Vitest hands to Node as --conditions. It would add `development`, which no program of ours runs with and by which some
      // dependencies lead to their sources.
      configResolved: ({ ssr }) => {
        ssr.resolve = { ...ssr.resolve, conditions: ['@hartonomous/source'] };
      },
    },
  ],
  test: {
    // One project for all packages: a worker is replaced between two, and with it all modules that it had loaded.
    include: tests.map((pattern) => `{packages,apps,tools}/*/${pattern}`),
    pool: 'forks',
    // Files share a worker's modules: what each would import and V8 would compile again is a third of the run.
    isolate: false,
    // Node runs the sources itself, as it runs the programs that tests start. Vite's transforms were a quarter of the unit tests' time.
    experimental: { viteModuleRunner: false },
    // Vitest would leave one core idle, which of the two that CI has is half. A fourth loads all modules once more, which costs
    // more than it gains.
    maxWorkers: 3,
    sequence: { sequencer: ServersFirstSequencer },
    // Hundreds of processes start from sources: what Node has compiled once is kept, a third of each start.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile-cache') },
    globalSetup: [join(root, 'tools/local-neo4j/src/vitest-global-setup.ts')],
    setupFiles: [join(root, 'tools/test-support/src/environment-is-left-alone.ts')],
    // Far beyond what any test takes, for machines that do much else: a test that hangs is found, a slow one isn't failed.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // A worker's last step writes what Node has compiled, which takes a while where several do it for the first time.
    teardownTimeout: 60_000,
    reporters: ['default', join(root, 'tools/test-support/src/summary-reporter.ts')],
  },
});
