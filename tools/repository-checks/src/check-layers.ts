// Exit code 1 and a line for each import or dependency that the Rooms table of docs/architecture.md doesn't allow.
import { fileURLToPath } from 'node:url';
import { layerProblems } from './layers/layer-problems.ts';

const problems = layerProblems(fileURLToPath(new URL('../../..', import.meta.url)));
for (const { place, problem } of problems) process.stderr.write(`${place}: ${problem}\n`);
if (problems.length > 0) {
  process.stderr.write(`\n${problems.length} against the layers of docs/architecture.md, "Rooms".\n`);
  process.exitCode = 1;
}
