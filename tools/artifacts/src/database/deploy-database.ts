// pnpm deploy:database STEP: the steps of .github/workflows/deploy-database.yml, on the machine that reaches the server.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { ArtifactOptionsError } from '../errors.ts';
import { runCommand } from '../run-command.ts';
import { backUp } from './back-up.ts';

const variable = 'ConnectionStrings__HartonomousDb';

function connectionString(): string {
  const given = process.env[variable];
  if (given === undefined || given === '')
    throw new ArtifactOptionsError(`Set ${variable} to the connection string of the database.`);
  return given;
}

const program = new Command('deploy:database')
  .description('Plans, backs up, deploys and verifies the database with the command line of an artifact.')
  .option('--artifacts <dir>', 'folder with the artifact deploy-cli', 'artifacts')
  .exitOverride()
  .showHelpAfterError('(add --help for the steps and examples)')
  .addHelpText(
    'after',
    `
The connection string is read from ${variable}.

Examples:
  pnpm deploy:database plan --report plan.json
  pnpm deploy:database backup
  pnpm deploy:database publish
  pnpm deploy:database verify

Exit codes: 0 done; 1 refused or failed, the message says why; 2 wrong command line.`,
  );

async function hartonomous(...args: readonly string[]): Promise<string> {
  connectionString();
  const { artifacts } = program.opts<{ readonly artifacts: string }>();
  const folder = join(resolve(artifacts), 'deploy-cli');
  return await runCommand(process.execPath, [join(folder, 'main.js'), ...args], { cwd: folder, env: process.env });
}

program
  .command('plan')
  .description('show what a deployment would do; changes nothing, and fails where it would stop')
  .option('--report <file>', 'write the plan there as JSON')
  .action(async ({ report }: { readonly report?: string }) => {
    process.stdout.write(await hartonomous('database', 'deploy', '--dry-run'));
    if (report !== undefined) await writeFile(report, await hartonomous('database', 'deploy', '--dry-run', '--json'));
  });
program
  .command('backup')
  .description("back the database up into the server's folder for backups, and have it checked")
  .action(async () => {
    const { database, file } = await backUp(connectionString(), new Date());
    process.stdout.write(
      file === undefined
        ? `There is no database ${database} yet, so nothing to back up.\n`
        : `Database ${database} is backed up and checked: ${file} in the server's folder for backups.\n`,
    );
  });
program
  .command('publish')
  .description('deploy')
  .action(async () => {
    process.stdout.write(await hartonomous('database', 'deploy'));
  });
program
  .command('verify')
  .description('check that everything is there')
  .action(async () => {
    process.stdout.write(await hartonomous('verify', '--skip-graph'));
  });

try {
  await program.parseAsync();
} catch (error) {
  // SQL Server's and the command line's own messages say what is to be done; a stack would bury them.
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : error.name;
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${code}: ${error.message}\n`);
    process.exitCode = error instanceof ArtifactOptionsError ? 2 : 1;
  }
}
