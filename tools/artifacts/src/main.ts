// pnpm artifacts: makes what operators install.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { artifactNames, databaseArtifact } from './artifact-list.ts';
import { buildArtifacts } from './build-artifacts.ts';
import { readCommit } from './commit.ts';
import { ArtifactError, ArtifactOptionsError } from './errors.ts';
import { artifactOptionsSchema } from './options.ts';
import { testedNode } from './windows-parts.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

interface GivenOptions {
  readonly out: string;
  readonly archives: boolean;
  readonly allowChanges: boolean;
  readonly dacpac?: string;
  readonly windows: boolean;
  readonly json: boolean;
}

const program = new Command('artifacts')
  .description(
    'Makes a folder, a .tar.gz and a .zip of each program and of the SQL project, from what pnpm build made.',
  )
  .argument('[names...]', `which: ${artifactNames.join(', ')} (default: all)`)
  .option('--out <dir>', 'folder to make them in; artifacts of the same names there are replaced', 'artifacts')
  .option('--no-archives', 'folders only')
  .option(
    '--allow-changes',
    'although files differ from the commit; the artifacts name the commit with -changed behind it',
    false,
  )
  .option('--dacpac <file>', 'a DACPAC of the SQL project, built by dotnet build; copied into the database artifact')
  .option(
    '--windows',
    'programs with node.exe and the driver for Windows logins beside them, for Windows on x64; fetches both from npm',
    false,
  )
  .option('--json', 'print one JSON document instead of text', false)
  .exitOverride()
  .showHelpAfterError('(add --help for the options and examples)')
  .addHelpText(
    'after',
    `
Two builds of a commit, in whatever folders, are the same byte for byte (but for a DACPAC).

Examples:
  pnpm artifacts
  pnpm artifacts neo4j-sync deploy-cli --no-archives
  pnpm artifacts neo4j-sync deploy-cli --windows
  pnpm artifacts --out /srv/build --json
  pnpm artifacts database --dacpac packages/provenance-schema/database/bin/Release/Hartonomous.Database.dacpac

Exit codes: 0 made; 1 not made, the message says why; 2 wrong command line.`,
  )
  .action(async (names: string[], given: GivenOptions) => {
    const parsed = artifactOptionsSchema.safeParse({ ...given, names });
    if (!parsed.success) throw new ArtifactOptionsError(z.prettifyError(parsed.error));
    const options = parsed.data;
    if (given.dacpac !== undefined && !options.names.includes(databaseArtifact)) {
      throw new ArtifactOptionsError(`--dacpac is for the artifact ${databaseArtifact}, which isn't among the names.`);
    }
    const say = (text: string) => given.json || process.stdout.write(`${text}\n`);
    const commit = await readCommit(root, options.allowChanges);
    const out = resolve(options.out);
    say(`Artifacts of commit ${commit.id} in ${out}:`);
    const artifacts = await buildArtifacts({
      root,
      out,
      commit,
      names: options.names,
      archives: options.archives,
      dacpac: given.dacpac,
      windowsNode: given.windows ? await testedNode(root) : undefined,
      onBuilt: ({ name, version, files, bytes, archives }) =>
        say(`  ${[name, version, `${files} files`, `${(bytes / 1e6).toFixed(1)} MB`, ...archives].join('  ')}`),
    });
    if (given.json)
      process.stdout.write(`${JSON.stringify({ ok: true, commit: commit.id, out, artifacts }, null, 2)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (error instanceof ArtifactError) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exitCode = error instanceof ArtifactOptionsError ? exitCodes.usage : exitCodes.failed;
  } else throw error;
}
