import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const conditions = ['@hartonomous/source', 'node', 'import', 'default'];

const projects = ['packages', 'apps', 'tools'].flatMap((group) =>
  readdirSync(group).map((folder) => {
    const root = `${group}/${folder}`;
    const { name } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { name: string };
    return {
      extends: true as const,
      root,
      test: { name, include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'conformance/**/*.test.ts'] },
    };
  }),
);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects,
    pool: 'forks',
    globalSetup: ['./tools/local-neo4j/src/vitest-global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    reporters: ['default', './tools/test-support/src/summary-reporter.ts'],
  },
});
