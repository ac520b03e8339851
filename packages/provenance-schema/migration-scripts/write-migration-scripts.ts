// Writes the migrations into the scripts that SqlPackage runs before and after a publish; with --check it only reports
// whether the scripts are what the migrations are.
import { readFile, writeFile } from 'node:fs/promises';
import { databaseProject } from '../src/index.ts';
import { postDeploymentSection, preDeploymentScript } from './migration-sections.ts';

const { root, migrations } = databaseProject;
const read = (path: string) => readFile(new URL(path, root), 'utf8');
const texts = await Promise.all(
  migrations.map(async (migration) => ({ ...migration, text: await read(migration.path) })),
);

const postDeployment = 'Scripts/Post-Deployment/Script.PostDeployment.sql';
const section = /(?<=^-- <migrations>\n)[\s\S]*(?=^-- <\/migrations>$)/m;
const wanted = new Map([
  ['Scripts/Pre-Deployment/Script.PreDeployment.sql', preDeploymentScript(texts)],
  [postDeployment, (await read(postDeployment)).replace(section, () => postDeploymentSection(texts))],
]);

for (const [path, text] of wanted) {
  if (!process.argv.includes('--check')) await writeFile(new URL(path, root), text);
  else if ((await read(path).catch(() => '')) !== text) {
    process.stderr.write(
      `database/${path} is not what the migrations are: run pnpm migrations in packages/provenance-schema.\n`,
    );
    process.exitCode = 1;
  }
}
