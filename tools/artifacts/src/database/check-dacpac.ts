// pnpm test:dacpac: on the server of DACPAC_SQL, a published DACPAC is what the command line deploys, and the other way round.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArtifactError, ArtifactOptionsError, PublishDiffersError } from '../errors.ts';
import { runCommand } from '../run-command.ts';
import { buildDacpac, publishProfile } from './dacpac.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const main = join(root, 'apps/deploy-cli/dist/main.js');

async function check(server: string): Promise<void> {
  const dacpac = await buildDacpac(root);
  await using folder = {
    path: await mkdtemp(join(tmpdir(), 'dacpac-')),
    [Symbol.asyncDispose]: () => rm(folder.path, { recursive: true }),
  };
  const tools = join(folder.path, 'tools');
  await runCommand('dotnet', ['tool', 'install', 'microsoft.sqlpackage', '--tool-path', tools], { cwd: root });
  const sqlPackage = async (action: string, database: string, ...args: readonly string[]): Promise<void> => {
    const target = [
      `/SourceFile:${dacpac}`,
      `/Profile:${publishProfile(root)}`,
      `/TargetConnectionString:${server};Database=${database}`,
    ];
    await runCommand(join(tools, 'sqlpackage'), [`/Action:${action}`, ...target, ...args], { cwd: root });
  };
  const hartonomous = (database: string, ...args: readonly string[]): Promise<string> =>
    runCommand(process.execPath, [main, ...args], {
      cwd: folder.path,
      env: { ...process.env, ConnectionStrings__HartonomousDb: `${server};Database=${database}` },
    });

  await sqlPackage('Publish', 'Published', '/p:ScriptDatabaseOptions=True');
  await sqlPackage('Publish', 'Published');
  await hartonomous('Published', 'verify', '--skip-graph');
  const again = await hartonomous('Published', 'database', 'deploy');
  if (!again.includes('Nothing changed'))
    throw new PublishDiffersError('the command line changes what was published', again);

  await hartonomous('Deployed', 'database', 'deploy');
  const report = join(folder.path, 'report.xml');
  await sqlPackage('DeployReport', 'Deployed', `/OutputPath:${report}`);
  const text = await readFile(report, 'utf8');
  if (text.includes('<Operation '))
    throw new PublishDiffersError('SqlPackage would change what the command line deployed', text);
  await sqlPackage('Publish', 'Deployed');
  await hartonomous('Deployed', 'verify', '--skip-graph');
}

try {
  const server = process.env.DACPAC_SQL;
  if (server === undefined)
    throw new ArtifactOptionsError('Set DACPAC_SQL to the connection string of an administrator, without a database.');
  await check(server);
  process.stdout.write('A published DACPAC and the command line agree.\n');
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
