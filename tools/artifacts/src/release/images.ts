// pnpm release:images: builds the image of each program from artifacts/ and pushes it, tagged with its version.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programArtifacts } from '../artifact-list.ts';
import { ArtifactError, ArtifactOptionsError } from '../errors.ts';
import { runCommand } from '../run-command.ts';
import { manifestOf } from './manifest.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

async function healthPort(app: string): Promise<string | undefined> {
  const settings: unknown = JSON.parse(await readFile(join(root, app, 'appsettings.json'), 'utf8'));
  const health: unknown =
    typeof settings === 'object' && settings !== null ? Reflect.get(settings, 'Health') : undefined;
  const port: unknown = typeof health === 'object' && health !== null ? Reflect.get(health, 'Port') : undefined;
  return typeof port === 'number' ? String(port) : undefined;
}

try {
  const prefix = process.env.IMAGE_PREFIX;
  if (prefix === undefined)
    throw new ArtifactOptionsError(
      'Set IMAGE_PREFIX to where the images go, for example registry.example.com/hartonomous.',
    );
  for (const { name, app } of programArtifacts) {
    const { version } = await manifestOf(join(root, 'artifacts', name));
    const port = await healthPort(app);
    const image = `${prefix.toLowerCase()}/${name}:${version}`;
    const target =
      port === undefined ? ['--target', 'command'] : ['--target', 'worker', '--build-arg', `HEALTH_PORT=${port}`];
    const args = ['build', '--file', 'deploy/container/Dockerfile', ...target, '--build-arg', `ARTIFACT=${name}`];
    await runCommand('docker', [...args, '--tag', image, 'artifacts'], { cwd: root });
    await runCommand('docker', ['push', image], { cwd: root });
    process.stdout.write(`pushed ${image}\n`);
  }
} catch (error) {
  if (!(error instanceof ArtifactError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
