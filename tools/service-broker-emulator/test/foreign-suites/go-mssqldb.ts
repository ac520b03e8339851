import { cp } from 'node:fs/promises';
import { cachedFolder } from '../clients/client-cache.ts';
import { runProgram } from '../clients/client-fixture.ts';
import { outputOf } from './output-of.ts';
import type { Outcome, Suite, Target } from './suite.ts';

const version = 'v1.11.2';

/** What `go test -json` says of each test; lines of other kinds have no test. */
function outcomeOf(output: string): Outcome {
  const failures: string[] = [];
  let passed = 0;
  let skipped = 0;
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { Action: action, Test: name, Package: group } = JSON.parse(line) as Record<string, string | undefined>;
    if (name === undefined) continue;
    if (action === 'pass') passed += 1;
    if (action === 'skip') skipped += 1;
    if (action === 'fail') failures.push(`${group} ${name}`);
  }
  if (passed === 0) throw new Error(`no test of go-mssqldb ran:\n${output.slice(-2000)}`);
  return { passed, skipped, failures };
}

/** go-mssqldb: its module holds its tests. */
export const goMssqldb: Suite = {
  name: 'go-mssqldb',
  leftOut: 'TestLcidsFetching, which panics where sys.fn_helpcollations is refused and takes all tests after it along',
  preparation: [],
  async run({ port, password }: Target) {
    const folder = await cachedFolder(`go-mssqldb-suite-${version}`, async (path) => {
      const answer = await runProgram('go', ['mod', 'download', '-json', `github.com/microsoft/go-mssqldb@${version}`]);
      const { Dir: source } = JSON.parse(answer) as { Dir: string };
      await cp(source, path, { recursive: true, force: true });
      await runProgram('chmod', ['-R', 'u+w', path]);
    });
    const dsn = `sqlserver://sa:${encodeURIComponent(password)}@127.0.0.1:${port}?database=App&encrypt=disable`;
    // One package at a time: the tests of several make tables of the same names.
    const args = ['test', '-json', '-p', '1', '-timeout', '20m', '-skip', '^TestLcidsFetching$', './...'];
    return outcomeOf(await outputOf('go', args, { cwd: folder, env: { SQLSERVER_DSN: dsn } }));
  },
};
